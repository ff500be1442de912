// The value behind a BulkDataURI (PS3.18 §10.4.1.1.5) as a client must get it: little endian octets. A plain value is a
// range of the stored object; one of a big endian object is turned round and one of a deflated object is inflated while it
// is sent; an encapsulated one consists of frames (or of one video).
import { createInflateRaw } from 'node:zlib';
import {
  type BulkRef,
  type Dataset,
  type DicomElement,
  DicomStream,
  readHead,
  swapWords,
  transferSyntax,
  walkElements,
} from '@yunying/dicom';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import type { PlacedInstance } from '../archive-types.ts';
import { fragmentRanges, type PixelLayout, parsePixelLayout } from '../pixel-layout.ts';
import { sliceBytes, swapBytes } from './byte-streams.ts';
import { videoMediaType } from './frame-media-type.ts';

type Blobs = Pick<Context, 'blobs'>;

export type BulkValue =
  /** `open` gives bytes `start` to `end`, inclusive. */
  | {
      kind: 'octets';
      mediaType: string;
      length: number;
      open(start: number, end: number): AsyncIterable<Uint8Array>;
    }
  | { kind: 'frames'; count: number };

const pixelData = '7FE00010';
const octets = 'application/octet-stream';

export async function openBulk(ctx: Blobs, instance: PlacedInstance, path: string): Promise<BulkValue> {
  const layout = parsePixelLayout(instance.pixel_layout);
  if (path === pixelData && layout !== null && layout.kind !== 'deflated')
    return layout.kind === 'native'
      ? nativePixels(ctx, instance, layout)
      : encapsulated(ctx, instance, layout);
  const { dataset, deflated } = await parseFor(ctx, instance, path);
  const found = findElement(dataset, path);
  if (found === null) throw new AppError('request.not_found');
  const { element, bigEndian } = found;
  if (element.kind === 'value')
    return inMemory(bigEndian ? swapWords(element.value, element.vr) : element.value);
  if (element.kind !== 'bulk') throw new AppError('request.not_found');
  const { bulk } = element;
  const read = deflated ? inflated(ctx, instance) : stored(ctx, instance);
  if (bulk.fragments !== null) return joined(read, bulk.fragments.slice(1), octets);
  const width = bigEndian ? wordBytes(element.vr) : 1;
  return plain(read, bulk, width);
}

type Read = (start: number, length: number) => AsyncIterable<Uint8Array>;

function stored(ctx: Blobs, instance: PlacedInstance): Read {
  return async function* read(start, length) {
    if (length <= 0) return;
    const { body } = await ctx.blobs.read(instance.blob_id, { start, end: start + length - 1 });
    yield* body;
  };
}

/** Offsets go on counting inflated bytes where the data set begins. What comes before is inflated and dropped. */
function inflated(ctx: Blobs, instance: PlacedInstance): Read {
  return async function* read(start, length) {
    if (length <= 0) return;
    const { body } = await ctx.blobs.read(instance.blob_id, { start: instance.dataset_offset });
    const inflating = createInflateRaw();
    body.once('error', (error) => inflating.destroy(error));
    try {
      const from = start - instance.dataset_offset;
      yield* sliceBytes(body.pipe(inflating), from, from + length - 1);
    } finally {
      body.destroy();
      inflating.destroy();
    }
  };
}

function plain(
  read: Read,
  { offset, length }: Pick<BulkRef, 'offset' | 'length'>,
  width: 1 | 2 | 4 | 8,
): BulkValue {
  const open = (start: number, end: number) => {
    if (width === 1) return read(offset + start, end - start + 1);
    const from = start - (start % width);
    const to = Math.min(length, end + width - (end % width));
    return sliceBytes(swapBytes(read(offset + from, to - from), width), start - from, end - from);
  };
  return { kind: 'octets', mediaType: octets, length, open };
}

function inMemory(bytes: Uint8Array): BulkValue {
  const open = async function* (start: number, end: number) {
    yield bytes.subarray(start, end + 1);
  };
  return { kind: 'octets', mediaType: octets, length: bytes.length, open };
}

/** Fragments one after the other, as one value. */
function joined(
  read: Read,
  fragments: readonly { offset: number; length: number }[],
  mediaType: string,
): BulkValue {
  const length = fragments.reduce((sum, fragment) => sum + fragment.length, 0);
  const open = async function* (start: number, end: number) {
    let at = 0;
    for (const fragment of fragments) {
      const from = Math.max(0, start - at);
      const to = Math.min(fragment.length, end + 1 - at);
      if (to > from) yield* read(fragment.offset + from, to - from);
      at += fragment.length;
      if (at > end) return;
    }
  };
  return { kind: 'octets', mediaType, length, open };
}

async function nativePixels(
  ctx: Blobs,
  instance: PlacedInstance,
  layout: Extract<PixelLayout, { kind: 'native' }>,
): Promise<BulkValue> {
  if (!layout.bigEndian) return plain(stored(ctx, instance), layout, 1);
  // Explicit VR Big Endian writes the VR 8 bytes before a long value (PS3.5 §7.1.2).
  const at = layout.offset - 8;
  const vr = await ctx.blobs.readBytes(instance.blob_id, { start: at, end: at + 1 });
  return plain(stored(ctx, instance), layout, vr.toString('latin1') === 'OB' ? 1 : 2);
}

function encapsulated(
  ctx: Blobs,
  instance: PlacedInstance,
  layout: Extract<PixelLayout, { kind: 'encapsulated' }>,
): BulkValue {
  const video = videoMediaType(instance.transfer_syntax_uid);
  if (video === null) return { kind: 'frames', count: Math.max(1, instance.number_of_frames) };
  const fragments = fragmentRanges(layout, 0, layout.lengths.length);
  return joined(
    stored(ctx, instance),
    fragments.map(({ start, length }) => ({ offset: start, length })),
    video,
  );
}

async function parseFor(
  ctx: Blobs,
  instance: PlacedInstance,
  path: string,
): Promise<{ dataset: Dataset; deflated: boolean }> {
  const { body } = await ctx.blobs.read(instance.blob_id);
  try {
    const deflated = transferSyntax(instance.transfer_syntax_uid)?.deflated ?? false;
    if (path < '7FE0') return { dataset: (await readHead(body)).dataset, deflated };
    const stream = new DicomStream();
    for await (const chunk of body) stream.write(chunk);
    return { dataset: stream.end().dataset, deflated };
  } finally {
    body.destroy();
  }
}

function findElement(dataset: Dataset, path: string): { element: DicomElement; bigEndian: boolean } | null {
  let found: { element: DicomElement; bigEndian: boolean } | null = null;
  walkElements(dataset, (element, at, owner) => {
    if (at === path && element.kind !== 'sequence') found = { element, bigEndian: owner.bigEndian };
  });
  return found;
}

function wordBytes(vr: string): 1 | 2 | 4 | 8 {
  if (['OW', 'US', 'SS', 'AT'].includes(vr)) return 2;
  if (['OL', 'OF', 'UL', 'SL', 'FL'].includes(vr)) return 4;
  return ['OD', 'OV', 'FD', 'SV', 'UV'].includes(vr) ? 8 : 1;
}
