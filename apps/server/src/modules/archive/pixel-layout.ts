// Where the frames of an instance lie in its blob, kept as JSON in instance.pixel_layout so that one frame is
// one ranged read and nothing is parsed again (PS3.5 §A.4 encapsulated, §8.1.1 native). Fragments follow each
// other with an 8-byte item header between, so one start and a list of lengths say it all, also for 100,000 frames.
import type { BulkRef } from '@yunying/dicom';

export type PixelLayout =
  /** Frames lie one after the other. `frameBits` because one-bit frames need not end on a byte. */
  | { kind: 'native'; offset: number; length: number; frameBits: number; bigEndian: boolean }
  | {
      kind: 'encapsulated';
      /** First byte of the first fragment's value, after the Basic Offset Table. */
      first: number;
      lengths: number[];
      /** Fragment index where each frame begins; 'each': one fragment is one frame; null: nobody says. */
      frameStarts: number[] | 'each' | null;
    }
  /** The data set is deflated as a whole: no frame can be reached without inflating what comes before. */
  | { kind: 'deflated' };

/** A byte range of the blob, `length` bytes from `start`. */
export type FrameRange = { start: number; length: number };

const itemHeaderBytes = 8;

export type PixelFacts = {
  /** Added to the offsets of `bulk`: what stands in the blob before the parsed stream. */
  shift: number;
  numberOfFrames: number;
  rows: number;
  columns: number;
  samplesPerPixel: number;
  bitsAllocated: number;
  photometricInterpretation: string;
  deflated: boolean;
  bigEndian: boolean;
};

/** `offsetTable`: frame offsets of the Basic or Extended Offset Table, counted from the first fragment's item. */
export function layOutPixels(
  bulk: BulkRef,
  facts: PixelFacts,
  offsetTable: readonly number[] = [],
): PixelLayout {
  if (facts.deflated) return { kind: 'deflated' };
  if (bulk.fragments === null) {
    return {
      kind: 'native',
      offset: bulk.offset + facts.shift,
      length: bulk.length,
      frameBits: nativeFrameBits(facts),
      bigEndian: facts.bigEndian,
    };
  }
  const fragments = bulk.fragments.slice(1);
  const first = fragments[0];
  const lengths = fragments.map((fragment) => fragment.length);
  const start = first === undefined ? bulk.offset : first.offset;
  return {
    kind: 'encapsulated',
    first: start + facts.shift,
    lengths,
    frameStarts: frameStartsOf(lengths, facts.numberOfFrames, offsetTable),
  };
}

function nativeFrameBits(facts: PixelFacts): number {
  const pixels = facts.rows * facts.columns;
  // YBR_FULL_422 shares the colour of two pixels; YBR_PARTIAL_420 of four (PS3.3 C.7.6.3.1.2).
  if (facts.photometricInterpretation.endsWith('_422')) return pixels * 2 * facts.bitsAllocated;
  if (facts.photometricInterpretation.endsWith('_420')) return pixels * 1.5 * facts.bitsAllocated;
  return pixels * facts.samplesPerPixel * facts.bitsAllocated;
}

function frameStartsOf(
  lengths: readonly number[],
  numberOfFrames: number,
  offsetTable: readonly number[],
): number[] | 'each' | null {
  if (numberOfFrames <= 1) return [0];
  if (lengths.length === numberOfFrames) return 'each';
  if (offsetTable.length !== numberOfFrames) return null;
  const indexAt = new Map<number, number>();
  let position = 0;
  for (const [index, length] of lengths.entries()) {
    indexAt.set(position, index);
    position += length + itemHeaderBytes;
  }
  const starts: number[] = [];
  for (const offset of offsetTable) {
    const index = indexAt.get(offset);
    if (index === undefined || index <= (starts.at(-1) ?? -1)) return null; // a table that does not tell the truth
    starts.push(index);
  }
  return starts;
}

export function parsePixelLayout(text: string | null): PixelLayout | null {
  return text === null ? null : (JSON.parse(text) as PixelLayout);
}

/**
 * The byte ranges of one frame (1 is the first), or null when the layout cannot say (deflated, or fragments that
 * no table assigns). For native one-bit frames the range covers the bytes that the frame touches.
 */
export function frameRanges(
  layout: PixelLayout,
  frameNumber: number,
  numberOfFrames: number,
): FrameRange[] | null {
  if (!Number.isInteger(frameNumber) || frameNumber < 1 || frameNumber > numberOfFrames) return null;
  switch (layout.kind) {
    case 'deflated':
      return null;
    case 'native': {
      const start = Math.floor(((frameNumber - 1) * layout.frameBits) / 8);
      const end = Math.min(layout.length, Math.ceil((frameNumber * layout.frameBits) / 8));
      return end <= start ? null : [{ start: layout.offset + start, length: end - start }];
    }
    case 'encapsulated': {
      const { frameStarts } = layout;
      if (frameStarts === null) return null;
      if (frameStarts === 'each') return fragmentRanges(layout, frameNumber - 1, frameNumber);
      const from = frameStarts[frameNumber - 1];
      return from === undefined
        ? null
        : fragmentRanges(layout, from, frameStarts[frameNumber] ?? layout.lengths.length);
    }
  }
}

/** Fragments `from` (inclusive) to `to` (exclusive). */
export function fragmentRanges(
  layout: Extract<PixelLayout, { kind: 'encapsulated' }>,
  from: number,
  to: number,
): FrameRange[] {
  const ranges: FrameRange[] = [];
  let start = layout.first;
  for (let index = 0; index < to; index += 1) {
    const length = layout.lengths[index];
    if (length === undefined) break;
    if (index >= from) ranges.push({ start, length });
    start += length + itemHeaderBytes;
  }
  return ranges;
}
