import { describe, expect, it } from 'vitest';
import { clampView, fitSize, fitView, toggleZoom, zoomAbout } from './zoom.ts';

const box = { width: 390, height: 600 };

describe('zoom', () => {
  it('fits a picture into the box by its tighter side', () => {
    expect(fitSize({ width: 512, height: 512 }, box)).toEqual({ width: 390, height: 390 });
    expect(fitSize({ width: 1000, height: 3000 }, box)).toEqual({ width: 200, height: 600 });
    expect(fitSize({ width: 0, height: 10 }, box)).toEqual({ width: 0, height: 0 });
  });
  it('keeps the point under the fingers where it is', () => {
    const point = { x: 60, y: -40 };
    const before = { scale: 1.5, x: 10, y: 20 };
    const after = zoomAbout(before, point, 2);
    const inPicture = (view: typeof before) => [
      (point.x - view.x) / view.scale,
      (point.y - view.y) / view.scale,
    ];
    expect(after.scale).toBe(3);
    expect(inPicture(after)[0]).toBeCloseTo(inPicture(before)[0] ?? 0);
    expect(inPicture(after)[1]).toBeCloseTo(inPicture(before)[1] ?? 0);
  });
  it('does not move the picture when the limit is reached', () => {
    expect(zoomAbout({ scale: 8, x: 5, y: 5 }, { x: 100, y: 100 }, 2)).toEqual({ scale: 8, x: 5, y: 5 });
  });
  it('never shows an edge inside the box, and centres what is smaller', () => {
    const fitted = fitSize({ width: 512, height: 512 }, box);
    expect(clampView({ scale: 2, x: 999, y: 999 }, fitted, box)).toEqual({ scale: 2, x: 195, y: 90 });
    expect(clampView({ scale: 0.2, x: 30, y: 30 }, fitted, box)).toEqual(fitView);
  });
  it('goes in and back by double tap', () => {
    const near = toggleZoom(fitView, { x: 20, y: 0 });
    expect(near.scale).toBe(2.5);
    expect(toggleZoom(near, { x: 0, y: 0 })).toEqual(fitView);
  });
});
