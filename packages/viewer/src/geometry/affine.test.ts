import { describe, expect, it } from 'vitest';
import type { Rotation, View } from '../types.ts';
import { initialView, mirror, turnRight, upend, viewTransform, zoomAt } from './affine.ts';

const plane = { columns: 512, rows: 256, spacingX: 0.5, spacingY: 1 };
const size = { width: 800, height: 600 };
const round = ({ x, y }: { x: number; y: number }) => ({ x: Number(x.toFixed(6)), y: Number(y.toFixed(6)) });

describe('the view transform', () => {
  it('fits the picture into the viewport with its real proportions', () => {
    const { scale, toCanvas } = viewTransform(plane, initialView, size);
    // 256 mm across and down: the height decides.
    expect(scale).toBeCloseTo(600 / 256);
    expect(round(toCanvas({ x: 255.5, y: 127.5 }))).toEqual({ x: 400, y: 300 });
    expect(toCanvas({ x: 255.5, y: -0.5 }).y).toBeCloseTo(0);
  });

  it('comes back to the same pixel from every turn, flip, zoom and pan', () => {
    for (const rotation of [0, 90, 180, 270] as const satisfies Rotation[]) {
      for (const flips of [0, 1, 2, 3]) {
        const view: View = {
          zoom: 2.3,
          panX: 31,
          panY: -17,
          rotation,
          flipHorizontal: flips > 1,
          flipVertical: flips % 2 === 1,
        };
        const { toCanvas, toImage } = viewTransform(plane, view, size);
        expect(round(toImage(toCanvas({ x: 12.25, y: 200 })))).toEqual({ x: 12.25, y: 200 });
      }
    }
  });

  it('turns clockwise: what was at the top comes to the right', () => {
    const { toCanvas } = viewTransform(plane, turnRight(initialView), size);
    const top = toCanvas({ x: 255.5, y: 0 });
    expect(top.x).toBeGreaterThan(400);
    expect(top.y).toBeCloseTo(300);
  });

  it('mirrors as seen on screen, also when turned', () => {
    for (const turns of [0, 1, 2, 3]) {
      let view: View = { ...initialView, panX: 20, panY: 10 };
      for (let turn = 0; turn < turns; turn += 1) view = turnRight(view);
      const before = viewTransform(plane, view, size).toCanvas({ x: 40, y: 30 });
      const mirrored = viewTransform(plane, mirror(view), size).toCanvas({ x: 40, y: 30 });
      const upended = viewTransform(plane, upend(view), size).toCanvas({ x: 40, y: 30 });
      expect(round(mirrored)).toEqual(round({ x: 800 - before.x, y: before.y }));
      expect(round(upended)).toEqual(round({ x: before.x, y: 600 - before.y }));
    }
  });

  it('zooms about the point under the pointer', () => {
    const at = { x: 123, y: 456 };
    const under = viewTransform(plane, initialView, size).toImage(at);
    const view = zoomAt(initialView, size, at, 3.7);
    expect(round(viewTransform(plane, view, size).toCanvas(under))).toEqual(at);
  });

  it('does not zoom without end', () => {
    expect(zoomAt(initialView, size, { x: 0, y: 0 }, 1e9).zoom).toBe(40);
    expect(zoomAt(initialView, size, { x: 0, y: 0 }, 0).zoom).toBe(0.1);
  });
});
