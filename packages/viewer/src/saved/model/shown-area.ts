// The area of the picture that a view shows, as presentation states name it, and the view that shows such an area in a
// viewport of any size (PS3.3 C.10.4).
import {
  centreOf,
  fitScale,
  type Plane,
  type Point,
  type Size,
  turn,
  viewTransform,
} from '../../geometry/affine.ts';
import type { View } from '../../types.ts';
import type { ShownArea } from './saved-types.ts';

/** Fitted: the whole image; else what lies inside the viewport. */
export function areaOf(plane: Plane, view: View, size: Size): ShownArea {
  const isFitted = view.zoom === 1 && view.panX === 0 && view.panY === 0;
  const { toImage, toCanvas } = viewTransform(plane, view, size);
  const corners = isFitted
    ? cornersOnScreen(plane, toCanvas)
    : { topLeft: toImage({ x: 0, y: 0 }), bottomRight: toImage({ x: size.width, y: size.height }) };
  return { ...corners, mode: 'fit', magnification: null, pixelMm: null };
}

/** Which corners of the image stand top left and bottom right, after turning. */
function cornersOnScreen(
  plane: Plane,
  toCanvas: (point: Point) => Point,
): { topLeft: Point; bottomRight: Point } {
  const right = plane.columns - 1;
  const bottom = plane.rows - 1;
  const all = [
    { x: 0, y: 0 },
    { x: right, y: 0 },
    { x: right, y: bottom },
    { x: 0, y: bottom },
  ];
  const placed = all
    .map((image) => ({ image, at: toCanvas(image) }))
    .sort((a, b) => a.at.x + a.at.y - b.at.x - b.at.y);
  return {
    topLeft: placed[0]?.image ?? { x: 0, y: 0 },
    bottomRight: placed[3]?.image ?? { x: right, y: bottom },
  };
}

export function viewOfArea(
  area: ShownArea,
  plane: Plane,
  turns: Pick<View, 'rotation' | 'flipHorizontal' | 'flipVertical'>,
  size: Size,
  pxPerMm: number,
): View {
  const fit = fitScale(plane, size, turns.rotation);
  const { cos, sin } = turn(turns.rotation);
  const onScreen = (x: number, y: number) => {
    const u = x * plane.spacingX * (turns.flipHorizontal ? -1 : 1);
    const v = y * plane.spacingY * (turns.flipVertical ? -1 : 1);
    return { x: cos * u - sin * v, y: sin * u + cos * v };
  };
  const { topLeft, bottomRight } = area;
  const across = Math.abs(bottomRight.x - topLeft.x) + 1;
  const down = Math.abs(bottomRight.y - topLeft.y) + 1;
  const extent = onScreen(across, down);
  const fitted = Math.min(size.width / Math.abs(extent.x), size.height / Math.abs(extent.y));
  const wanted = wantedScale(area, plane, pxPerMm) ?? fitted;
  const zoom = Math.min(40, Math.max(0.1, wanted / fit));
  const centre = centreOf(plane);
  const away = onScreen(
    (topLeft.x + bottomRight.x) / 2 - centre.x,
    (topLeft.y + bottomRight.y) / 2 - centre.y,
  );
  const scale = fit * zoom;
  return { ...turns, zoom: tidy(zoom, 1), panX: tidy(-away.x * scale, 0), panY: tidy(-away.y * scale, 0) };
}

/** Pixels of the screen per unit of the plane, where the area says so itself. */
function wantedScale(
  { mode, magnification, pixelMm }: ShownArea,
  plane: Plane,
  pxPerMm: number,
): number | null {
  if (mode === 'magnify' && magnification !== null)
    return magnification / Math.min(plane.spacingX, plane.spacingY);
  if (mode === 'true-size' && pixelMm !== null) return (pxPerMm * pixelMm) / plane.spacingX;
  return null;
}

/** A fitted picture comes back as exactly fitted. */
function tidy(value: number, exact: number): number {
  return Math.abs(value - exact) < 1e-6 ? exact : value;
}
