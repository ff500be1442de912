import { describe, expect, it } from 'vitest';
import { sliceBeside } from '../layout/follow-slice.ts';
import type { SlicePlane } from '../layout/planes.ts';
import { readMessage, sliceMessage, stackOfMessage } from './window-messages.ts';

const plane = (z: number, frameOfReferenceUid: string | null = '1.2.3'): SlicePlane => ({
  frameOfReferenceUid,
  origin: [-50, -50, z],
  row: [1, 0, 0],
  column: [0, 1, 0],
  normal: [0, 0, 1],
  spacingX: 1,
  spacingY: 1,
  columns: 101,
  rows: 101,
});
const stack = (positions: number[], index: number, frame: string | null = '1.2.3') => ({
  index,
  planes: positions.map((z) => plane(z, frame)),
});
const sent = (value: unknown) => {
  const read = readMessage(structuredClone(value));
  return read?.kind === 'slice' ? stackOfMessage(read) : expect.fail('no slice');
};

describe('windows of one room', () => {
  it('go to the same place of the body', () => {
    const far = sent(sliceMessage('first', '1.1', stack([0, 5, 10, 15], 2)));
    expect(sliceBeside(far, stack([0, 2, 4, 6, 8, 10, 12], 0), null)).toBe(5);
  });

  it('go to the same relative place without a common frame of reference, turned round where stacks run so', () => {
    const far = sent(sliceMessage('second', '1.1', stack([0, 5, 10, 15, 20], 1, '1.9')));
    expect(sliceBeside(far, stack([40, 30, 20, 10, 0], 0), null)).toBe(3);
  });

  it('refuse what no window of ours would say', () => {
    expect(readMessage({ from: 'third', kind: 'hello' })).toBeNull();
    expect(
      readMessage({ from: 'first', kind: 'slice', series: '1', index: 5, count: 5, planes: [] }),
    ).toBeNull();
    const endless = { from: 'first', kind: 'slice', series: '1', index: 0, count: 1e9, planes: [] };
    expect(readMessage(endless)).toBeNull();
    expect(
      readMessage({ from: 'first', kind: 'mark', series: '1', point: [1, 2], plane: plane(0) }),
    ).toBeNull();
    const skewed = { ...plane(0), spacingX: Number.NaN };
    expect(
      readMessage({ from: 'first', kind: 'mark', series: '1', point: [1, 2, 3], plane: skewed }),
    ).toBeNull();
  });
});
