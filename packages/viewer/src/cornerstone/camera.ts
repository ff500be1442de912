// The camera that shows exactly what geometry/affine.ts computes, for pictures that lie in the plane z = 0 with the
// centre of their first pixel at the origin.
import { centreOf, fitScale, type Plane, type Size, turn } from '../geometry/affine.ts';
import type { View } from '../types.ts';

type Vector = [number, number, number];

export type FlatCamera = {
  parallelProjection: boolean;
  focalPoint: Vector;
  position: Vector;
  viewUp: Vector;
  viewPlaneNormal: Vector;
  parallelScale: number;
};

export function cameraOf(plane: Plane, view: View, canvas: Size): FlatCamera {
  const size = { width: Math.max(1, canvas.width), height: Math.max(1, canvas.height) };
  const scale = fitScale(plane, size, view.rotation) * view.zoom;
  const { cos, sin } = turn(view.rotation);
  const fx = view.flipHorizontal ? -1 : 1;
  const fy = view.flipVertical ? -1 : 1;
  /** Screen direction (y down) -> direction in the plane: the view's inverse. */
  const back = (x: number, y: number): [number, number] => [
    fx * (cos * x + sin * y),
    fy * (-sin * x + cos * y),
  ];
  const [rx, ry] = back(1, 0);
  const [ux, uy] = back(0, -1);
  const [panX, panY] = back(-view.panX / scale, -view.panY / scale);
  const centre = centreOf(plane);
  const x = centre.x * plane.spacingX + panX;
  const y = centre.y * plane.spacingY + panY;
  // Towards the eye: right × up.
  const normal = rx * uy - ry * ux;
  return {
    parallelProjection: true,
    focalPoint: [x, y, 0],
    position: [x, y, normal * 100],
    viewUp: [ux, uy, 0],
    viewPlaneNormal: [0, 0, normal],
    parallelScale: size.height / 2 / scale,
  };
}
