// The stored frames of one instance as requests for the codec: bytes by ranged reads of the blob as received, and
// what they mean. The head is parsed once; nothing of the pixel data is read before a frame is asked for. Only a data
// set that is deflated as a whole must be inflated in memory, within a limit.
import { type FrameRequest, nativeFrameRange, type PixelDescription } from '@yunying/codec';
import { type Dataset, getElement, parseDicom, readHead } from '@yunying/dicom';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import type { PlacedInstance } from '../archive-types.ts';
import { openFrameBytes, openInstanceBytes } from '../open-instance.ts';
import { frameRanges, type PixelLayout, parsePixelLayout } from '../pixel-layout.ts';
import { type PixelAttributes, readPixelAttributes } from './pixel-attributes.ts';

type Blobs = Pick<Context, 'blobs'>;

export type FrameSource = {
  attributes: PixelAttributes;
  numberOfFrames: number;
  /** 1 is the first. Throws archive.no_frame when there is none or nobody can say where it lies. */
  read(frameNumber: number): Promise<FrameRequest>;
};

const frameLimitBytes = 1024 ** 3;
const wholeLimitBytes = 512 * 1024 ** 2;
/** A palette or VOI LUT of 65,536 entries is 128 KiB: it must come with the head. */
const headValueBytes = 1024 ** 2;

export async function openFrameSource(ctx: Blobs, instance: PlacedInstance): Promise<FrameSource> {
  const layout = parsePixelLayout(instance.pixel_layout);
  if (layout === null) throw new AppError('archive.no_frame', { sopInstanceUid: instance.sop_instance_uid });
  if (layout.kind === 'deflated') return openDeflated(ctx, instance);
  const pixelsAt = layout.kind === 'native' ? layout.offset : layout.first;
  const dataset = await readDataset(ctx, instance, pixelsAt);
  const attributes = readPixelAttributes(dataset, instance.transfer_syntax_uid);
  const numberOfFrames = instance.number_of_frames;
  return {
    attributes,
    numberOfFrames,
    read: async (frameNumber) => {
      const description = attributes.describe(frameNumber);
      if (layout.kind === 'encapsulated') {
        return { bytes: await readEncapsulated(ctx, instance, layout, frameNumber), description };
      }
      return readNative(ctx, instance, layout, frameNumber, description);
    },
  };
}

async function readDataset(ctx: Blobs, instance: PlacedInstance, pixelsAt: number): Promise<Dataset> {
  const { body } = await openInstanceBytes(ctx, instance, { start: 0, end: pixelsAt - 1 });
  try {
    return (await readHead(body, { bulkThresholdBytes: headValueBytes })).dataset;
  } finally {
    body.destroy();
  }
}

async function readEncapsulated(
  ctx: Blobs,
  instance: PlacedInstance,
  layout: PixelLayout,
  frameNumber: number,
): Promise<Uint8Array> {
  const ranges = frameRanges(layout, frameNumber, instance.number_of_frames);
  if (ranges === null) return openFrameBytes(ctx, instance, frameNumber); // looks for where codestreams begin
  const pieces: Buffer[] = [];
  for (const { start, length } of ranges) {
    if (length > 0) pieces.push(await readRange(ctx, instance, start, length));
  }
  const [only] = pieces;
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
}

async function readNative(
  ctx: Blobs,
  instance: PlacedInstance,
  layout: Extract<PixelLayout, { kind: 'native' }>,
  frameNumber: number,
  described: PixelDescription,
): Promise<FrameRequest> {
  const description =
    layout.bigEndian && described.bitsAllocated < 16
      ? { ...described, pixelDataVr: await readPixelVr(ctx, instance, layout.offset) }
      : described;
  const { offset, length, bitOffset } = nativeFrameRange(description, frameNumber - 1);
  const inRange = frameNumber >= 1 && frameNumber <= instance.number_of_frames && offset < layout.length;
  if (!inRange)
    throw new AppError('archive.no_frame', { sopInstanceUid: instance.sop_instance_uid, frame: frameNumber });
  const bytes = await readRange(
    ctx,
    instance,
    layout.offset + offset,
    Math.min(length, layout.length - offset),
  );
  return bitOffset === 0 ? { bytes, description } : { bytes, description, bitOffset };
}

function readRange(ctx: Blobs, instance: PlacedInstance, start: number, length: number): Promise<Buffer> {
  return ctx.blobs.readBytes(instance.blob_id, { start, end: start + length - 1 }, frameLimitBytes);
}

/** Explicit VR Big Endian writes the VR 8 bytes before a long value (PS3.5 §7.1.2). */
async function readPixelVr(ctx: Blobs, instance: PlacedInstance, valueOffset: number): Promise<'OB' | 'OW'> {
  const vr = await readRange(ctx, instance, valueOffset - 8, 2);
  return vr.toString('latin1') === 'OB' ? 'OB' : 'OW';
}

async function openDeflated(ctx: Blobs, instance: PlacedInstance): Promise<FrameSource> {
  const file = await ctx.blobs.readBytes(instance.blob_id, undefined, wholeLimitBytes);
  const limits = {
    maxElementBytes: wholeLimitBytes,
    maxHeaderBytes: wholeLimitBytes,
    maxInflatedBytes: wholeLimitBytes,
  };
  const { dataset } = parseDicom(file, { limits });
  const attributes = readPixelAttributes(dataset, instance.transfer_syntax_uid);
  const pixels = getElement(dataset, '7FE00010');
  const numberOfFrames = instance.number_of_frames;
  return {
    attributes,
    numberOfFrames,
    read: async (frameNumber) => {
      const description = attributes.describe(frameNumber);
      const { offset, length, bitOffset } = nativeFrameRange(description, frameNumber - 1);
      const there =
        pixels?.kind === 'value' &&
        frameNumber >= 1 &&
        frameNumber <= numberOfFrames &&
        offset < pixels.value.length;
      if (!there)
        throw new AppError('archive.no_frame', {
          sopInstanceUid: instance.sop_instance_uid,
          frame: frameNumber,
        });
      const bytes = pixels.value.slice(offset, offset + length);
      return bitOffset === 0 ? { bytes, description } : { bytes, description, bitOffset };
    },
  };
}
