// Zoom and pan of one picture inside a box, as plain numbers. A view is a scale over "fit" and an offset of the
// picture's centre from the box's centre, in CSS px.

export type View = { scale: number; x: number; y: number };
export type Size = { width: number; height: number };
export type Point = { x: number; y: number };

export const fitView: View = { scale: 1, x: 0, y: 0 };
export const zoomLimits = { min: 1, max: 8 };

/** The picture's size when it just fits into the box. */
export function fitSize(picture: Size, box: Size): Size {
  if (picture.width <= 0 || picture.height <= 0) return { width: 0, height: 0 };
  const ratio = Math.min(box.width / picture.width, box.height / picture.height);
  return { width: picture.width * ratio, height: picture.height * ratio };
}

/** Keeps an edge of the picture from coming inside the box; centred on an axis on which it is smaller. */
export function clampView(view: View, fitted: Size, box: Size): View {
  const scale = Math.min(zoomLimits.max, Math.max(zoomLimits.min, view.scale));
  const reachX = Math.max(0, (fitted.width * scale - box.width) / 2);
  const reachY = Math.max(0, (fitted.height * scale - box.height) / 2);
  return { scale, x: clamp(view.x, -reachX, reachX), y: clamp(view.y, -reachY, reachY) };
}

/** Scales by `factor` so that what is under `point` (from the box's centre) stays under it. */
export function zoomAbout(view: View, point: Point, factor: number): View {
  const scale = Math.min(zoomLimits.max, Math.max(zoomLimits.min, view.scale * factor));
  const real = scale / view.scale;
  return {
    scale,
    x: point.x - (point.x - view.x) * real,
    y: point.y - (point.y - view.y) * real,
  };
}

/** Double tap: in to `scale` at the point, or back to fit. */
export function toggleZoom(view: View, point: Point, scale = 2.5): View {
  return view.scale > 1.05 ? fitView : zoomAbout(view, point, scale / view.scale);
}

export const isZoomed = (view: View): boolean => view.scale > 1.02;

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
