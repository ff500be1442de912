// Window arithmetic (PS3.3 C.11.2.1.2): from center and width to the range of values, and from rescaled values to
// stored ones, because frames stay integers on the graphics card and the window is moved instead.
import type { Voi } from '../types.ts';

export type VoiFunction = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';
export type Range = { lower: number; upper: number };
export type Rescale = { slope: number; intercept: number };

export function voiRange(voi: Voi, kind: VoiFunction = 'LINEAR'): Range {
  const { center, width } = voi;
  if (kind === 'LINEAR') {
    const half = Math.max(width - 1, 1e-6) / 2;
    return { lower: center - 0.5 - half, upper: center - 0.5 + half };
  }
  const half = Math.max(width, 1e-6) / 2;
  return { lower: center - half, upper: center + half };
}

/** The window in stored values. A falling slope turns light and dark round. */
export function toStored(range: Range, rescale: Rescale): Range & { isReversed: boolean } {
  const slope = rescale.slope === 0 ? 1 : rescale.slope;
  const a = (range.lower - rescale.intercept) / slope;
  const b = (range.upper - rescale.intercept) / slope;
  return { lower: Math.min(a, b), upper: Math.max(a, b), isReversed: slope < 0 };
}

/** A window that shows all of `range` (rescaled values). */
export function wholeRange(range: Range): Voi {
  return { center: (range.lower + range.upper + 1) / 2, width: Math.max(1, range.upper - range.lower + 1) };
}

/**
 * A drag of (dx, dy) pixels: right widens, down lowers the center (darker to lighter as at every workstation). A
 * viewport's width of dragging is one dynamic range, so the feel is the same for CT and for 8-bit pictures.
 */
export function dragWindow(start: Voi, dx: number, dy: number, span: number, viewportSide: number): Voi {
  const perPixel = Math.max(span, 1) / Math.max(viewportSide, 1);
  return {
    width: Math.max(span > 64 ? 1 : 0.01, start.width + dx * perPixel),
    center: start.center + dy * perPixel,
  };
}
