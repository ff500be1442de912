// A stored instance on its way out, for C-STORE sub-operations, routing, WADO and media: the original bytes when the
// receiver takes their transfer syntax and nothing was corrected; else the corrected head in front of the original
// pixels; else transcoded to the first syntax of `accept` that can be made. Bytes stream; what is small is read whole.
import type { Readable } from 'node:stream';
import {
  type Changes,
  encodeFileMeta,
  parseDicom,
  patchDataset,
  transferSyntax,
  writePart10,
} from '@yunying/dicom';
import type { Context } from '../../../context.ts';
import { AppError, isAppError } from '../../../errors.ts';
import type { PlacedInstance } from '../archive-types.ts';
import { parsePixelLayout } from '../pixel-layout.ts';
import { correctionsOf, mayTranscode, mayTranscodeLossy, transcoded } from './outgoing-parts.ts';

type Part = Pick<Context, 'db' | 'blobs' | 'codec'>;

export type Outgoing = {
  transferSyntaxUid: string;
  /** Another one than the instance's when it had to be compressed with loss. */
  sopInstanceUid: string;
  /** Preamble, DICM and group 0002. */
  fileMeta: Uint8Array;
  dataset: AsyncIterable<Uint8Array>;
};

/** Read in one piece; also the most that each opened object may hold in memory while it waits for its turn. */
export const wholeLimitBytes = 2 * 1024 * 1024;
/** Heads and objects that have to be in memory to be changed. */
const changeLimitBytes = 512 * 1024 * 1024;

export type OutgoingOptions = {
  /** When the caller has read them for many instances at once. */
  corrections?: ReadonlyMap<string, Changes>;
  /** Memory that an object read in one piece may be placed in: the caller's again when the object has been sent. */
  into?: Buffer;
  /** A rule allows compression with loss, so much, where nothing else is accepted. */
  lossyRatio?: number | null;
};

/** `accept` in order of preference, '*' for anything. Throws request.not_acceptable when no accepted syntax can be made. */
export async function openOutgoing(
  ctx: Part,
  instance: PlacedInstance,
  accept: readonly string[] | '*',
  { corrections, into, lossyRatio = null }: OutgoingOptions = {},
): Promise<Outgoing> {
  const changes = (corrections ?? (await correctionsOf(ctx.db, [instance.id]))).get(instance.id) ?? null;
  const from = instance.transfer_syntax_uid;
  if (accept === '*' || accept.includes(from)) {
    return changes === null || Object.keys(changes).length === 0
      ? openOriginal(ctx, instance, into)
      : openCorrected(ctx, instance, changes);
  }
  const made = await recode(ctx, instance, accept, lossyRatio);
  const sopInstanceUid = made.sopInstanceUid ?? instance.sop_instance_uid;
  const fileMeta = encodeFileMeta({
    sopClassUid: instance.sop_class_uid,
    sopInstanceUid,
    transferSyntaxUid: made.transferSyntaxUid,
  });
  const plain = {
    sopInstanceUid,
    transferSyntaxUid: made.transferSyntaxUid,
    fileMeta,
    dataset: made.dataset,
  };
  if (changes === null || Object.keys(changes).length === 0) return plain;
  const whole = await collect(made.dataset);
  const file = writePart10(
    {
      sopClassUid: instance.sop_class_uid,
      sopInstanceUid,
      transferSyntaxUid: made.transferSyntaxUid,
    },
    whole,
  );
  return { ...splitFile(patchDataset(file, changes), made.transferSyntaxUid), sopInstanceUid };
}

/** Without loss in the first syntax that can be made so; with loss only where a rule gives the ratio for it. */
async function recode(ctx: Part, instance: PlacedInstance, accept: readonly string[], ratio: number | null) {
  const from = instance.transfer_syntax_uid;
  const to = accept.find((syntax) => mayTranscode(from, syntax));
  const lossyTo = ratio === null ? undefined : accept.find((syntax) => mayTranscodeLossy(from, syntax));
  if (to !== undefined) {
    try {
      return await transcoded(ctx, instance, to);
    } catch (error) {
      if (lossyTo === undefined || !isAppError(error, 'request.not_acceptable')) throw error;
    }
  }
  if (lossyTo === undefined || ratio === null)
    throw new AppError('request.not_acceptable', { transferSyntaxUid: from });
  return transcoded(ctx, instance, lossyTo, { lossy: { ratio } });
}

async function openOriginal(ctx: Part, instance: PlacedInstance, into?: Buffer): Promise<Outgoing> {
  const { blob_id: blobId, dataset_offset: offset, transfer_syntax_uid: transferSyntaxUid } = instance;
  const sopInstanceUid = instance.sop_instance_uid;
  if (Number(instance.size_bytes) <= wholeLimitBytes) {
    const bytes = await ctx.blobs.readBytes(blobId, undefined, wholeLimitBytes, into);
    const [fileMeta, dataset] = [bytes.subarray(0, offset), only(bytes.subarray(offset))];
    return { transferSyntaxUid, sopInstanceUid, fileMeta, dataset };
  }
  const fileMeta = await ctx.blobs.readBytes(blobId, { start: 0, end: offset - 1 }, wholeLimitBytes);
  return { transferSyntaxUid, sopInstanceUid, fileMeta, dataset: laterRange(ctx, blobId, offset) };
}

/** The head is patched in memory; the pixels behind it are streamed as they lie in the blob. */
async function openCorrected(ctx: Part, instance: PlacedInstance, changes: Changes): Promise<Outgoing> {
  const {
    blob_id: blobId,
    transfer_syntax_uid: transferSyntaxUid,
    sop_instance_uid: sopInstanceUid,
  } = instance;
  const pixelsAt =
    Number(instance.size_bytes) <= wholeLimitBytes ? null : await findPixelElement(ctx, instance);
  if (pixelsAt === null) {
    const bytes = await ctx.blobs.readBytes(blobId, undefined, changeLimitBytes);
    return { ...splitFile(patchDataset(bytes, changes), transferSyntaxUid), sopInstanceUid };
  }
  const head = await ctx.blobs.readBytes(blobId, { start: 0, end: pixelsAt - 1 }, changeLimitBytes);
  const { fileMeta, dataset } = splitFile(patchDataset(head, changes), transferSyntaxUid);
  return {
    transferSyntaxUid,
    sopInstanceUid,
    fileMeta,
    dataset: joined(dataset, laterRange(ctx, blobId, pixelsAt)),
  };
}

/** Where the element Pixel Data begins in the blob, null when that is not known for certain. */
async function findPixelElement(ctx: Part, instance: PlacedInstance): Promise<number | null> {
  const layout = parsePixelLayout(instance.pixel_layout);
  if (layout === null || layout.kind === 'deflated') return null;
  const valueAt = layout.kind === 'native' ? layout.offset : layout.first - 8;
  const bigEndian = transferSyntax(instance.transfer_syntax_uid)?.bigEndian ?? false;
  const tag = Buffer.from(bigEndian ? '7fe00010' : 'e07f1000', 'hex');
  const reach = Math.min(valueAt, 4 * (instance.number_of_frames + 8) + 64);
  const near = await ctx.blobs.readBytes(
    instance.blob_id,
    { start: valueAt - reach, end: valueAt - 1 },
    changeLimitBytes,
  );
  for (let at = near.lastIndexOf(tag); at >= 0; at = at === 0 ? -1 : near.lastIndexOf(tag, at - 1)) {
    const rest = near.length - at;
    if (layout.kind === 'native' && (rest === 8 || rest === 12)) return valueAt - reach + at;
    // Element header of 12 bytes, then the item of the Basic Offset Table, which ends where the first fragment begins.
    if (layout.kind === 'encapsulated' && rest >= 20 && rest === 20 + near.readUInt32LE(at + 16))
      return valueAt - reach + at;
  }
  return null;
}

function splitFile(file: Uint8Array, transferSyntaxUid: string): Omit<Outgoing, 'sopInstanceUid'> {
  const offset = parseDicom(file).datasetOffset;
  return { transferSyntaxUid, fileMeta: file.subarray(0, offset), dataset: only(file.subarray(offset)) };
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* joined(...parts: AsyncIterable<Uint8Array>[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield* part;
}

/** Opened when its first byte is asked for: an object that waits for its turn holds no file. */
async function* laterRange(ctx: Part, blobId: string, start: number): AsyncGenerator<Uint8Array> {
  let body: Readable | null = null;
  try {
    body = (await ctx.blobs.read(blobId, { start })).body;
    yield* body;
  } finally {
    body?.destroy();
  }
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > changeLimitBytes) throw new AppError('storage.too_large', { limit: changeLimitBytes });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
