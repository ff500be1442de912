// Which fragments make up which frame of encapsulated Pixel Data (PS3.5 Annex A.4, PS3.3 C.7.6.3.1.8). Pure: it sees
// offsets and lengths, and asks `peek` for a few bytes only when the tables are absent or wrong.
// Order of trust: extended offset table, basic offset table, one frame, one fragment per frame, codestream starts.
import { CodecError } from './codec-error.ts';

/** A fragment's value bytes: `offset` is after the item's 8-byte header, in whatever origin the caller reads by. */
export type ByteRange = { offset: number; length: number };

export type EncapsulatedLayout = {
  fragments: readonly ByteRange[];
  numberOfFrames: number;
  /** Offsets of the Basic Offset Table item; empty or absent when it has none. */
  basicOffsetTable?: readonly number[];
  extendedOffsetTable?: { offsets: readonly number[]; lengths: readonly number[] };
  /** Returns up to `length` bytes at `offset` (same origin as the fragments). */
  peek?: (offset: number, length: number) => Uint8Array;
};

export type SplitMethod =
  | 'extended-table'
  | 'basic-table'
  | 'single-frame'
  | 'one-to-one'
  | 'codestream-starts';
export type SplitFrames = { method: SplitMethod; frames: ByteRange[][] };

const maxFragments = 4_000_000;

export function splitFrames(layout: EncapsulatedLayout): SplitFrames {
  const { fragments, numberOfFrames } = layout;
  if (!Number.isInteger(numberOfFrames) || numberOfFrames < 1) {
    throw new CodecError('bad-description', `NumberOfFrames (0028,0008) is ${numberOfFrames}`);
  }
  if (fragments.length > maxFragments)
    throw new CodecError('limit', `${fragments.length} pixel data fragments`);
  if (fragments.length === 0) throw new CodecError('corrupt', 'encapsulated pixel data has no fragments');
  return (
    byExtendedTable(layout) ??
    byBasicTable(layout) ??
    (numberOfFrames === 1 ? { method: 'single-frame', frames: [[...fragments]] } : undefined) ??
    (numberOfFrames === fragments.length
      ? { method: 'one-to-one', frames: fragments.map((f) => [f]) }
      : undefined) ??
    byCodestreamStarts(layout)
  );
}

/** Offsets count from the first item's header, so a fragment's own offset is its distance to the first one. */
function fragmentIndex(fragments: readonly ByteRange[]): Map<number, number> {
  const first = fragments[0]?.offset ?? 0;
  return new Map(fragments.map((f, i) => [f.offset - first, i]));
}

function byExtendedTable(layout: EncapsulatedLayout): SplitFrames | undefined {
  const table = layout.extendedOffsetTable;
  if (table === undefined || table.offsets.length !== layout.numberOfFrames) return undefined;
  const index = fragmentIndex(layout.fragments);
  const frames: ByteRange[][] = [];
  for (const [i, offset] of table.offsets.entries()) {
    const fragment = layout.fragments[index.get(offset) ?? -1];
    const length = table.lengths[i];
    // One fragment per frame is required with this table; its length excludes the padding byte.
    if (
      fragment === undefined ||
      length === undefined ||
      length > fragment.length ||
      length < fragment.length - 1
    ) {
      return undefined;
    }
    frames.push([{ offset: fragment.offset, length }]);
  }
  return { method: 'extended-table', frames };
}

function byBasicTable(layout: EncapsulatedLayout): SplitFrames | undefined {
  const table = layout.basicOffsetTable ?? [];
  if (table.length !== layout.numberOfFrames || table[0] !== 0) return undefined;
  const index = fragmentIndex(layout.fragments);
  const starts: number[] = [];
  for (const offset of table) {
    const start = index.get(offset);
    if (start === undefined || start <= (starts.at(-1) ?? -1)) return undefined;
    starts.push(start);
  }
  return { method: 'basic-table', frames: cut(layout.fragments, starts) };
}

function byCodestreamStarts(layout: EncapsulatedLayout): SplitFrames {
  const { fragments, numberOfFrames, peek } = layout;
  if (peek === undefined) {
    throw new CodecError(
      'corrupt',
      `${fragments.length} fragments for ${numberOfFrames} frames, no usable offset table, and no bytes to look at`,
    );
  }
  const starts = fragments.flatMap((f, i) =>
    startsCodestream(peek(f.offset, Math.min(f.length, 16))) ? [i] : [],
  );
  if (starts.length !== numberOfFrames || starts[0] !== 0) {
    throw new CodecError(
      'corrupt',
      `${fragments.length} fragments begin ${starts.length} codestreams, the object says ${numberOfFrames} frames`,
    );
  }
  return { method: 'codestream-starts', frames: cut(fragments, starts) };
}

function cut(fragments: readonly ByteRange[], starts: readonly number[]): ByteRange[][] {
  return starts.map((start, i) => fragments.slice(start, starts[i + 1] ?? fragments.length));
}

/** SOI of JPEG and JPEG-LS, SOC of JPEG 2000 (bare or in JP2), JPEG XL (bare or boxed), an RLE header. */
export function startsCodestream(head: Uint8Array): boolean {
  const at = (i: number) => head[i] ?? -1;
  if (at(0) === 0xff) {
    if (at(1) === 0xd8) return at(2) === 0xff;
    if (at(1) === 0x4f) return at(2) === 0xff && at(3) === 0x51;
    return at(1) === 0x0a;
  }
  const boxed = at(0) === 0 && at(1) === 0 && at(2) === 0 && at(3) === 12;
  if (boxed) return (at(4) === 0x6a && at(5) === 0x50) || (at(4) === 0x4a && at(5) === 0x58);
  const segments = at(0);
  return (
    segments >= 1 &&
    segments <= 15 &&
    at(1) === 0 &&
    at(2) === 0 &&
    at(3) === 0 &&
    at(4) === 64 &&
    at(5) === 0
  );
}
