import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAppError } from '../errors.ts';
import { silentLogger } from '../log/index.ts';
import { openTestContext, type TestContext } from '../testing/context.ts';
import { createBlobStore } from './blob-store.ts';
import type { StoredBytes } from './index.ts';
import { readDescription } from './self-description.ts';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await openTestContext();
});
afterAll(() => ctx.close());

async function* chunks(bytes: Uint8Array, size = 1000) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const random = (length: number) => Buffer.from(Array.from({ length }, () => Math.floor(Math.random() * 256)));
const put = (bytes: Uint8Array, kind = 'instance') =>
  ctx.blobs.put(chunks(bytes), { mediaType: 'application/dicom', kind });
const record = (stored: StoredBytes) => ctx.db.transaction().execute((tx) => ctx.blobs.record(tx, stored));
const blobFolder = () => join(ctx.folder, 'blobs');
/** Temporary files with something in them; spare ones are empty. */
const unfinished = () => {
  const folder = join(blobFolder(), 'tmp');
  return readdirSync(folder).filter((name) => statSync(join(folder, name)).size > 0);
};
const fileOf = (stored: StoredBytes) => join(blobFolder(), stored.key);
const code = (error: unknown) => (isAppError(error) ? error.code : error);

describe('storing and reading', () => {
  it('stores Part 10 bytes as they are, under the hour, with their hash', async () => {
    const bytes = random(5000);
    const stored = await put(bytes);
    expect(stored.key).toMatch(/^\d{4}\/\d\d\/\d\d\/\d\d\/\d+$/);
    expect(stored).toMatchObject({ sizeBytes: 5000, payloadOffset: 0 });
    expect(stored.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(readFileSync(fileOf(stored)).equals(bytes)).toBe(true);
    expect(unfinished()).toEqual([]);
  });

  it('puts a prefix in front and counts it in', async () => {
    const stored = await ctx.blobs.put(chunks(Buffer.from('world')), {
      mediaType: 'text/plain',
      kind: 'instance',
      prefix: Buffer.from('hello '),
    });
    expect(readFileSync(fileOf(stored), 'utf8')).toBe('hello world');
    expect(stored.sizeBytes).toBe(11);
  });

  it('describes a derived object in its file and hides the description from readers', async () => {
    const bytes = random(2000);
    const stored = await ctx.blobs.put(chunks(bytes), {
      mediaType: 'image/webp',
      kind: 'rendition',
      ids: { sopInstanceUid: '1.2.3' },
      source: 'job:x',
    });
    const { blobId } = await record(stored);
    const head = readDescription(readFileSync(fileOf(stored)));
    expect(head).toMatchObject({
      payloadOffset: stored.payloadOffset,
      description: { kind: 'rendition', ids: { sopInstanceUid: '1.2.3' } },
    });
    const read = await ctx.blobs.read(blobId);
    expect((await buffer(read.body)).equals(bytes)).toBe(true);
    expect(read).toMatchObject({
      sizeBytes: 2000,
      totalBytes: 2000,
      sha256: stored.sha256,
      mediaType: 'image/webp',
    });
  });

  it.each([
    ['rendition', 3000],
    ['instance', 2_000_000],
  ])('reads ranges of a %s of %d bytes', async (kind, length) => {
    const bytes = random(length);
    const { blobId } = await record(await put(bytes, kind));
    for (const [start, end] of [
      [0, 0],
      [0, length - 1],
      [1, length - 2],
      [length - 1, length - 1],
      [10, undefined],
    ] as const) {
      const read = await ctx.blobs.read(blobId, end === undefined ? { start } : { start, end });
      expect((await buffer(read.body)).equals(bytes.subarray(start, (end ?? length - 1) + 1))).toBe(true);
    }
    expect((await ctx.blobs.readBytes(blobId, { start: 5, end: 9 })).equals(bytes.subarray(5, 10))).toBe(
      true,
    );
    await expect(ctx.blobs.read(blobId, { start: length + 1 })).rejects.toSatisfy(
      (e) => code(e) === 'request.range',
    );
  });
});

describe('one blob per content', () => {
  it('keeps one blob for equal content, also when eight arrive at once', async () => {
    const bytes = random(4000);
    const results = await Promise.all(Array.from({ length: 8 }, async () => record(await put(bytes))));
    expect(new Set(results.map((r) => r.blobId)).size).toBe(1);
    expect(results.filter((r) => !r.existed)).toHaveLength(1);
    const copies = await ctx.db
      .selectFrom('blob_copy')
      .selectAll()
      .where('blob_id', '=', results[0]?.blobId ?? '')
      .execute();
    expect(copies).toHaveLength(1);
  });

  it('leaves no row and no reader when the transaction rolls back', async () => {
    const stored = await put(random(100));
    let blobId = '';
    await expect(
      ctx.db.transaction().execute(async (tx) => {
        blobId = (await ctx.blobs.record(tx, stored)).blobId;
        throw new Error('later step failed');
      }),
    ).rejects.toThrow('later step failed');
    await expect(ctx.blobs.read(blobId)).rejects.toSatisfy((e) => code(e) === 'storage.missing');
  });
});

describe('what can go wrong', () => {
  it('finds a flipped byte, a cut file and a missing file, and takes the next equal content as a new copy', async () => {
    const bytes = random(3000);
    const stored = await put(bytes);
    const { blobId } = await record(stored);
    expect((await ctx.blobs.verify(blobId)).ok).toBe(true);
    const flipped = Buffer.from(bytes);
    flipped[1500] = (flipped[1500] ?? 0) ^ 1;
    writeFileSync(fileOf(stored), flipped);
    expect(await ctx.blobs.verify(blobId)).toMatchObject({ ok: false, reason: 'hash' });
    truncateSync(fileOf(stored), 1000);
    expect(await ctx.blobs.verify(blobId)).toMatchObject({ ok: false, reason: 'size' });
    await expect(ctx.blobs.readBytes(blobId, { start: 2000 })).rejects.toSatisfy(
      (e) => code(e) === 'storage.damaged',
    );
    await record(await put(bytes));
    expect((await ctx.blobs.readBytes(blobId)).equals(bytes)).toBe(true);
    expect((await ctx.blobs.verify(blobId)).ok).toBe(true);
  });

  it('removes the partial file when the source fails or is too long', async () => {
    async function* broken() {
      yield random(1000);
      throw new Error('the association was aborted');
    }
    await expect(ctx.blobs.put(broken(), { mediaType: 'x/y', kind: 'instance' })).rejects.toThrow('aborted');
    await expect(
      ctx.blobs.put(chunks(random(5000)), { mediaType: 'x/y', kind: 'instance', limitBytes: 4000 }),
    ).rejects.toSatisfy((e) => code(e) === 'storage.too_large');
    expect(unfinished()).toEqual([]);
  });

  it('refuses to store below the reserve', async () => {
    const full = await createBlobStore({
      config: {
        blobs: ctx.config.blobs,
        storage: { ...ctx.config.storage, reserve: { percent: 0, bytes: Number.MAX_SAFE_INTEGER } },
      },
      db: ctx.db,
      log: silentLogger,
      clock: ctx.clock,
    });
    await expect(full.put(chunks(random(10)), { mediaType: 'x/y', kind: 'instance' })).rejects.toSatisfy(
      (e) => code(e) === 'storage.full',
    );
    expect((await full.room()).full).toBe(true);
  });
});

describe('sealing', () => {
  const rowsOf = (blobId: string) =>
    ctx.db
      .selectFrom('blob')
      .innerJoin('blob_copy', 'blob_copy.blob_id', 'blob.id')
      .select(['blob.sm3', 'blob_copy.verified_at', 'blob_copy.state'])
      .where('blob.id', '=', blobId)
      .executeTakeFirstOrThrow();

  it('reads the file back, and writes its SM3 and when it was found whole', async () => {
    const bytes = random(70_000);
    const derived = await record(await put(bytes, 'rendition'));
    expect((await rowsOf(derived.blobId)).sm3).toBeNull();
    await ctx.blobs.seal();
    const row = await rowsOf(derived.blobId);
    expect(row.sm3).toBe(createHash('sm3').update(bytes).digest('hex'));
    expect(row.verified_at).not.toBeNull();
  });

  it('finds a file that changed on disk, and no longer reads from it', async () => {
    const stored = await put(random(9000));
    const { blobId } = await record(stored);
    const bytes = readFileSync(fileOf(stored));
    bytes[4000] = (bytes[4000] ?? 0) ^ 1;
    writeFileSync(fileOf(stored), bytes);
    expect((await ctx.blobs.seal()).damaged).toBe(1);
    expect((await rowsOf(blobId)).state).toBe('lost');
    expect((await ctx.blobs.seal()).damaged).toBe(0);
  });
});

describe('what goes away, and when', () => {
  it('buries a copy without touching its file, for the window and a day', async () => {
    const stored = await put(random(200));
    const { blobId } = await record(stored);
    const copy = await ctx.db
      .selectFrom('blob_copy')
      .select('id')
      .where('blob_id', '=', blobId)
      .executeTakeFirstOrThrow();
    await ctx.db.transaction().execute((tx) => ctx.blobs.bury(tx, copy.id, 'policy'));
    await expect(ctx.blobs.read(blobId)).rejects.toSatisfy((e) => code(e) === 'storage.missing');
    const grave = await ctx.db
      .selectFrom('blob_grave')
      .selectAll()
      .where('copy_id', '=', copy.id)
      .executeTakeFirstOrThrow();
    expect(grave.purge_after.getTime() - grave.dead_since.getTime()).toBe(8 * 86_400_000);
    expect((await ctx.blobs.sweepOrphans({ olderThan: new Date(Date.now() + 1000) })).seen).toBeGreaterThan(
      0,
    );
    expect(readFileSync(fileOf(stored))).toHaveLength(200);
  });

  it('sweeps files no row knows, only after the window', async () => {
    const orphan = await put(random(300));
    const kept = await put(random(301));
    await record(kept);
    await ctx.blobs.sweepOrphans();
    expect(readFileSync(fileOf(orphan))).toHaveLength(300);
    const old = new Date(Date.now() - 9 * 86_400_000);
    utimesSync(fileOf(orphan), old, old);
    utimesSync(fileOf(kept), old, old);
    expect(await ctx.blobs.sweepOrphans()).toMatchObject({ removed: 1, bytes: 300 });
    expect(readFileSync(fileOf(kept))).toHaveLength(301);
  });

  it('refuses to discard recorded bytes, and a folder whose disk is not mounted', async () => {
    const stored = await put(random(50));
    const { blobId } = await record(stored);
    await expect(ctx.blobs.discard(stored)).rejects.toSatisfy((e) => code(e) === 'storage.unavailable');
    const url = `file:${join(ctx.folder, 'unmounted')}`;
    await ctx.db.insertInto('store').values({ id: '42', url, tier: 'hot' }).execute();
    await ctx.db
      .insertInto('blob_copy')
      .values({
        id: '42',
        blob_id: blobId,
        store_id: '42',
        key: stored.key,
        state: 'live',
        tier: 'hot',
        created_at: new Date(),
      })
      .execute();
    const config = { ...ctx.config, blobs: { kind: 'file' as const, folder: join(ctx.folder, 'unmounted') } };
    await expect(
      createBlobStore({ config, db: ctx.db, log: silentLogger, clock: ctx.clock }),
    ).rejects.toThrow(/is its disk mounted/);
  });
});
