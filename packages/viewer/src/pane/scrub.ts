// The strip at the right edge: where in the stack, and fast travel by dragging it (viewer spec §8).
import { element } from '../dom.ts';

export type Scrub = { root: HTMLElement; draw(index: number, count: number): void };

export function makeScrub(show: (index: number) => void): Scrub {
  const thumb = element('div', { class: 'yv-scrub-thumb' });
  const label = element('div', { class: 'yv-scrub-label', hidden: true });
  const root = element('div', { class: 'yv-scrub', 'aria-hidden': 'true' }, thumb, label);
  let total = 0;
  const go = (event: PointerEvent): void => {
    const box = root.getBoundingClientRect();
    const share = (event.clientY - box.top) / Math.max(box.height, 1);
    show(Math.round(Math.min(1, Math.max(0, share)) * (total - 1)));
  };
  root.addEventListener('pointerdown', (event) => {
    root.setPointerCapture(event.pointerId);
    label.hidden = false;
    go(event);
  });
  root.addEventListener('pointermove', (event) => {
    if (root.hasPointerCapture(event.pointerId)) go(event);
  });
  for (const name of ['pointerup', 'pointercancel'] as const) {
    root.addEventListener(name, () => {
      label.hidden = true;
    });
  }
  return {
    root,
    draw(index, count) {
      total = count;
      root.hidden = count < 2;
      const share = count < 2 ? 0 : index / (count - 1);
      thumb.style.top = `${share * 100}%`;
      if (label.hidden) return;
      label.style.top = `${share * 100}%`;
      label.textContent = `${index + 1} / ${count}`;
    },
  };
}
