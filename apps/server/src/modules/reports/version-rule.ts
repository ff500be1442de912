// What a report message means for a report we may already have. Nothing is overwritten: a message makes a new version,
// or is a repeat, or comes too late to matter. Messages overtake each other, so a preliminary result after a final
// one is old news and not a step back.
import type { ReportState } from './types.ts';

export type KnownVersion = { state: ReportState; contentSha256: string };
export type VersionVerdict =
  | { kind: 'new'; state: ReportState }
  | { kind: 'duplicate' }
  | { kind: 'stale' }
  /** A withdrawal of a report that never came. */
  | { kind: 'unknown' };

export function judgeVersion(
  current: KnownVersion | null,
  wanted: ReportState,
  contentSha256: string,
): VersionVerdict {
  if (current === null) return wanted === 'withdrawn' ? { kind: 'unknown' } : { kind: 'new', state: wanted };
  if (wanted === 'withdrawn')
    return current.state === 'withdrawn' ? { kind: 'duplicate' } : { kind: 'new', state: wanted };
  const same = current.contentSha256 === contentSha256;
  switch (current.state) {
    case 'withdrawn':
      // Issued again: readers of the withdrawn one must see that it is not the same.
      return { kind: 'new', state: wanted === 'preliminary' ? 'preliminary' : 'corrected' };
    case 'preliminary':
      return same && wanted === 'preliminary' ? { kind: 'duplicate' } : { kind: 'new', state: wanted };
    case 'final':
      if (wanted === 'preliminary') return { kind: 'stale' };
      return same && wanted === 'final' ? { kind: 'duplicate' } : { kind: 'new', state: 'corrected' };
    case 'corrected':
      if (wanted === 'preliminary') return { kind: 'stale' };
      return same ? { kind: 'duplicate' } : { kind: 'new', state: 'corrected' };
  }
}
