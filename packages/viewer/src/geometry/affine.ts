// Where a picture's pixels lie in a viewport, and back. One transform for drawing, measuring and pointing: image
// pixel (centre of the first pixel is 0,0) -> millimetres (or square pixels) -> flip -> turn clockwise -> scale -> pan.
import type { Rotation, View } from '../types.ts';

export type Point = { x: number; y: number };
export type Size = { width: number; height: number };

/** Spacing of columns (x) and rows (y) in any common unit: mm, or the pixel's aspect when mm are unknown. */
export type Plane = { columns: number; rows: number; spacingX: number; spacingY: number };

export type ViewTransform = {
  /** CSS pixels per unit of the plane's spacing. */
  scale: number;
  toCanvas(image: Point): Point;
  toImage(canvas: Point): Point;
};

export const initialView: View = {
  zoom: 1,
  panX: 0,
  panY: 0,
  rotation: 0,
  flipHorizontal: false,
  flipVertical: false,
};

/** Scale at which the whole picture is just inside. */
export function fitScale(plane: Plane, size: Size, rotation: Rotation): number {
  const across = plane.columns * plane.spacingX;
  const down = plane.rows * plane.spacingY;
  const [w, h] = rotation === 90 || rotation === 270 ? [down, across] : [across, down];
  if (!(w > 0) || !(h > 0)) return 1;
  return Math.max(1e-6, Math.min(size.width / w, size.height / h));
}

export function viewTransform(plane: Plane, view: View, size: Size): ViewTransform {
  const scale = fitScale(plane, size, view.rotation) * view.zoom;
  const { cos, sin } = turn(view.rotation);
  const fx = view.flipHorizontal ? -1 : 1;
  const fy = view.flipVertical ? -1 : 1;
  const centre = centreOf(plane);
  const originX = size.width / 2 + view.panX;
  const originY = size.height / 2 + view.panY;
  return {
    scale,
    toCanvas(image) {
      const x = (image.x - centre.x) * plane.spacingX * fx;
      const y = (image.y - centre.y) * plane.spacingY * fy;
      return { x: originX + scale * (cos * x - sin * y), y: originY + scale * (sin * x + cos * y) };
    },
    toImage(canvas) {
      const u = (canvas.x - originX) / scale;
      const v = (canvas.y - originY) / scale;
      return {
        x: (fx * (cos * u + sin * v)) / plane.spacingX + centre.x,
        y: (fy * (-sin * u + cos * v)) / plane.spacingY + centre.y,
      };
    },
  };
}

export function centreOf(plane: Plane): Point {
  return { x: (plane.columns - 1) / 2, y: (plane.rows - 1) / 2 };
}

/** Exact for the four quarter turns. */
export function turn(rotation: Rotation): { cos: number; sin: number } {
  switch (rotation) {
    case 0:
      return { cos: 1, sin: 0 };
    case 90:
      return { cos: 0, sin: 1 };
    case 180:
      return { cos: -1, sin: 0 };
    case 270:
      return { cos: 0, sin: -1 };
  }
}

export const leastZoom = 0.1;
export const mostZoom = 40;

/** Zooms by `factor` and keeps the image point under `at` (canvas) where it is. */
export function zoomAt(view: View, size: Size, at: Point, factor: number): View {
  const zoom = Math.min(mostZoom, Math.max(leastZoom, view.zoom * factor));
  const real = zoom / view.zoom;
  const dx = at.x - size.width / 2 - view.panX;
  const dy = at.y - size.height / 2 - view.panY;
  return { ...view, zoom, panX: view.panX + dx * (1 - real), panY: view.panY + dy * (1 - real) };
}

export function turnRight(view: View): View {
  const next: Record<Rotation, Rotation> = { 0: 90, 90: 180, 180: 270, 270: 0 };
  return { ...view, rotation: next[view.rotation], panX: -view.panY, panY: view.panX };
}

/** Mirrors left and right as seen on screen, whatever the turn. */
export function mirror(view: View): View {
  const sideways = view.rotation === 90 || view.rotation === 270;
  const pan = { panX: -view.panX };
  return sideways
    ? { ...view, ...pan, flipVertical: !view.flipVertical }
    : { ...view, ...pan, flipHorizontal: !view.flipHorizontal };
}

export function upend(view: View): View {
  const sideways = view.rotation === 90 || view.rotation === 270;
  const pan = { panY: -view.panY };
  return sideways
    ? { ...view, ...pan, flipHorizontal: !view.flipHorizontal }
    : { ...view, ...pan, flipVertical: !view.flipVertical };
}
