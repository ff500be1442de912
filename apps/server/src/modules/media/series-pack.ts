// The pack of a series (viewer spec §3): the preview prefix of every frame in one stream, so that a stack can be
// scrolled after one request. Records of index and length (unsigned 32 bit, big endian) and that many bytes of HTJ2K
// codestream, the middle frame first and then outwards. A frame without a rendition has a record of length 0. What lies
// where follows from the frame indexes alone, so a pack answers byte ranges without being kept anywhere.
import { createHash } from 'node:crypto';
import type { Context } from '../../context.ts';
import type { Db, Tx } from '../../db/index.ts';
import { listInstances } from '../archive/index.ts';
import { inDisplayOrder } from './display-order.ts';
import type { FrameEntry } from './media-types.ts';
import * as repo from './repo.ts';

export const packMediaType = 'application/vnd.yunying.series-pack';
export const recordHeadBytes = 8;
export const mostPackFrames = 20_000;

export type PackPiece = { index: number; blobId: string; offset: number; length: number };
export type SeriesPack = { pieces: PackPiece[]; sizeBytes: number; etag: string };

/** Indexes are those of the manifest's frames: images in display order, their frames in turn. */
export async function openSeriesPack(
  db: Db | Tx,
  of: { studyId: string; seriesId: string; level: number },
): Promise<SeriesPack> {
  const [instances, renditions] = await Promise.all([
    listInstances(db, of),
    repo.selectHtj2kOfSeries(db, of.seriesId),
  ]);
  const byInstance = new Map(renditions.map((row) => [row.instance_id, row]));
  const tag = createHash('sha256').update(String(of.level));
  const pieces: PackPiece[] = [];
  let count = 0;
  for (const one of inDisplayOrder(instances).filter(({ kind }) => kind === 'image')) {
    const row = byInstance.get(one.id);
    tag.update(` ${one.id} ${row?.id ?? ''}`);
    const entries = row === undefined ? [] : (JSON.parse(row.frame_index) as FrameEntry[]);
    for (let frame = 0; frame < one.number_of_frames && count < mostPackFrames; frame += 1, count += 1) {
      const prefix = prefixOf(entries[frame] ?? null, of.level);
      pieces.push({ index: count, blobId: row?.blob_id ?? '', ...prefix });
    }
  }
  const ordered = middleOut(pieces);
  const sizeBytes = ordered.reduce((sum, { length }) => sum + recordHeadBytes + length, 0);
  return { pieces: ordered, sizeBytes, etag: `"pack-${tag.digest('hex').slice(0, 32)}"` };
}

function prefixOf(entry: FrameEntry, level: number): { offset: number; length: number } {
  const length = entry?.[2]?.at(-1 - level) ?? 0;
  return entry === null || length <= 0 ? { offset: 0, length: 0 } : { offset: entry[0], length };
}

export function middleOut<T>(list: readonly T[]): T[] {
  const middle = Math.floor((list.length - 1) / 2);
  const order: T[] = [];
  for (let distance = 0; order.length < list.length; distance += 1) {
    for (const at of distance === 0 ? [middle] : [middle + distance, middle - distance]) {
      const one = list[at];
      if (one !== undefined) order.push(one);
    }
  }
  return order;
}

const readAhead = 12;
const chunkBytes = 48 * 1024;

/** The bytes start to end (inclusive) of the pack, read some pieces ahead and given in chunks of some size. */
export async function* readPack(
  ctx: Pick<Context, 'blobs'>,
  pack: SeriesPack,
  { start, end }: { start: number; end: number },
): AsyncGenerator<Buffer> {
  const wanted: { piece: PackPiece; from: number; to: number }[] = [];
  let at = 0;
  for (const piece of pack.pieces) {
    const size = recordHeadBytes + piece.length;
    const from = Math.max(0, start - at);
    const to = Math.min(size, end + 1 - at);
    if (from < to) wanted.push({ piece, from, to });
    at += size;
  }
  const reading: Promise<Buffer>[] = [];
  let next = 0;
  const ahead = () => {
    const one = wanted[next];
    next += 1;
    if (one === undefined) return;
    const record = readRecord(ctx, one.piece);
    record.catch(() => undefined); // awaited in its turn
    reading.push(record.then((bytes) => bytes.subarray(one.from, one.to)));
  };
  for (let count = 0; count < readAhead; count += 1) ahead();
  let held: Buffer[] = [];
  let heldBytes = 0;
  for (;;) {
    const record = reading.shift();
    if (record === undefined) break;
    const bytes = await record;
    ahead();
    held.push(bytes);
    heldBytes += bytes.length;
    if (heldBytes < chunkBytes) continue;
    yield Buffer.concat(held);
    held = [];
    heldBytes = 0;
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}

async function readRecord(
  ctx: Pick<Context, 'blobs'>,
  { index, blobId, offset, length }: PackPiece,
): Promise<Buffer> {
  const record = Buffer.allocUnsafe(recordHeadBytes + length);
  record.writeUInt32BE(index, 0);
  record.writeUInt32BE(length, 4);
  if (length === 0) return record;
  const range = { start: offset, end: offset + length - 1 };
  const bytes = await ctx.blobs.readBytes(blobId, range, undefined, record.subarray(recordHeadBytes));
  const isInPlace =
    bytes.buffer === record.buffer && bytes.byteOffset === record.byteOffset + recordHeadBytes;
  if (!isInPlace) bytes.copy(record, recordHeadBytes);
  return record;
}
