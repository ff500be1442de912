import type { Vec3 } from '@yunying/volume';
import { describe, expect, it } from 'vitest';
import { markText } from '../geometry/space-mark.ts';
import { pictureMap } from './picture-map.ts';

const place = { origin: [10, 20, 30], orientation: [1, 0, 0, 0, 0, -1], spacingMm: 0.75 };
const picture = { width: 200, height: 100 };

describe('a picture of the server on its stage', () => {
  it.each([
    ['fitted to the width', { left: 0, top: 0, width: 400, height: 700 }],
    ['fitted to the height', { left: 5, top: -3, width: 900, height: 150 }],
    ['enlarged and moved', { left: -340.5, top: -120.25, width: 1170, height: 1170 }],
  ])('gives each pixel its place: %s', (_, box) => {
    const map = pictureMap(place, picture, box);
    if (map === null) throw new Error('no map');
    const perPixel = Math.min(box.width / 200, box.height / 100);
    const [left, top] = [
      box.left + (box.width - 200 * perPixel) / 2,
      box.top + (box.height - 100 * perPixel) / 2,
    ];
    // Column 40, row 25, at its centre.
    const at = { x: left + 40.5 * perPixel, y: top + 25.5 * perPixel };
    const point = map.toPatient(at);
    for (const [axis, truth] of [10 + 30, 20, 30 - 18.75].entries())
      expect(point[axis]).toBeCloseTo(truth, 9);
    expect(map.toStage(point).x).toBeCloseTo(at.x, 9);
    expect(map.toStage(point).y).toBeCloseTo(at.y, 9);
  });

  it('measures the same however it is shown', () => {
    const ends: Vec3[] = [
      [13, 20, 29],
      [73.2, 20, -11.4],
      [20, 20, -30],
    ];
    for (const width of [390, 721, 2400]) {
      const map = pictureMap(place, picture, { left: 0, top: 0, width, height: width });
      const seen = ends.map((end) => map?.toPatient(map.toStage(end)) ?? end);
      expect(markText(seen.slice(0, 2), 0)).toBe('72.5\u2009mm');
      expect(markText(seen, 0)).toBe(markText(ends, 0));
    }
  });

  it('says nothing before there is a picture', () => {
    const box = { left: 0, top: 0, width: 300, height: 300 };
    expect(pictureMap(place, { width: 0, height: 0 }, box)).toBeNull();
    expect(pictureMap({ ...place, origin: [1, 2] }, picture, box)).toBeNull();
  });
});
