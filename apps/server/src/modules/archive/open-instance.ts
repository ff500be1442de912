// The bytes of a stored instance: as a whole, a range, one frame, or its head. All reads are ranged reads of the
// blob as received; nothing is decoded here.
import { type Dataset, readHead } from '@yunying/dicom';
import type { BlobBody, BlobRange } from '../../blob/index.ts';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { InstanceRow } from './archive-types.ts';
import {
  type FrameRange,
  fragmentRanges,
  frameRanges,
  type PixelLayout,
  parsePixelLayout,
} from './pixel-layout.ts';

type Blobs = Pick<Context, 'blobs'>;
type Stored = Pick<InstanceRow, 'blob_id' | 'pixel_layout' | 'number_of_frames' | 'sop_instance_uid'>;

const frameLimitBytes = 1024 ** 3;
const startOfImage = [0xffd8, 0xff4f, 0xff0a]; // JPEG and JPEG-LS, JPEG 2000 and HTJ2K, JPEG XL

/** The Part 10 file bit for bit as received, or a range of it. */
export function openInstanceBytes(
  ctx: Blobs,
  instance: Pick<InstanceRow, 'blob_id'>,
  range?: BlobRange,
): Promise<BlobBody> {
  return ctx.blobs.read(instance.blob_id, range);
}

/** The data set without bulk values (they stay references into the blob). */
export async function readInstanceHead(ctx: Blobs, instance: Pick<InstanceRow, 'blob_id'>): Promise<Dataset> {
  const { body } = await ctx.blobs.read(instance.blob_id);
  try {
    return (await readHead(body)).dataset;
  } finally {
    body.destroy();
  }
}

/** One frame in the transfer syntax it was received in (1 is the first). */
export async function openFrameBytes(ctx: Blobs, instance: Stored, frameNumber: number): Promise<Buffer> {
  const layout = parsePixelLayout(instance.pixel_layout);
  const where = { sopInstanceUid: instance.sop_instance_uid, frame: frameNumber };
  if (layout === null || layout.kind === 'deflated') throw new AppError('archive.no_frame', where);
  const ranges =
    frameRanges(layout, frameNumber, instance.number_of_frames) ??
    (layout.kind === 'encapsulated' && layout.frameStarts === null
      ? await findFrame(ctx, instance, layout, frameNumber)
      : null);
  if (ranges === null || ranges.length === 0) throw new AppError('archive.no_frame', where);
  const pieces: Buffer[] = [];
  for (const { start, length } of ranges) {
    if (length > 0) {
      pieces.push(
        await ctx.blobs.readBytes(instance.blob_id, { start, end: start + length - 1 }, frameLimitBytes),
      );
    }
  }
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
}

/** No table: a frame begins where a codestream begins. */
async function findFrame(
  ctx: Blobs,
  instance: Stored,
  layout: Extract<PixelLayout, { kind: 'encapsulated' }>,
  frameNumber: number,
): Promise<FrameRange[] | null> {
  const all = fragmentRanges(layout, 0, layout.lengths.length);
  const starts: number[] = [];
  for (const [index, { start, length }] of all.entries()) {
    if (length < 2) continue;
    const mark = await ctx.blobs.readBytes(instance.blob_id, { start, end: start + 1 });
    if (startOfImage.includes(mark.readUInt16BE(0))) starts.push(index);
  }
  if (starts.length !== instance.number_of_frames) return null;
  const from = starts[frameNumber - 1];
  return from === undefined ? null : all.slice(from, starts[frameNumber] ?? all.length);
}
