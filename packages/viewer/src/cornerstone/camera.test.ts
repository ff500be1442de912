import { describe, expect, it } from 'vitest';
import { viewTransform } from '../geometry/affine.ts';
import type { Rotation, View } from '../types.ts';
import { cameraOf } from './camera.ts';

const plane = { columns: 300, rows: 200, spacingX: 0.7, spacingY: 0.9 };
const size = { width: 640, height: 480 };

/** Where a parallel camera puts a point of the plane, from the definition of its vectors. */
function project(camera: ReturnType<typeof cameraOf>, x: number, y: number) {
  const [ux, uy] = camera.viewUp;
  const n = camera.viewPlaneNormal[2];
  // right = up × normal
  const [rx, ry] = [uy * n, -ux * n];
  const dx = x - camera.focalPoint[0];
  const dy = y - camera.focalPoint[1];
  const scale = size.height / 2 / camera.parallelScale;
  return {
    x: size.width / 2 + (dx * rx + dy * ry) * scale,
    y: size.height / 2 - (dx * ux + dy * uy) * scale,
  };
}

describe('the camera', () => {
  it('puts every pixel where the overlay thinks it is, in every turn and flip', () => {
    for (const rotation of [0, 90, 180, 270] as const satisfies Rotation[]) {
      for (const flips of [0, 1, 2, 3]) {
        const view: View = {
          zoom: 1.7,
          panX: 33,
          panY: -21,
          rotation,
          flipHorizontal: flips > 1,
          flipVertical: flips % 2 === 1,
        };
        const camera = cameraOf(plane, view, size);
        const { toCanvas } = viewTransform(plane, view, size);
        for (const [x, y] of [
          [0, 0],
          [299, 0],
          [12, 180],
        ] as const) {
          const drawn = project(camera, x * plane.spacingX, y * plane.spacingY);
          expect(drawn.x).toBeCloseTo(toCanvas({ x, y }).x, 6);
          expect(drawn.y).toBeCloseTo(toCanvas({ x, y }).y, 6);
        }
      }
    }
  });
});
