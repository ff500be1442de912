import { describe, expect, it } from 'vitest';
import { CodecError } from './codec-error.ts';
import type { ByteRange } from './split-frames.ts';
import { splitFrames } from './split-frames.ts';
import { corpusAbsent, corpusFiles, readCorpusObject } from './testing/corpus.ts';

const soi = Uint8Array.of(0xff, 0xd8, 0xff, 0xf7);
const middle = Uint8Array.of(0x12, 0x34, 0x56, 0x78);

/** Fragments of the given lengths laid out as in a file, from byte 1000. */
function fragmentsOf(...lengths: number[]): ByteRange[] {
  let at = 1000;
  return lengths.map((length) => {
    const fragment = { offset: at + 8, length };
    at += 8 + length;
    return fragment;
  });
}

describe('splitFrames', () => {
  const five = fragmentsOf(10, 20, 30, 40, 50);

  it('follows the basic offset table when frames have several fragments', () => {
    const split = splitFrames({ fragments: five, numberOfFrames: 2, basicOffsetTable: [0, 84] });
    expect(split).toEqual({ method: 'basic-table', frames: [five.slice(0, 3), five.slice(3)] });
  });

  it('gives one fragment to each frame when the counts match and there is no table', () => {
    const split = splitFrames({ fragments: five, numberOfFrames: 5 });
    expect(split).toEqual({ method: 'one-to-one', frames: five.map((f) => [f]) });
  });

  it('joins all fragments of a single frame', () => {
    expect(splitFrames({ fragments: five, numberOfFrames: 1 }).frames).toEqual([five]);
  });

  it('looks for codestream starts when there is no table', () => {
    const starts = new Set([five[0]?.offset, five[2]?.offset]);
    const peek = (offset: number) => (starts.has(offset) ? soi : middle);
    const split = splitFrames({ fragments: five, numberOfFrames: 2, peek });
    expect(split).toEqual({ method: 'codestream-starts', frames: [five.slice(0, 2), five.slice(2)] });
  });

  it.each([
    ['points between fragments', [0, 13]],
    ['runs backwards', [0, 0]],
    ['does not begin at zero', [18, 46]],
    ['has too few entries', [0]],
  ])('does not believe a basic offset table that %s', (_, basicOffsetTable) => {
    const peek = (offset: number) =>
      offset === five[0]?.offset || offset === five[3]?.offset ? soi : middle;
    const split = splitFrames({ fragments: five, numberOfFrames: 2, basicOffsetTable, peek });
    expect(split).toEqual({ method: 'codestream-starts', frames: [five.slice(0, 3), five.slice(3)] });
  });

  it('cuts padding by the lengths of the extended offset table', () => {
    const fragments = fragmentsOf(10, 20);
    const split = splitFrames({
      fragments,
      numberOfFrames: 2,
      extendedOffsetTable: { offsets: [0, 18], lengths: [9, 20] },
    });
    expect(split.method).toBe('extended-table');
    expect(split.frames.flat().map((r) => r.length)).toEqual([9, 20]);
  });

  it('falls back when the extended offset table does not fit the fragments', () => {
    const fragments = fragmentsOf(10, 20);
    const extendedOffsetTable = { offsets: [0, 19], lengths: [10, 20] };
    expect(splitFrames({ fragments, numberOfFrames: 2, extendedOffsetTable }).method).toBe('one-to-one');
  });

  it('refuses with both counts named when nothing tells the frames apart', () => {
    expect(() => splitFrames({ fragments: five, numberOfFrames: 2, peek: () => middle })).toThrow(
      /5 fragments begin 0 codestreams, the object says 2 frames/,
    );
    expect(() => splitFrames({ fragments: [], numberOfFrames: 1 })).toThrow(CodecError);
    expect(() => splitFrames({ fragments: five, numberOfFrames: 0 })).toThrow(/NumberOfFrames/);
  });

  it.skipIf(corpusAbsent)('splits every encapsulated object of the corpus into its frames', () => {
    for (const path of corpusFiles('dicom/transfer-syntaxes')) {
      const object = readCorpusObject(path);
      if (object?.split) expect(object.split.frames.length, path).toBe(object.numberOfFrames);
    }
  });
});
