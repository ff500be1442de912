import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isAppError } from '../errors.ts';
import { silentLogger } from '../log/index.ts';
import { openTestContext, type TestContext } from '../testing/context.ts';
import { startTestS3, type TestS3 } from '../testing/s3.ts';
import { createBlobStore } from './blob-store.ts';
import type { BlobStore } from './index.ts';
import { S3Store } from './s3-store.ts';
import { partBytes } from './s3-upload.ts';
import { CopyGone, newKey } from './store-backend.ts';

let ctx: TestContext;
let s3: TestS3;
beforeAll(async () => {
  ctx = await openTestContext({ YUNYING_BLOBS_COPY: 'file:unused', YUNYING_SCRUB_RATE: '1GB' });
  s3 = await startTestS3(join(ctx.folder, 's3'));
});
afterAll(async () => {
  await s3.stop();
  await ctx.close();
});
afterEach(() => {
  s3.fault = () => undefined;
});

const code = (error: unknown) => (isAppError(error) ? error.code : error);
const isUnavailable = (error: unknown) => code(error) === 'storage.unavailable';
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
async function* chunks(bytes: Uint8Array, size = 100_000) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const whole = Number.MAX_SAFE_INTEGER;

describe('one S3 store', () => {
  const store = (answerMs = 5000) => new S3Store(s3.location('unit'), { answerMs, attempts: 2 });
  const write = async (bytes: Uint8Array, head: Uint8Array | null = null, on = store()) => {
    const key = newKey(new Date());
    const written = await on.write(key, head, chunks(bytes), whole);
    await on.close();
    return written;
  };

  it.each([
    ['nothing', 0],
    ['a little', 5000],
    ['exactly a part', partBytes],
    ['two and a half parts', partBytes * 2.5],
  ])('writes %s, and reads it whole and in ranges', async (_, length) => {
    const bytes = randomBytes(length);
    const head = Buffer.from('described');
    const written = await write(bytes, head);
    const { key } = written;
    expect(written).toEqual({ key, sha256: sha256(bytes), sizeBytes: length });
    const on = store();
    expect(await on.size(key)).toBe(head.length + length);
    expect(await on.reread(key, head.length, true)).toEqual({
      sha256: sha256(bytes),
      sm3: createHash('sm3').update(bytes).digest('hex'),
      sizeBytes: length,
    });
    const both = Buffer.concat([head, bytes]);
    for (const [start, count] of [
      [0, 2],
      [both.length - 1, 1],
      [4, both.length - 4],
    ] as const) {
      const into = Buffer.alloc(count);
      await on.readInto(key, start, into);
      expect(into.equals(both.subarray(start, start + count))).toBe(true);
      expect((await buffer(await on.openRange(key, start, count))).equals(into)).toBe(true);
    }
    await expect(on.readInto(key, 0, Buffer.alloc(both.length + 1))).rejects.toThrow(CopyGone);
    await expect(on.openRange(key, both.length, 5)).rejects.toThrow(CopyGone);
    await on.remove(key);
    expect(await on.size(key)).toBeNull();
    expect(await on.reread(key, 0)).toBeNull();
    await expect(on.openRange(key, 0, 1)).rejects.toThrow(CopyGone);
    await on.close();
  });

  it('lists what it holds page by page, and nothing of other prefixes', async () => {
    const on = new S3Store(s3.location('listed'));
    const keys: string[] = [];
    for (let n = 0; n < 3; n += 1)
      keys.push((await on.write(newKey(new Date()), null, chunks(randomBytes(10)), whole)).key);
    await on.writeMarker('7');
    const listed: string[] = [];
    for await (const { key, sizeBytes } of on.list()) {
      listed.push(key);
      expect(sizeBytes).toBe(10);
    }
    expect(listed.sort()).toEqual(keys.sort());
    expect(await on.readMarker()).toBe('7');
    await on.close();
  });

  it('takes no more of a long object than it can send', async () => {
    const on = new S3Store(s3.location('slow'), { answerMs: 1500, attempts: 1 });
    s3.fault = (method, path) =>
      method === 'PUT' && path.includes('partNumber') ? { hang: true } : undefined;
    let taken = 0;
    async function* endless() {
      const chunk = Buffer.alloc(1024 * 1024);
      for (;;) {
        taken += chunk.length;
        yield chunk;
      }
    }
    await expect(on.write(newKey(new Date()), null, endless(), whole)).rejects.toSatisfy(isUnavailable);
    expect(taken).toBeLessThanOrEqual(3 * partBytes);
    await on.close();
  });

  it('tries again when the store is busy, and gives up with storage.unavailable', async () => {
    let refused = 0;
    s3.fault = () =>
      refused++ < 1 ? { answer: 503, body: '<Error><Code>SlowDown</Code></Error>' } : undefined;
    const bytes = randomBytes(777);
    const { key } = await write(bytes);
    const on = store();
    expect((await buffer(await on.openRange(key, 0, 777))).equals(bytes)).toBe(true);
    for (const fault of [
      { answer: 503 },
      { answer: 500, body: '<Error><Code>InternalError</Code></Error>' },
      { answer: 403, body: '<Error><Code>AccessDenied</Code></Error>' },
      { hang: true } as const,
      { changeBody: true } as const,
    ]) {
      s3.fault = () => fault;
      const asked = store('hang' in fault ? 400 : 5000);
      const writing = asked.write(newKey(new Date()), null, chunks(bytes), whole);
      await expect(writing).rejects.toSatisfy(isUnavailable);
      if (!('changeBody' in fault)) {
        await expect(asked.openRange(key, 0, 777)).rejects.toSatisfy(isUnavailable);
        await expect(asked.size(key)).rejects.toSatisfy(isUnavailable);
        await expect(asked.reread(key, 0)).rejects.toSatisfy(isUnavailable);
      }
      await asked.close();
    }
    s3.fault = () => ({ answer: 507, body: '<Error><Code>InsufficientStorage</Code></Error>' });
    await expect(on.write(newKey(new Date()), null, chunks(bytes), whole)).rejects.toSatisfy(
      (error) => code(error) === 'storage.full',
    );
    await on.close();
  });

  it('ends a read that breaks off or stands still in the middle', async () => {
    const { key } = await write(randomBytes(1_000_000));
    const on = store(600);
    for (const fault of [{ cutAfter: 3000 }, { stallAfter: 3000 }]) {
      s3.fault = () => fault;
      const reading = on.openRange(key, 0, 1_000_000).then((stream) => buffer(stream));
      await expect(reading).rejects.toThrow();
      await expect(on.readInto(key, 0, Buffer.alloc(1_000_000))).rejects.toThrow();
      await expect(on.reread(key, 0)).rejects.toSatisfy(isUnavailable);
    }
    await on.close();
  });

  it('goes on reading where a body broke off, and where its reader paused for long', async () => {
    const bytes = randomBytes(2 * partBytes);
    const { key } = await write(bytes);
    const on = store(600);
    let faults = 0;
    s3.fault = () => (faults++ === 0 ? { cutAfter: 1_000_000 } : undefined);
    expect((await buffer(await on.openRange(key, 10, 2_000_000))).equals(bytes.subarray(10, 2_000_010))).toBe(
      true,
    );
    const read: Buffer[] = [];
    for await (const chunk of await on.openRange(key, 0, bytes.length)) {
      if (read.length === 0) await pause(1500); // longer than the store may stay silent
      read.push(chunk);
    }
    expect(Buffer.concat(read).equals(bytes)).toBe(true);
    await on.close();
  });

  it('finds a bucket that is not there, and keys that are refused, at the start', async () => {
    const elsewhere = new S3Store({ ...s3.location(), bucket: 'absent' });
    await expect(elsewhere.open()).rejects.toThrow(/answers 404: are its bucket and its keys right/);
    const stranger = new S3Store({
      ...s3.location(),
      credentials: { accessKeyId: 'NO', secretAccessKey: 'NO' },
    });
    await expect(stranger.open()).rejects.toThrow(/answers 403/);
    await Promise.all([elsewhere.close(), stranger.close()]);
  });

  it('ends the upload of an object whose sender fails, that is too long, or that the store stops taking', async () => {
    async function* broken() {
      yield randomBytes(partBytes + 5);
      throw new Error('the association was aborted');
    }
    const on = store();
    const ended = () => s3.requests.filter((line) => /^DELETE .*uploadId=/.test(line)).length;
    const before = ended();
    await expect(on.write(newKey(new Date()), null, broken(), whole)).rejects.toThrow('aborted');
    await expect(
      on.write(newKey(new Date()), null, chunks(randomBytes(partBytes * 2)), partBytes * 1.5),
    ).rejects.toSatisfy((error) => code(error) === 'storage.too_large');
    s3.fault = (method, path) =>
      method === 'PUT' && path.includes('partNumber=2') ? { answer: 503 } : undefined;
    await expect(
      on.write(newKey(new Date()), null, chunks(randomBytes(partBytes * 3)), whole),
    ).rejects.toSatisfy(isUnavailable);
    expect(ended() - before).toBe(3);
    await on.close();
  });

  it('ends uploads that a killed process left, once they are old', async () => {
    const upload = (id: string, at: string) =>
      `<Upload><Key>unit/${id}</Key><UploadId>${id}</UploadId><Initiated>${at}</Initiated></Upload>`;
    const list = [upload('old', '2026-01-01T00:00:00.000Z'), upload('new', new Date().toISOString())].join(
      '',
    );
    s3.fault = (method, path) =>
      method === 'GET' && path.includes('uploads')
        ? { answer: 200, body: `<ListMultipartUploadsResult>${list}</ListMultipartUploadsResult>` }
        : path.includes('uploadId')
          ? { answer: 204 }
          : undefined;
    const on = store();
    expect(await on.removeUnfinished(new Date('2026-02-01'))).toBe(1);
    expect(s3.requests.at(-1)).toMatch(/^DELETE .*unit\/old.*uploadId=old/);
    await on.close();
  });
});

const put = async (blobs: BlobStore, bytes: Uint8Array, kind = 'instance') => {
  const stored = await blobs.put(chunks(bytes), { mediaType: 'application/dicom', kind });
  return (await ctx.db.transaction().execute((tx) => blobs.record(tx, stored))).blobId;
};
const open = (blobs: ReturnType<TestS3['location']>, copy: TestContext['config']['storage']['copy']) =>
  createBlobStore({
    ...ctx,
    config: { blobs, storage: { ...ctx.config.storage, copy } },
    log: silentLogger,
  });

describe('the blob store on S3', () => {
  it('stores, reads, seals, verifies, keeps one blob per content, and sweeps', async () => {
    const blobs = await open(s3.location('first'), null);
    const long = randomBytes(partBytes + 1000);
    const blobId = await put(blobs, long, 'rendition');
    expect(await put(blobs, long, 'rendition')).toBe(blobId);
    const range = await blobs.read(blobId, { start: 1_000_000, end: 2_999_999 });
    expect((await buffer(range.body)).equals(long.subarray(1_000_000, 3_000_000))).toBe(true);
    expect((await buffer((await blobs.read(blobId)).body)).equals(long)).toBe(true);
    expect((await blobs.readBytes(blobId, { start: 5, end: 9 })).equals(long.subarray(5, 10))).toBe(true);
    expect(await blobs.seal()).toMatchObject({ damaged: 0 });
    expect((await blobs.verify(blobId)).ok).toBe(true);
    const orphan = await blobs.put(chunks(randomBytes(99)), { mediaType: 'x/y', kind: 'instance' });
    expect(await blobs.sweepOrphans()).toMatchObject({ removed: 0 });
    const swept = await blobs.sweepOrphans({ olderThan: new Date(Date.now() + 5000) });
    expect(swept).toMatchObject({ removed: 1, bytes: 99 });
    await expect(blobs.readStored(orphan)).rejects.toThrow(CopyGone);
    expect((await blobs.verify(blobId)).ok).toBe(true);
    await blobs.close();
  });

  it('loses nothing while S3 is gone for a while, also when started then', async () => {
    const first = await open(s3.location('gone'), null);
    const kept = randomBytes(4000);
    const blobId = await put(first, kept);
    await s3.away();
    await expect(put(first, randomBytes(4001))).rejects.toSatisfy(isUnavailable);
    await pause(1100); // how long an answer is remembered
    await expect(first.room()).rejects.toSatisfy(isUnavailable);
    await expect(first.readBytes(blobId)).rejects.toSatisfy(isUnavailable);
    await expect(first.seal()).rejects.toSatisfy(isUnavailable);
    await expect(first.scrub()).resolves.toMatchObject({ checked: 0, damaged: 0 });
    expect((await first.health()).stores).toMatchObject([{ answers: false }]);
    const started = await open(s3.location('gone'), null);
    await expect(open(s3.location('never-seen'), null)).rejects.toSatisfy(isUnavailable);
    await s3.back();
    for (const blobs of [first, started]) {
      expect((await blobs.readBytes(blobId)).equals(kept)).toBe(true);
      expect((await blobs.verify(blobId)).ok).toBe(true);
    }
    const again = await put(started, randomBytes(4001));
    expect((await started.readBytes(again)).length).toBe(4001);
    await Promise.all([first.close(), started.close()]);
  });

  it('goes on from the second copy when S3 breaks off in the middle, refuses, or holds other bytes', async () => {
    const copy = { kind: 'file' as const, folder: join(ctx.folder, 'copies') };
    const blobs = await open(s3.location('broken'), copy);
    const bytes = randomBytes(3_000_000);
    const blobId = await put(blobs, bytes);
    expect((await blobs.makeSecondCopies()).finished).toBe(true);
    s3.fault = (method) => (method === 'GET' ? { cutAfter: 1000 } : undefined);
    expect((await buffer((await blobs.read(blobId)).body)).equals(bytes)).toBe(true);
    s3.fault = () => ({ answer: 503 });
    expect((await blobs.readBytes(blobId)).equals(bytes)).toBe(true);
    s3.fault = () => undefined;
    const [path = ''] = readdirSync(s3.folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.startsWith('broken/20') && name.endsWith('_S3rver_object'),
    );
    const spoilt = readFileSync(join(s3.folder, path));
    spoilt[77] = (spoilt[77] ?? 0) ^ 1;
    writeFileSync(join(s3.folder, path), spoilt);
    expect(await blobs.repair(blobId)).toEqual({ written: 1, bad: 1, whole: 1 });
    expect((await blobs.verify(blobId)).ok).toBe(true);
    await blobs.close();
  });

  it('holds the second copies, catches up after it was away, and gives them back', async () => {
    const folder = join(ctx.folder, 'primary');
    const blobs = await createBlobStore({
      ...ctx,
      config: {
        blobs: { kind: 'file', folder },
        storage: { ...ctx.config.storage, copy: s3.location('second') },
      },
      log: silentLogger,
    });
    const bytes = randomBytes(partBytes + 77);
    await s3.away();
    const blobId = await put(blobs, bytes, 'rendition');
    await expect(blobs.makeSecondCopies()).rejects.toSatisfy(isUnavailable);
    await s3.back();
    s3.fault = (method) => (method === 'PUT' ? { answer: 503 } : undefined);
    await expect(blobs.makeSecondCopies()).rejects.toSatisfy(isUnavailable);
    s3.fault = () => undefined;
    expect((await blobs.makeSecondCopies()).copied).toBeGreaterThan(0);
    rmSync(folder, { recursive: true });
    expect((await buffer((await blobs.read(blobId)).body)).equals(bytes)).toBe(true);
    await blobs.close();
  });
});
