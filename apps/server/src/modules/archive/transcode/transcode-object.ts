// A stored instance in another transfer syntax, frame by frame: native ones into each other, every syntax that can be
// decoded into the native ones, the deflated one and every compressed one that the codec writes without loss (PS3.5
// annex A). Nothing loses a bit unless a ratio is given: then the object is a derived one and says so (lossy-marks.ts).
// The data set is encoded anew in front of the pixels and behind them; its values stay. Padding and digital signatures,
// which no longer hold, are left out. Overlays in unused bits are lifted out (embedded-overlays.ts). One frame is in
// memory at a time; of a lossy object all compressed ones, because the head in front of them tells the ratio.
import { Readable } from 'node:stream';
import { createDeflateRaw } from 'node:zlib';
import {
  CodecError,
  canEncode,
  canEncodeLossy,
  type EncodedFrame,
  type FrameRequest,
  frameCoding,
  type LossyTarget,
} from '@yunying/codec';
import {
  createDataset,
  type Dataset,
  deflatedExplicitVrLittleEndian,
  deleteElement,
  encodeDataset,
  explicitVrLittleEndian,
  getNumber,
  getString,
  implicitVrLittleEndian,
  parseDicom,
  readHead,
  setValue,
  transferSyntax,
} from '@yunying/dicom';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import type { PlacedInstance } from '../archive-types.ts';
import { type FrameSource, openFrameSource } from '../frames/frame-source.ts';
import { openInstanceBytes } from '../open-instance.ts';
import { type PixelLayout, parsePixelLayout } from '../pixel-layout.ts';
import { embeddedOverlays, liftOverlays } from './embedded-overlays.ts';
import { markLossy } from './lossy-marks.ts';
import { readTail } from './read-tail.ts';

type Part = Pick<Context, 'blobs' | 'codec'>;
export type Transcoded = {
  transferSyntaxUid: string;
  dataset: AsyncIterable<Uint8Array>;
  /** Of a derived object: not the source's. */
  sopInstanceUid?: string;
};
/** What stands in front of the pixels and behind them. */
type Surroundings = { head: Dataset; tail: Dataset };
type PixelFacts = {
  photometricInterpretation: string;
  samplesPerPixel: number;
  bitsAllocated: number;
  bitsStored: number;
  highBit: number;
};

export type TranscodeOptions = { lossy?: LossyTarget };

const native = new Set<string>([implicitVrLittleEndian, explicitVrLittleEndian]);
const lossyJpeg = new Set(['50', '51'].map((end) => `1.2.840.10008.1.2.4.${end}`));
const headLimitBytes = 512 * 1024 * 1024;
const lossyLimitBytes = 512 * 1024 * 1024;
const longestValue = 0xfffffffe;

export function canTranscode(from: string, to: string): boolean {
  const coding = frameCoding(from);
  if (coding === undefined || from === to) return false;
  return native.has(to) || to === deflatedExplicitVrLittleEndian || canEncode(to);
}

/** With a ratio also into the syntaxes that only exist with loss. */
export function canTranscodeLossy(from: string, to: string): boolean {
  const coding = frameCoding(from);
  return coding !== undefined && from !== to && canEncodeLossy(to);
}

/** Throws request.not_acceptable when the pixels have no place in `to`, media errors of the codec as CodecError. */
export async function transcodeObject(
  ctx: Part,
  instance: PlacedInstance,
  to: string,
  options: TranscodeOptions = {},
): Promise<Transcoded> {
  const from = instance.transfer_syntax_uid;
  const can = options.lossy === undefined ? canTranscode(from, to) : canTranscodeLossy(from, to);
  if (!can) throw notAcceptable(instance, 'no way between the syntaxes');
  if (to === deflatedExplicitVrLittleEndian) {
    const plain =
      from === explicitVrLittleEndian
        ? await openStored(ctx, instance)
        : (await transcodeObject(ctx, instance, explicitVrLittleEndian)).dataset;
    return { transferSyntaxUid: to, dataset: deflated(plain) };
  }
  const layout = parsePixelLayout(instance.pixel_layout);
  if (layout === null) return withoutPixels(ctx, instance, to);
  const around = await readAround(ctx, instance, layout);
  const isCopy = layout.kind === 'native' && !layout.bigEndian && native.has(to);
  if (isCopy) return copyNative(ctx, instance, layout, around, to);
  const source = await openFrameSource(ctx, instance);
  await settleOverlays(instance, around.head, source);
  if (options.lossy !== undefined) return encodeAllLossy(ctx, instance, source, around, to, options.lossy);
  return native.has(to)
    ? decodeAll(ctx, instance, source, around, to)
    : encodeAll(ctx, instance, source, around, to);
}

async function settleOverlays(instance: PlacedInstance, head: Dataset, source: FrameSource): Promise<void> {
  if (embeddedOverlays(head).length === 0) return;
  const isPlain = ['native', 'deflated'].includes(frameCoding(instance.transfer_syntax_uid) ?? '');
  const refused = isPlain
    ? await liftOverlays(head, source)
    : 'overlays in the unused bits of compressed pixels';
  if (refused !== null) throw notAcceptable(instance, refused);
}

async function openStored(ctx: Part, instance: PlacedInstance): Promise<AsyncIterable<Uint8Array>> {
  return (await ctx.blobs.read(instance.blob_id, { start: instance.dataset_offset })).body;
}

/** The data set as one raw deflate stream of even length (PS3.5 annex A.5). */
async function* deflated(dataset: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(dataset, { objectMode: false });
  const deflate = createDeflateRaw();
  source.on('error', (error) => deflate.destroy(error));
  source.pipe(deflate);
  let length = 0;
  try {
    for await (const chunk of deflate) {
      length += chunk.length;
      yield chunk;
    }
  } finally {
    source.destroy();
    deflate.destroy();
  }
  if (length % 2 === 1) yield Uint8Array.of(0);
}

/** Reports, presentation states, documents: small enough to be written anew as a whole. */
async function withoutPixels(ctx: Part, instance: PlacedInstance, to: string): Promise<Transcoded> {
  if (!native.has(to)) throw notAcceptable(instance, 'there are no pixels to compress');
  const file = await ctx.blobs.readBytes(instance.blob_id, undefined, headLimitBytes);
  const limits = { maxElementBytes: headLimitBytes, maxHeaderBytes: headLimitBytes };
  return { transferSyntaxUid: to, dataset: pieces(encodeDataset(parseDicom(file, { limits }).dataset, to)) };
}

async function readAround(ctx: Part, instance: PlacedInstance, layout: PixelLayout): Promise<Surroundings> {
  if (layout.kind === 'deflated') {
    const file = await ctx.blobs.readBytes(instance.blob_id, undefined, headLimitBytes);
    const limits = { maxElementBytes: headLimitBytes, maxHeaderBytes: headLimitBytes };
    const { dataset } = parseDicom(file, { limits });
    return { head: withoutPixelData(dataset), tail: behindPixelData(dataset) };
  }
  const pixelsAt = layout.kind === 'native' ? layout.offset : layout.first;
  const { body } = await openInstanceBytes(ctx, instance, { start: 0, end: pixelsAt - 1 });
  try {
    // With all values, also the pixels of an icon (Icon Image Sequence).
    const { dataset } = await readHead(body, { keepBulk: true });
    return { head: withoutPixelData(dataset), tail: behindPixelData(await readTail(ctx, instance, layout)) };
  } finally {
    body.destroy();
  }
}

/** Data Set Trailing Padding says nothing, and signatures do not hold over pixels that are coded anew. */
function behindPixelData(dataset: Dataset): Dataset {
  const tail = createDataset(null, dataset.bigEndian);
  for (const [tag, element] of dataset.elements) {
    if (tag > '7FE00010' && tag !== 'FFFCFFFC' && tag !== 'FFFAFFFA') tail.elements.set(tag, element);
  }
  return tail;
}

/** What stands in front of the pixels, in order of tags; offset tables belong to the old encoding. */
function withoutPixelData(dataset: Dataset): Dataset {
  const head = createDataset(null, dataset.bigEndian);
  for (const [tag, element] of dataset.elements) {
    if (tag < '7FE00001') head.elements.set(tag, element);
  }
  return head;
}

/** Little endian pixels are the same in both encodings: only what surrounds them is written anew. */
async function copyNative(
  ctx: Part,
  instance: PlacedInstance,
  layout: Extract<PixelLayout, { kind: 'native' }>,
  { head, tail }: Surroundings,
  to: string,
): Promise<Transcoded> {
  const bits = getNumber(head, 'BitsAllocated') ?? 16;
  const write = async function* (): AsyncGenerator<Uint8Array> {
    yield encodeDataset(head, to);
    yield nativeHeader(to, bits, layout.length);
    const range = { start: layout.offset, end: layout.offset + layout.length - 1 };
    const { body } = await openInstanceBytes(ctx, instance, range);
    yield* body;
    if (layout.length % 2 === 1) yield Uint8Array.of(0);
    yield encodeDataset(tail, to);
  };
  return { transferSyntaxUid: to, dataset: write() };
}

async function decodeAll(
  ctx: Part,
  instance: PlacedInstance,
  source: FrameSource,
  { head, tail }: Surroundings,
  to: string,
): Promise<Transcoded> {
  // The first frame says how long the value will be, which stands in front of it.
  const first = await ctx.codec.decodeToRaw(await source.read(1));
  const { rows, columns, bitsAllocated } = first.description;
  if (bitsAllocated === 1 && (rows * columns) % 8 !== 0 && source.numberOfFrames > 1)
    throw notAcceptable(instance, 'frames of one bit that do not end on a byte');
  const length = first.bytes.length * source.numberOfFrames;
  if (length > longestValue) throw notAcceptable(instance, 'the decoded pixels are longer than 4 GiB');
  describePixels(head, first.description, instance.transfer_syntax_uid);
  const write = async function* (): AsyncGenerator<Uint8Array> {
    yield encodeDataset(head, to);
    yield nativeHeader(to, bitsAllocated, length);
    yield first.bytes;
    for (let frame = 2; frame <= source.numberOfFrames; frame += 1) {
      const { bytes } = await ctx.codec.decodeToRaw(await source.read(frame));
      if (bytes.length !== first.bytes.length)
        throw new AppError('archive.no_frame', { sopInstanceUid: instance.sop_instance_uid, frame });
      yield bytes;
    }
    if (length % 2 === 1) yield Uint8Array.of(0);
    yield encodeDataset(tail, to);
  };
  return { transferSyntaxUid: to, dataset: write() };
}

async function encodeAll(
  ctx: Part,
  instance: PlacedInstance,
  source: FrameSource,
  { head, tail }: Surroundings,
  to: string,
): Promise<Transcoded> {
  const first = await encode(ctx, instance, await source.read(1), to);
  describePixels(head, first.description, instance.transfer_syntax_uid);
  const write = async function* (): AsyncGenerator<Uint8Array> {
    yield encodeDataset(head, to);
    yield encapsulatedHeader;
    yield* fragment(first.bytes);
    for (let frame = 2; frame <= source.numberOfFrames; frame += 1) {
      const next = await encode(ctx, instance, await source.read(frame), to);
      if (next.description.photometricInterpretation !== first.description.photometricInterpretation)
        throw new AppError('archive.no_frame', { sopInstanceUid: instance.sop_instance_uid, frame });
      yield* fragment(next.bytes);
    }
    yield sequenceEnd;
    yield encodeDataset(tail, to);
  };
  return { transferSyntaxUid: to, dataset: write() };
}

async function encodeAllLossy(
  ctx: Part,
  instance: PlacedInstance,
  source: FrameSource,
  { head, tail }: Surroundings,
  to: string,
  lossy: LossyTarget,
): Promise<Transcoded> {
  const frames: EncodedFrame[] = [];
  let [stored, raw] = [0, 0];
  for (let frame = 1; frame <= source.numberOfFrames; frame += 1) {
    const made = await encode(ctx, instance, await source.read(frame), to, lossy);
    const { rows, columns, samplesPerPixel, bitsAllocated } = made.description;
    raw += rows * columns * samplesPerPixel * Math.ceil(bitsAllocated / 8);
    stored += made.bytes.length;
    if (stored > lossyLimitBytes)
      throw notAcceptable(instance, 'too many frames to compress with loss at once');
    frames.push(made);
  }
  const [first] = frames;
  if (first === undefined)
    throw new AppError('archive.no_frame', { sopInstanceUid: instance.sop_instance_uid });
  describePixels(head, first.description, instance.transfer_syntax_uid);
  const sopInstanceUid = markLossy(head, {
    transferSyntaxUid: to,
    askedRatio: lossy.ratio,
    ratio: raw / stored,
  });
  const write = async function* (): AsyncGenerator<Uint8Array> {
    yield encodeDataset(head, to);
    yield encapsulatedHeader;
    for (const { bytes } of frames) yield* fragment(bytes);
    yield sequenceEnd;
    yield encodeDataset(tail, to);
  };
  return { transferSyntaxUid: to, dataset: write(), sopInstanceUid };
}

async function encode(
  ctx: Part,
  instance: PlacedInstance,
  request: FrameRequest,
  to: string,
  lossy?: LossyTarget,
): Promise<EncodedFrame> {
  try {
    return await ctx.codec.encode({ ...request, to, ...(lossy === undefined ? {} : { lossy }) });
  } catch (error) {
    const hasNoPlace = error instanceof CodecError && error.code === 'unsupported-pixels';
    throw hasNoPlace ? notAcceptable(instance, error.message) : error;
  }
}

/** The Image Pixel attributes that decoding changes (PS3.5 §8.2, PS3.3 C.7.6.3); once lossy stays lossy. */
function describePixels(head: Dataset, facts: PixelFacts, from: string): void {
  if (getString(head, 'PhotometricInterpretation') !== facts.photometricInterpretation)
    setValue(head, 'PhotometricInterpretation', facts.photometricInterpretation);
  // Decoding moves the stored bits to the bottom of the cell and unpacks cells of odd width.
  const cell = { BitsAllocated: facts.bitsAllocated, BitsStored: facts.bitsStored, HighBit: facts.highBit };
  for (const [keyword, value] of Object.entries(cell)) {
    if (getNumber(head, keyword) !== value) setValue(head, keyword, value);
  }
  if (facts.samplesPerPixel > 1) setValue(head, 'PlanarConfiguration', 0);
  else deleteElement(head, 'PlanarConfiguration');
  if (lossyJpeg.has(from) && getString(head, 'LossyImageCompression') !== '01') {
    setValue(head, 'LossyImageCompression', '01');
    setValue(head, 'LossyImageCompressionMethod', 'ISO_10918_1');
  }
}

/** (7FE0,0010) with its length, OW unless the cells are bytes (PS3.5 annex A.1, A.2). */
function nativeHeader(to: string, bitsAllocated: number, length: number): Uint8Array {
  const padded = length + (length % 2);
  if (transferSyntax(to)?.explicit !== true) {
    const header = Buffer.from('e07f100000000000', 'hex');
    header.writeUInt32LE(padded, 4);
    return header;
  }
  const header = Buffer.from('e07f10004f57000000000000', 'hex');
  if (bitsAllocated <= 8) header.write('OB', 4, 'latin1');
  header.writeUInt32LE(padded, 8);
  return header;
}

/** OB of undefined length and an empty Basic Offset Table (PS3.5 §A.4). */
const encapsulatedHeader = Buffer.from('e07f10004f420000fffffffffeff00e000000000', 'hex');
const sequenceEnd = Buffer.from('feffdde000000000', 'hex');

function* fragment(bytes: Uint8Array): Generator<Uint8Array> {
  const header = Buffer.from('feff00e000000000', 'hex');
  header.writeUInt32LE(bytes.length + (bytes.length % 2), 4);
  yield header;
  yield bytes;
  if (bytes.length % 2 === 1) yield Uint8Array.of(0);
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function notAcceptable(instance: PlacedInstance, reason: string): AppError {
  return new AppError('request.not_acceptable', {
    transferSyntaxUid: instance.transfer_syntax_uid,
    reason,
  });
}
