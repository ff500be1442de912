// Which prefix of an HTJ2K codestream makes a preview. lengths[r] bytes decode to resolution r, 0 the smallest; the
// last entry is the whole codestream and each step up doubles both sides (rounded up).
import { isProjection } from '../geometry/spacing.ts';

export type Prefix = {
  /** Bytes from the start of the codestream. */
  bytes: number;
  /** Halvings left out: what decodeSubResolution takes. 0 is full size. */
  level: number;
};

export function wantedSide(modality: string | null, frameCount: number): number {
  if (isProjection(modality)) return 440;
  return (modality === 'CT' || modality === 'MR') && frameCount > 60 ? 128 : 256;
}

/** Null when a preview would save nothing: no lengths, no smaller resolution that is large enough, or no gain. */
export function previewPrefix(
  lengths: readonly number[] | undefined,
  longSide: number,
  leastSide: number,
): Prefix | null {
  if (lengths === undefined || lengths.length < 2) return null;
  const whole = lengths[lengths.length - 1] ?? 0;
  for (const [index, bytes] of lengths.entries()) {
    const level = lengths.length - 1 - index;
    if (level === 0) return null;
    const isLargeEnough = Math.ceil(longSide / 2 ** level) >= leastSide;
    if (isLargeEnough) return bytes > 0 && bytes < whole * 0.7 ? { bytes, level } : null;
  }
  return null;
}

export function wholeLength(lengths: readonly number[] | undefined): number | null {
  const last = lengths?.[lengths.length - 1];
  return last !== undefined && last > 0 ? last : null;
}

const leastPackFrames = 8;

/** The level at which a pack brings most previews; null where single requests do as well. */
export function packLevel(prefixes: readonly (Prefix | null)[]): number | null {
  const counts = new Map<number, number>();
  for (const prefix of prefixes) {
    if (prefix !== null) counts.set(prefix.level, (counts.get(prefix.level) ?? 0) + 1);
  }
  const [best] = [...counts].sort((a, b) => b[1] - a[1]);
  return best === undefined || best[1] < leastPackFrames ? null : best[0];
}
