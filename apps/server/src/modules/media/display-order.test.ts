import { describe, expect, it } from 'vitest';
import { inDisplayOrder, type Ordered, representative } from './display-order.ts';

const axial = '1\\0\\0\\0\\1\\0';

function slice(
  number: number | null,
  z: number,
  change: Partial<Ordered> = {},
): Ordered & { sop_class_uid: string } {
  return {
    instance_number: number,
    image_position: `-120\\-120\\${z}`,
    image_orientation: axial,
    sop_instance_uid: `1.2.${number ?? 0}.${Math.round(z * 1000) + 1_000_000}`,
    number_of_frames: 1,
    sop_class_uid: '1.2.840.10008.5.1.4.1.1.2',
    ...change,
  };
}

const places = (list: readonly Ordered[]) => list.map((one) => Number(one.image_position?.split('\\')[2]));

describe('display order', () => {
  it('follows the position along the normal, in the direction of the instance numbers', () => {
    const shuffled = [slice(3, 30), slice(1, 50), slice(4, 20), slice(2, 40)];
    expect(places(inDisplayOrder(shuffled))).toEqual([50, 40, 30, 20]);
    const feetFirst = [slice(3, -30), slice(1, -50), slice(2, -40)];
    expect(places(inDisplayOrder(feetFirst))).toEqual([-50, -40, -30]);
  });

  it('is right also where instance numbers are missing, repeated or mixed up', () => {
    expect(places(inDisplayOrder([slice(null, 3), slice(null, 1), slice(null, 2)]))).toEqual([1, 2, 3]);
    expect(places(inDisplayOrder([slice(1, 3), slice(1, 1), slice(1, 2), slice(1, 9)]))).toEqual([
      1, 2, 3, 9,
    ]);
    expect(places(inDisplayOrder([slice(1, 10), slice(2, 12), slice(3, 11), slice(4, 13)]))).toEqual([
      10, 11, 12, 13,
    ]);
  });

  it('keeps instance numbers where several images share a place, as b-values and echoes do', () => {
    const diffusion = [slice(1, 10), slice(2, 10), slice(3, 20), slice(4, 20)];
    expect(inDisplayOrder([...diffusion].reverse())).toEqual(diffusion);
  });

  it('keeps instance numbers where a localizer of another orientation is in the series', () => {
    const mixed = [slice(1, 90), slice(2, 10), slice(3, 50, { image_orientation: '0\\1\\0\\0\\0\\-1' })];
    expect(inDisplayOrder([...mixed].reverse())).toEqual(mixed);
  });

  it('keeps instance numbers without positions, and in multi-frame series', () => {
    const plain = [1, 2, 10].map((number) =>
      slice(number, 0, { image_position: null, image_orientation: null }),
    );
    expect(inDisplayOrder([...plain].reverse()).map((one) => one.instance_number)).toEqual([1, 2, 10]);
    const loops = [slice(1, 9, { number_of_frames: 20 }), slice(2, 1, { number_of_frames: 30 }), slice(3, 5)];
    expect(inDisplayOrder([...loops].reverse())).toEqual(loops);
  });

  it('follows a tilted gantry', () => {
    const tilted = { image_orientation: '1\\0\\0\\0\\0.9703\\-0.2419' };
    const stack = [0, 1, 2, 3].map((step) => slice(step + 1, step * 5, tilted));
    expect(inDisplayOrder([...stack].reverse())).toEqual(stack);
  });

  it('takes the middle of a stack and the smallest level of a slide to stand for the series', () => {
    expect(representative([slice(1, 1), slice(2, 2), slice(3, 3)])?.instance_number).toBe(2);
    const wholeSlide = { sop_class_uid: '1.2.840.10008.5.1.4.1.1.77.1.6' };
    const levels = [400, 100, 4, 25].map((tiles, index) => ({
      ...slice(index, 0),
      ...wholeSlide,
      number_of_frames: tiles,
    }));
    expect(representative(levels)?.number_of_frames).toBe(4);
    expect(representative([])).toBe(null);
  });
});
