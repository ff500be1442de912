// Series metadata as it was prepared (gzip text in the store), kept in memory for a while, packed and unpacked apart: most
// clients of a hospital's own network take it unpacked, and unpacking costs more than sending. The blob never changes.
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { BoundedCache } from '../../../bounded-cache.ts';
import type { Context } from '../../../context.ts';
import { isAppError } from '../../../errors.ts';

type Blobs = Context['blobs'];

const keptBytes = 64 * 1024 ** 2;
const keepMs = 10 * 60_000;
/** A longer one is streamed. */
const packedLimitBytes = 2 * 1024 ** 2;
const textLimitBytes = 16 * 1024 ** 2;
const unpack = promisify(gunzip);
const caches = new WeakMap<Blobs, BoundedCache<Buffer>>();

/** null: too long to be held. */
export async function preparedText(blobs: Blobs, blobId: string, packed: boolean): Promise<Buffer | null> {
  const cache = cacheOf(blobs);
  const key = `${packed ? 'packed' : 'text'} ${blobId}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const text = await readText(blobs, blobId, packed);
  if (text !== null) cache.set(key, text, { weight: text.length, keepMs });
  return text;
}

async function readText(blobs: Blobs, blobId: string, packed: boolean): Promise<Buffer | null> {
  try {
    const bytes = await blobs.readBytes(blobId, undefined, packedLimitBytes);
    return packed ? bytes : await unpack(bytes, { maxOutputLength: textLimitBytes });
  } catch (error) {
    if (isAppError(error) ? error.code === 'storage.too_large' : isTooLong(error)) return null;
    throw error;
  }
}

function isTooLong(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

function cacheOf(blobs: Blobs): BoundedCache<Buffer> {
  const known = caches.get(blobs);
  if (known !== undefined) return known;
  const cache = new BoundedCache<Buffer>(keptBytes);
  caches.set(blobs, cache);
  return cache;
}
