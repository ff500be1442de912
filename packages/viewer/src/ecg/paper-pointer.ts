// Mouse and touch on the paper: calipers while measuring, otherwise the page is moved (a finger scrolls by itself, a mouse
// drags). A double click or tap enlarges a lead.
import type { Calipers, Grip } from './calipers.ts';
import type { Paper } from './layout.ts';

export type PointerHost = {
  calipers: Calipers;
  paper(): Paper;
  pxPerMm(): number;
  isMeasuring(): boolean;
  changed(): void;
  enlarge(xMm: number, yMm: number): void;
};

const reachPx = 24;

export function listenToPaper(scroller: HTMLElement, host: PointerHost): void {
  let grip: Grip | null = null;
  let dragFrom: { x: number; y: number; left: number; top: number } | null = null;
  let lastTap = { at: 0, x: 0, y: 0 };
  const place = (event: PointerEvent | MouseEvent) => {
    const box = scroller.getBoundingClientRect();
    const px = host.pxPerMm();
    return {
      x: (event.clientX - box.left + scroller.scrollLeft) / px,
      y: (event.clientY - box.top + scroller.scrollTop) / px,
    };
  };
  scroller.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const { x, y } = place(event);
    const now = performance.now();
    const isDouble =
      now - lastTap.at < 350 && Math.hypot(event.clientX - lastTap.x, event.clientY - lastTap.y) < 24;
    lastTap = { at: isDouble ? 0 : now, x: event.clientX, y: event.clientY };
    if (isDouble && !host.isMeasuring()) {
      host.enlarge(x, y);
      return;
    }
    grip = host.calipers.gripAt(host.paper(), x, y, reachPx / host.pxPerMm());
    if (grip === null && host.isMeasuring()) grip = host.calipers.begin(host.paper(), x, y);
    if (grip === null && event.pointerType === 'mouse')
      dragFrom = { x: event.clientX, y: event.clientY, left: scroller.scrollLeft, top: scroller.scrollTop };
    if (grip === null && dragFrom === null) return;
    scroller.setPointerCapture(event.pointerId);
    event.preventDefault();
    host.changed();
  });
  scroller.addEventListener('pointermove', (event) => {
    if (grip !== null) {
      const { x, y } = place(event);
      host.calipers.drag(host.paper(), grip, x, y);
      host.changed();
    } else if (dragFrom !== null) {
      scroller.scrollLeft = dragFrom.left - (event.clientX - dragFrom.x);
      scroller.scrollTop = dragFrom.top - (event.clientY - dragFrom.y);
    }
  });
  const end = () => {
    if (grip !== null) {
      host.calipers.dropSpecks();
      host.changed();
    }
    grip = null;
    dragFrom = null;
  };
  scroller.addEventListener('pointerup', end);
  scroller.addEventListener('pointercancel', end);
}
