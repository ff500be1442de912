// Orientation letters at the edges of a viewport, from Image Orientation (Patient) (0020,0037) or, for projection
// images, Patient Orientation (0020,0020), turned and flipped as the view is (PS3.3 C.7.6.1.1.1).
import type { View } from '../types.ts';
import { turn } from './affine.ts';

export type EdgeLetters = { top: string; right: string; bottom: string; left: string };

export type ImageDirections = { row: string; column: string };

/** Letters of a patient direction (L+, P+, H+), strongest first: [0.9, 0, 0.4] is LH. */
export function lettersOf(vector: readonly number[]): string {
  const [x = 0, y = 0, z = 0] = vector;
  const parts = [
    { size: Math.abs(x), letter: x > 0 ? 'L' : 'R' },
    { size: Math.abs(y), letter: y > 0 ? 'P' : 'A' },
    { size: Math.abs(z), letter: z > 0 ? 'H' : 'F' },
  ];
  return parts
    .filter((part) => part.size > 0.25)
    .sort((a, b) => b.size - a.size)
    .map((part) => part.letter)
    .join('');
}

const opposites: Record<string, string> = { L: 'R', R: 'L', A: 'P', P: 'A', H: 'F', F: 'H' };

export function opposite(letters: string): string {
  return [...letters].map((letter) => opposites[letter] ?? letter).join('');
}

/** Where rows (to the right) and columns (downwards) of the image run; null when the object does not say. */
export function imageDirections(
  imageOrientation: readonly number[] | null,
  patientOrientation: readonly string[] | null,
): ImageDirections | null {
  if (imageOrientation !== null && imageOrientation.length === 6) {
    return { row: lettersOf(imageOrientation.slice(0, 3)), column: lettersOf(imageOrientation.slice(3, 6)) };
  }
  const [row, column] = patientOrientation ?? [];
  const isPlain = (text: string | undefined): text is string =>
    text !== undefined && /^[LRAPHF]{1,3}$/.test(text);
  return isPlain(row) && isPlain(column) ? { row, column } : null;
}

export function edgeLetters(directions: ImageDirections, view: View): EdgeLetters {
  const along = (x: number, y: number): string => {
    if (x !== 0) return x > 0 ? directions.row : opposite(directions.row);
    return y > 0 ? directions.column : opposite(directions.column);
  };
  const { cos, sin } = turn(view.rotation);
  const fx = view.flipHorizontal ? -1 : 1;
  const fy = view.flipVertical ? -1 : 1;
  // The image direction that is shown to the right (1,0) and downwards (0,1): the view's inverse.
  const right = along(fx * cos, fy * -sin);
  const bottom = along(fx * sin, fy * cos);
  return { right, bottom, left: opposite(right), top: opposite(bottom) };
}
