import { describe, expect, it } from 'vitest';
import { initialView, mirror, turnRight, upend } from './affine.ts';
import { edgeLetters, imageDirections, lettersOf } from './orientation.ts';

const axial = { row: 'L', column: 'P' };

describe('orientation letters', () => {
  it('name patient directions, the strongest first', () => {
    expect(lettersOf([1, 0, 0])).toBe('L');
    expect(lettersOf([0, -1, 0])).toBe('A');
    expect(lettersOf([0.8, 0, 0.6])).toBe('LH');
    expect(lettersOf([0.99, 0.1, 0.05])).toBe('L');
  });

  it('of an axial slice are A above, L at the right', () => {
    expect(edgeLetters(axial, initialView)).toEqual({ top: 'A', right: 'L', bottom: 'P', left: 'R' });
  });

  it('go round with the picture', () => {
    expect(edgeLetters(axial, turnRight(initialView))).toEqual({
      top: 'R',
      right: 'A',
      bottom: 'L',
      left: 'P',
    });
  });

  it('change sides when it is flipped, turned or not', () => {
    expect(edgeLetters(axial, mirror(initialView))).toMatchObject({ right: 'R', left: 'L', top: 'A' });
    expect(edgeLetters(axial, upend(initialView))).toMatchObject({ top: 'P', bottom: 'A', right: 'L' });
    expect(edgeLetters(axial, mirror(turnRight(initialView)))).toMatchObject({
      right: 'P',
      left: 'A',
      top: 'R',
    });
  });

  it('come from Image Orientation, else from Patient Orientation, else are not shown', () => {
    expect(imageDirections([1, 0, 0, 0, 1, 0], ['A', 'F'])).toEqual({ row: 'L', column: 'P' });
    expect(imageDirections(null, ['A', 'F'])).toEqual({ row: 'A', column: 'F' });
    expect(imageDirections(null, ['', 'F'])).toBeNull();
    expect(imageDirections([1, 0], null)).toBeNull();
  });
});
