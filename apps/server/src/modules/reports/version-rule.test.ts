import { describe, expect, it } from 'vitest';
import { stateOf } from './read-oru.ts';
import type { ReportState } from './types.ts';
import { judgeVersion } from './version-rule.ts';

describe('what a message means for a report', () => {
  const cases: [ReportState | null, ReportState, 'same' | 'other', string][] = [
    [null, 'preliminary', 'other', 'new preliminary'],
    [null, 'final', 'other', 'new final'],
    [null, 'corrected', 'other', 'new corrected'],
    [null, 'withdrawn', 'other', 'unknown'],
    ['preliminary', 'preliminary', 'same', 'duplicate'],
    ['preliminary', 'preliminary', 'other', 'new preliminary'],
    ['preliminary', 'final', 'same', 'new final'],
    ['final', 'preliminary', 'other', 'stale'],
    ['final', 'preliminary', 'same', 'stale'],
    ['final', 'final', 'same', 'duplicate'],
    ['final', 'final', 'other', 'new corrected'],
    ['final', 'corrected', 'other', 'new corrected'],
    ['corrected', 'final', 'same', 'duplicate'],
    ['corrected', 'final', 'other', 'new corrected'],
    ['corrected', 'corrected', 'same', 'duplicate'],
    ['final', 'withdrawn', 'other', 'new withdrawn'],
    ['withdrawn', 'withdrawn', 'other', 'duplicate'],
    ['withdrawn', 'final', 'same', 'new corrected'],
  ];
  it.each(cases)('%s, then %s with %s content: %s', (current, wanted, content, expected) => {
    const known = current === null ? null : { state: current, contentSha256: 'a' };
    const verdict = judgeVersion(known, wanted, content === 'same' ? 'a' : 'b');
    expect(verdict.kind === 'new' ? `new ${verdict.state}` : verdict.kind).toBe(expected);
  });
});

describe('the state that ORU gives a report (OBR-25, OBX-11)', () => {
  it.each([
    ['F', ['F', 'F'], 'final'],
    ['P', ['P'], 'preliminary'],
    ['R', [], 'preliminary'],
    ['C', ['F'], 'corrected'],
    ['F', ['F', 'C'], 'corrected'],
    ['X', [], 'withdrawn'],
    ['F', ['D', 'D'], 'withdrawn'],
    [null, ['X'], 'withdrawn'],
    [null, ['W', 'W'], 'withdrawn'],
    ['F', ['D', 'F'], 'corrected'],
    [null, ['F'], 'final'],
    [null, [], 'preliminary'],
  ])('%s with %j is %s', (order, observations, expected) => {
    expect(stateOf(order, observations)).toBe(expected);
  });
});
