import type { Vec3 } from '@yunying/volume';
import { describe, expect, it } from 'vitest';
import { MarkStroke } from './mark-stroke.ts';

function drawn() {
  const marks: (readonly Vec3[])[] = [];
  const drafts: (readonly Vec3[] | null)[] = [];
  const stroke = new MarkStroke({
    toPatient: ({ x, y }) => (x < 0 ? null : [x, y, 0]),
    draft: (points) => drafts.push(points),
    add: (points) => marks.push(points),
  });
  const drag = (kind: 'length' | 'angle', from: [number, number], to: [number, number], isTap = false) => {
    stroke.begin(kind, { x: from[0], y: from[1] });
    stroke.move({ x: to[0], y: to[1] });
    stroke.end({ x: to[0], y: to[1] }, isTap);
  };
  return { marks, drafts, stroke, drag };
}

describe('drawing on a plane', () => {
  it('makes a length of one drag, and nothing of a tap or a slip', () => {
    const { marks, drag } = drawn();
    drag('length', [1, 1], [1, 1], true);
    drag('length', [1, 1], [1.05, 1]);
    expect(marks).toEqual([]);
    drag('length', [1, 1], [4, 5]);
    expect(marks).toEqual([
      [
        [1, 1, 0],
        [4, 5, 0],
      ],
    ]);
  });

  it('makes an angle of a drag to the corner and a tap', () => {
    const { marks, drag } = drawn();
    drag('angle', [10, 0], [0, 0]);
    expect(marks).toEqual([]);
    drag('angle', [0, 7], [0, 7], true);
    expect(marks).toEqual([
      [
        [10, 0, 0],
        [0, 0, 0],
        [0, 7, 0],
      ],
    ]);
  });

  it('forgets half an angle when it is called off', () => {
    const { marks, drafts, stroke, drag } = drawn();
    drag('angle', [10, 0], [0, 0]);
    stroke.cancel();
    expect(drafts.at(-1)).toBeNull();
    drag('angle', [0, 7], [3, 7]);
    expect(marks).toEqual([]);
  });

  it('begins nothing beside the picture', () => {
    const { marks, drag } = drawn();
    drag('length', [-1, 0], [5, 5]);
    expect(marks).toEqual([]);
  });
});
