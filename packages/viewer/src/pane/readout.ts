// The quality badge and the value under the pointer (viewer spec §5): what is not every stored bit is said to be so,
// and no number is told of it.
import type { Pixels } from '../frames/pixels.ts';
import type { Point } from '../geometry/affine.ts';
import type { FrameFacts } from '../geometry/frame-facts.ts';
import type { Say } from '../text.ts';
import type { Quality } from '../types.ts';
import { traceReadout } from '../ultrasound/trace-text.ts';
import type { Badge } from './overlay.ts';
import { valueAt } from './tone-of.ts';

export function badgeOf(quality: Quality, isLossySeries: boolean, facts: FrameFacts | null, say: Say): Badge {
  switch (quality) {
    case 'none':
      return { text: `${say('loading')}…`, look: 'preview' };
    case 'failed':
      return { text: say('failed'), look: 'preview' };
    case 'film':
      return { text: say('film'), look: 'preview' };
    case 'preview':
      return { text: say('preview'), look: 'preview' };
    case 'full': {
      if (!isLossySeries && facts?.lossy !== true) return null;
      const ratio = facts?.lossyRatio ?? null;
      const text = ratio === null ? say('lossy') : `${say('lossy')} ${Number(ratio.toFixed(1))}:1`;
      return { text, look: 'lossy' };
    }
  }
}

/** `at` is in full-size image pixels. Empty outside the picture. */
export function readoutAt(
  at: Point,
  pixels: Pixels | null,
  quality: Quality,
  facts: FrameFacts | null,
): string {
  if (pixels === null || quality === 'film') return '';
  const column = Math.round(at.x);
  const row = Math.round(at.y);
  if (column < 0 || row < 0 || column >= pixels.columns * pixels.step || row >= pixels.rows * pixels.step)
    return '';
  const where = `${column + 1}, ${row + 1}`;
  if (quality !== 'full' || facts === null) return `${where}   …`;
  const level = traceReadout(facts, at);
  const place = level === '' ? where : `${level}   ${where}`;
  const value = valueAt(facts, pixels, at.x, at.y);
  if (value === null) return '';
  if (Array.isArray(value)) return `${place}   RGB ${value.join(' ')}`;
  return `${place}   ${Number(value.toFixed(2))}${facts.unit === '' ? '' : `\u2009${facts.unit}`}`;
}
