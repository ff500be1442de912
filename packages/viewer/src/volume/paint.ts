// Stored values of a cut plane as RGBA: a window and a table of 256 colours; and a second series laid over it (PET on
// CT), stronger where its value is higher.
import type { Range } from '../voi/window.ts';

export type Layer = { values: Float32Array; range: Range; table: Uint32Array };

const outside = 0xff000000;

export function paintPlane({ values, range, table }: Layer, rgba: Uint32Array): void {
  const factor = 255 / spanOf(range);
  for (let at = 0; at < rgba.length; at += 1) {
    const value = values[at] ?? Number.NaN;
    if (Number.isNaN(value)) {
      rgba[at] = outside;
      continue;
    }
    const share = (value - range.lower) * factor;
    rgba[at] = table[share <= 0 ? 0 : share >= 255 ? 255 : (share + 0.5) | 0] ?? outside;
  }
}

/** `blend` 0 is the base alone, 1 the overlay alone; low values of the overlay let the base through. */
export function paintOver({ values, range, table }: Layer, blend: number, rgba: Uint32Array): void {
  const factor = 255 / spanOf(range);
  for (let at = 0; at < rgba.length; at += 1) {
    const value = values[at] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const share = Math.min(255, Math.max(0, (value - range.lower) * factor));
    const over = table[(share + 0.5) | 0] ?? 0;
    const weight =
      blend >= 0.995 ? 1 : blend * Math.min(1, share / 64 + (blend > 0.5 ? (blend - 0.5) * 2 : 0));
    const under = rgba[at] ?? 0;
    const mix = (shift: number) =>
      (((under >>> shift) & 255) * (1 - weight) + ((over >>> shift) & 255) * weight + 0.5) | 0;
    rgba[at] = (0xff000000 | (mix(16) << 16) | (mix(8) << 8) | mix(0)) >>> 0;
  }
}

/** A range that runs downwards turns light and dark round. */
function spanOf({ lower, upper }: Range): number {
  const span = upper - lower;
  return Math.abs(span) < 1e-9 ? 1e-9 : span;
}
