// Drawing on a slide by mouse, finger or pen: a length is pulled from end to end (or set by two presses), an area is set
// corner by corner and closed by a double press or by pressing its first corner.
import type OpenSeadragon from 'openseadragon';
import type { SlideDrawing } from './slide-drawings.ts';
import type { SlidePoint } from './slide-levels.ts';

export type SlideTool = 'pan' | 'length' | 'area';
const closeWithinPx = 14;

export function listenToDrawing(
  viewer: OpenSeadragon.Viewer,
  room: {
    tool(): SlideTool;
    drawings: SlideDrawing[];
    toImage(at: SlidePoint): SlidePoint;
    toScreen(at: SlidePoint): SlidePoint;
    changed(isDone: boolean): void;
  },
): { cancel(): boolean } {
  let open: SlideDrawing | null = null;
  const begin = (kind: 'length' | 'area', at: SlidePoint): SlideDrawing => {
    const made: SlideDrawing = { kind, points: [at] };
    room.drawings.push(made);
    open = made;
    return made;
  };
  const finish = (): void => {
    const least = open?.kind === 'area' ? 3 : 2;
    if (open !== null && open.points.length < least) room.drawings.splice(room.drawings.indexOf(open), 1);
    open = null;
    room.changed(true);
  };
  const isNear = (a: SlidePoint, b: SlidePoint): boolean => {
    const [p, q] = [room.toScreen(a), room.toScreen(b)];
    return Math.hypot(p.x - q.x, p.y - q.y) < closeWithinPx;
  };
  viewer.addHandler('canvas-drag', (event) => {
    if (room.tool() !== 'length') return;
    event.preventDefaultAction = true;
    const at = room.toImage(event.position);
    if (open === null) {
      const { x, y } = event.position.minus(event.delta);
      begin('length', room.toImage({ x, y }));
    }
    if (open !== null) open.points[1] = at;
    room.changed(false);
  });
  viewer.addHandler('canvas-drag-end', (event) => {
    if (room.tool() !== 'length') return;
    event.preventDefaultAction = true;
    if (open !== null) finish();
  });
  viewer.addHandler('canvas-click', (event) => {
    const tool = room.tool();
    if (tool === 'pan' || !event.quick) return;
    event.preventDefaultAction = true;
    const at = room.toImage(event.position);
    if (open === null) {
      begin(tool, at);
      room.changed(false);
      return;
    }
    const [first] = open.points;
    if (tool === 'area' && first !== undefined && open.points.length > 2 && isNear(first, at))
      return finish();
    const last = open.points[open.points.length - 1];
    if (last === undefined || !isNear(last, at)) open.points.push(at);
    if (tool === 'length') finish();
    else room.changed(false);
  });
  viewer.addHandler('canvas-double-click', (event) => {
    if (room.tool() === 'pan') return;
    event.preventDefaultAction = true;
    if (open !== null) finish();
  });
  return {
    cancel: () => {
      if (open === null) return false;
      room.drawings.splice(room.drawings.indexOf(open), 1);
      open = null;
      room.changed(true);
      return true;
    },
  };
}
