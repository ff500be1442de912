import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testClock } from '../clock.ts';
import { newId } from '../db/index.ts';
import { isAppError } from '../errors.ts';
import { silentLogger } from '../log/index.ts';
import { openTestContext, type TestContext } from '../testing/context.ts';
import { createBlobStore } from './blob-store.ts';
import { readDescription } from './self-description.ts';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await openTestContext({ YUNYING_BLOBS_COPY: 'file:second', YUNYING_SCRUB_RATE: '1GB' });
});
afterAll(() => ctx.close());
beforeEach(async () => {
  await ctx.db.deleteFrom('job').execute();
});

const random = (length: number) => Buffer.from(Array.from({ length }, () => Math.floor(Math.random() * 256)));
async function store(bytes: Uint8Array, kind = 'instance'): Promise<string> {
  async function* whole() {
    yield bytes;
  }
  const stored = await ctx.blobs.put(whole(), { mediaType: 'application/dicom', kind });
  return (await ctx.db.transaction().execute((tx) => ctx.blobs.record(tx, stored))).blobId;
}
const copiesOf = (blobId: string) =>
  ctx.db
    .selectFrom('blob_copy')
    .innerJoin('store', 'store.id', 'blob_copy.store_id')
    .select([
      'blob_copy.id',
      'blob_copy.key',
      'blob_copy.state',
      'blob_copy.verified_at',
      'store.url',
      'blob_copy.tier',
    ])
    .where('blob_id', '=', blobId)
    .orderBy('blob_copy.id')
    .execute();
const pathOf = (copy: { url: string; key: string }) => join(copy.url.slice('file:'.length), copy.key);
const livePaths = async (blobId: string) =>
  (await copiesOf(blobId)).filter(({ state }) => state === 'live').map(pathOf);
const jobNames = async () =>
  (await ctx.db.selectFrom('job').select('name').execute()).map(({ name }) => name);
const code = (error: unknown) => (isAppError(error) ? error.code : error);
function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 7] = (bytes[bytes.length - 7] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}
/** As if these copies had last been read back long ago. */
const age = (...paths: string[]) =>
  ctx.db
    .updateTable('blob_copy')
    .set({ verified_at: new Date('2026-01-01') })
    .where('key', 'in', paths.map(keyOf))
    .execute();
async function storeTwice(bytes: Uint8Array, kind = 'instance'): Promise<[string, string, string]> {
  const blobId = await store(bytes, kind);
  await ctx.blobs.makeSecondCopies();
  const [first = '', second = ''] = await livePaths(blobId);
  return [blobId, first, second];
}

describe('second copies', () => {
  it('are made once, read back, equal to the last byte, and keep the description of derived objects', async () => {
    const image = random(3000);
    const picture = random(2_000_000);
    const ids = [await store(image), await store(picture, 'rendition'), await store(Buffer.alloc(0))];
    expect((await ctx.blobs.health()).withoutSecond).toBe(3);
    expect(await ctx.blobs.makeSecondCopies()).toMatchObject({ copied: 3, failed: 0, finished: true });
    expect(await ctx.blobs.makeSecondCopies()).toMatchObject({ copied: 0, finished: true });
    for (const blobId of ids) {
      const [first, second, ...more] = await copiesOf(blobId);
      expect(more).toEqual([]);
      expect(second).toMatchObject({ state: 'live', tier: 'warm' });
      expect(second?.verified_at).not.toBeNull();
      if (first === undefined || second === undefined) throw new Error('two copies were expected');
      expect(readFileSync(pathOf(second)).equals(readFileSync(pathOf(first)))).toBe(true);
    }
    const [, copy = ''] = await livePaths(ids[1] ?? '');
    expect(readDescription(readFileSync(copy))?.description.kind).toBe('rendition');
    expect((await ctx.blobs.health()).withoutSecond).toBe(0);
  });

  it('are not looked for again among what is older than any transaction under way', async () => {
    const blobId = await store(random(77));
    const later = await createBlobStore({
      ...ctx,
      clock: testClock(new Date(Date.now() + 3_600_000)),
      log: silentLogger,
    });
    await ctx.blobs.makeSecondCopies();
    const mark = async () =>
      BigInt(
        (await ctx.db.selectFrom('store_mirror').select('copied_to').executeTakeFirstOrThrow()).copied_to,
      );
    expect(await mark()).toBeGreaterThan(0n);
    expect(await mark()).toBeLessThan(BigInt(blobId));
    await later.makeSecondCopies();
    await later.close();
    expect(await mark()).toBeGreaterThan(BigInt(blobId));
    await ctx.db.updateTable('store_mirror').set({ copied_to: '0' }).execute();
  });

  it('are one for each content, also when two workers make them at once', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, (_, n) => store(random(500 + n))));
    const other = await createBlobStore({ ...ctx, log: silentLogger });
    const both = await Promise.all([ctx.blobs.makeSecondCopies(), other.makeSecondCopies()]);
    await other.close();
    expect(both.reduce((sum, { copied }) => sum + copied, 0)).toBe(12);
    for (const blobId of ids) expect(await copiesOf(blobId)).toHaveLength(2);
    const known = await ctx.db.selectFrom('blob_copy').select('key').where('tier', '=', 'warm').execute();
    expect(filesIn(join(ctx.folder, 'second'))).toHaveLength(known.length); // what lost the race is gone again
  });

  it('wait while their store is away, and nothing is written where its disk should be', async () => {
    const folder = join(ctx.folder, 'second');
    renameSync(folder, `${folder}-away`);
    const blobId = await store(random(1000));
    await expect(ctx.blobs.makeSecondCopies()).rejects.toSatisfy((e) => code(e) === 'storage.unavailable');
    expect(existsSync(folder)).toBe(false);
    expect((await ctx.blobs.health()).stores).toMatchObject([
      { answers: true },
      { use: 'second', answers: false },
    ]);
    const restarted = await createBlobStore({ ...ctx, log: silentLogger });
    expect(existsSync(folder)).toBe(false);
    renameSync(`${folder}-away`, folder);
    expect(await restarted.makeSecondCopies()).toMatchObject({ copied: 1 });
    await restarted.close();
    expect(await livePaths(blobId)).toHaveLength(2);
  });

  it('are not made of a damaged source: it goes to repair, and the others go on', async () => {
    const [blobId, other] = [await store(random(3001)), await store(random(3002))];
    const [first = ''] = await livePaths(blobId);
    flip(first);
    expect(await ctx.blobs.makeSecondCopies()).toMatchObject({ copied: 1, failed: 1 });
    expect(await livePaths(other)).toHaveLength(2);
    expect(await jobNames()).toEqual(['archive.repair_copies']);
    await expect(ctx.blobs.repair(blobId)).rejects.toSatisfy((e) => code(e) === 'storage.damaged');
    expect(await ctx.blobs.makeSecondCopies()).toMatchObject({ copied: 0, failed: 0, finished: true });
    flip(first); // as it was: the file was never taken away
    expect(await ctx.blobs.repair(blobId)).toMatchObject({ written: 1, whole: 1 });
  });

  it('are made anew after a crash between file and row; the file without a row goes after the window', async () => {
    const bytes = random(4000);
    const blobId = await store(bytes);
    const key = `2026/01/02/03/${newId()}`;
    const hour = join(ctx.folder, 'second/2026/01/02/03');
    mkdirSync(hour, { recursive: true });
    writeFileSync(join(ctx.folder, 'second', key), bytes);
    expect(await ctx.blobs.makeSecondCopies()).toMatchObject({ copied: 1 });
    await ctx.blobs.sweepOrphans();
    expect(existsSync(join(ctx.folder, 'second', key))).toBe(true);
    utimesSync(join(ctx.folder, 'second', key), new Date('2026-01-02'), new Date('2026-01-02'));
    expect(await ctx.blobs.sweepOrphans()).toMatchObject({ removed: 1 });
    expect(await livePaths(blobId)).toHaveLength(2);
  });

  it('never sweeps a store that is not the one it was', async () => {
    const marker = join(ctx.folder, 'second/STORE');
    const own = readFileSync(marker, 'utf8');
    const [, , second] = await storeTwice(random(700));
    writeFileSync(marker, '99\n');
    await ctx.db
      .updateTable('blob_copy')
      .set({ key: '2020/01/01/01/1' })
      .where('key', '=', keyOf(second))
      .execute();
    expect(await ctx.blobs.sweepOrphans({ olderThan: new Date(Date.now() + 1000) })).toMatchObject({
      removed: 0,
    });
    expect(existsSync(second)).toBe(true);
    writeFileSync(marker, own);
    await ctx.db
      .updateTable('blob_copy')
      .set({ key: keyOf(second) })
      .where('key', '=', '2020/01/01/01/1')
      .execute();
  });
});

describe('reading', () => {
  it.each([
    ['small', 9000],
    ['long', 3_000_000],
  ])(
    'takes the other copy of a %s object when the first is gone, cut or changed, and asks for repair',
    async (_, length) => {
      const bytes = random(length);
      const [blobId, first] = await storeTwice(bytes);
      const read = async () => buffer((await ctx.blobs.read(blobId)).body);
      const whole = readFileSync(first);
      for (const spoil of [() => rmSync(first), () => writeFileSync(first, whole.subarray(0, length / 2))]) {
        const fresh = await createBlobStore({ ...ctx, log: silentLogger });
        spoil();
        expect((await buffer((await fresh.read(blobId)).body)).equals(bytes)).toBe(true);
        expect(await jobNames()).toEqual(['archive.repair_copies']);
        await fresh.close();
      }
      writeFileSync(first, whole);
      flip(first);
      const fresh = await createBlobStore({ ...ctx, log: silentLogger });
      const spoilt = fresh.read(blobId).then(({ body }) => buffer(body));
      // A short one is compared before it is given; a long one breaks off, and is right when asked again.
      if (length < 512 * 1024) expect((await spoilt).equals(bytes)).toBe(true);
      else await expect(spoilt).rejects.toSatisfy((e) => code(e) === 'storage.damaged');
      expect((await buffer((await fresh.read(blobId)).body)).equals(bytes)).toBe(true);
      await fresh.close();
      expect(await ctx.blobs.repair(blobId)).toEqual({ written: 1, bad: 1, whole: 1 });
      expect((await copiesOf(blobId)).map(({ state }) => state).sort()).toEqual(['live', 'live', 'lost']);
      expect((await read()).equals(bytes)).toBe(true);
      expect(existsSync(first)).toBe(true); // a bad file stays where it is
    },
  );

  it('goes on from the other store while the first folder is away, without calling its copies bad', async () => {
    const bytes = random(5000);
    const [blobId] = await storeTwice(bytes);
    const folder = join(ctx.folder, 'blobs');
    renameSync(folder, `${folder}-away`);
    expect((await ctx.blobs.readBytes(blobId)).equals(bytes)).toBe(true);
    expect(await jobNames()).toEqual([]);
    await expect(ctx.blobs.scrub()).resolves.toMatchObject({ damaged: 0 });
    renameSync(`${folder}-away`, folder);
    expect(await livePaths(blobId)).toHaveLength(2);
  });

  it('finds objects in a store that is only read, and gives them a second copy', async () => {
    const bytes = random(2500);
    const blobId = await store(bytes);
    const config = {
      ...ctx.config,
      blobs: { kind: 'file' as const, folder: join(ctx.folder, 'new') },
      storage: { ...ctx.config.storage, more: [{ location: ctx.config.blobs, tier: 'cold' as const }] },
    };
    const grown = await createBlobStore({ ...ctx, config, log: silentLogger });
    expect((await grown.readBytes(blobId)).equals(bytes)).toBe(true);
    expect((await grown.makeSecondCopies()).copied).toBeGreaterThan(0);
    expect((await grown.health()).stores.map(({ tier, use }) => [tier, use])).toEqual([
      ['hot', 'first'],
      ['warm', 'second'],
      ['cold', 'read'],
    ]);
    await grown.close();
    await (await createBlobStore({ ...ctx, log: silentLogger })).close(); // the rows of the stores as they were
    expect(await livePaths(blobId)).toHaveLength(2);
  });
});

describe('the scrubber', () => {
  it('finds a flipped byte and a missing file, and repair writes new copies beside them', async () => {
    const [flipped, first] = await storeTwice(random(6000));
    const [missing, , second] = await storeTwice(random(6001));
    flip(first);
    rmSync(second);
    await age(first, second);
    expect(await ctx.blobs.scrub()).toMatchObject({ checked: 2, damaged: 2, copied: 0 });
    expect((await ctx.blobs.health()).withoutWhole).toBe(0);
    expect(await jobNames()).toEqual(['archive.repair_copies', 'archive.repair_copies']);
    for (const blobId of [flipped, missing]) {
      expect(await ctx.blobs.repair(blobId)).toMatchObject({ written: 1, whole: 1 });
      expect(await livePaths(blobId)).toHaveLength(2);
    }
    expect(await ctx.blobs.scrub()).toMatchObject({ checked: 0 });
  });

  it('repairs by the beat of second copies when the job did not', async () => {
    const [blobId, first] = await storeTwice(random(6500));
    flip(first);
    await age(first);
    await ctx.blobs.scrub();
    expect(await ctx.blobs.makeSecondCopies()).toMatchObject({ copied: 1 });
    expect(await livePaths(blobId)).toHaveLength(2);
  });

  it('gives a whole copy the second one that it lacks', async () => {
    const [blobId, first, second] = await storeTwice(random(2222));
    await ctx.db.deleteFrom('blob_copy').where('key', '=', keyOf(second)).execute();
    await ctx.db.updateTable('store_mirror').set({ copied_to: newId() }).execute(); // the beat is past it
    await age(first);
    expect(await ctx.blobs.makeSecondCopies()).toMatchObject({ copied: 0 });
    expect(await ctx.blobs.scrub()).toMatchObject({ checked: 1, copied: 1 });
    expect(await livePaths(blobId)).toHaveLength(2);
  });

  it('goes on where it stopped, oldest check first, at its rate', async () => {
    const bytes = random(400_000);
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.push((await storeTwice(Buffer.concat([Buffer.from([n]), bytes])))[0]);
    await ctx.db.updateTable('blob_copy').set({ verified_at: new Date() }).execute();
    for (const [n, blobId] of ids.entries())
      await ctx.db
        .updateTable('blob_copy')
        .set({ verified_at: new Date(Date.UTC(2026, 0, 1 + n)) })
        .where('blob_id', '=', blobId)
        .execute();
    const config = { ...ctx.config, storage: { ...ctx.config.storage, scrubBytesPerSecond: 1_000_000 } };
    const slow = await createBlobStore({ ...ctx, config, log: silentLogger });
    const started = Date.now();
    const { checked, bytes: read } = await slow.scrub({ limitMs: 1500 });
    expect(read).toBeLessThanOrEqual(((Date.now() - started) / 1000 + 1) * 1_000_000);
    expect(checked).toBeGreaterThan(0);
    const left = await ctx.db
      .selectFrom('blob_copy')
      .select('blob_id')
      .where('verified_at', '<', new Date('2026-02-01'))
      .execute();
    expect(left).toHaveLength(6 - checked);
    expect(left.every(({ blob_id }) => blob_id !== ids[0]) || checked < 2).toBe(true);
    expect(await ctx.blobs.scrub()).toMatchObject({ checked: 6 - checked, damaged: 0 });
    await slow.close();
  });

  it('says when no copy is whole, and takes a file back that somebody restored', async () => {
    const bytes = random(7000);
    const [blobId, first, second] = await storeTwice(bytes);
    const before = (await ctx.blobs.health()).withoutWhole;
    rmSync(first);
    flip(second);
    await age(first, second);
    expect(await ctx.blobs.scrub()).toMatchObject({ damaged: 2 });
    expect((await ctx.blobs.health()).withoutWhole).toBe(before + 1);
    await expect(ctx.blobs.repair(blobId)).rejects.toSatisfy((e) => code(e) === 'storage.damaged');
    await expect(ctx.blobs.readBytes(blobId)).rejects.toSatisfy((e) => code(e) === 'storage.missing');
    writeFileSync(first, bytes);
    expect(await ctx.blobs.repair(blobId)).toMatchObject({ written: 1, whole: 1 });
    expect((await ctx.blobs.readBytes(blobId)).equals(bytes)).toBe(true);
    expect(await livePaths(blobId)).toHaveLength(2);
  });

  it('reads a copy back soon that came again after one was lost', async () => {
    const bytes = random(3300);
    const [blobId, first] = await storeTwice(bytes);
    await ctx.blobs.seal();
    rmSync(first);
    await store(bytes);
    const [fresh] = (await copiesOf(blobId)).filter(({ state, tier }) => state === 'live' && tier === 'hot');
    expect(fresh?.verified_at?.getTime()).toBe(0);
    expect((await ctx.blobs.scrub()).checked).toBeGreaterThan(0);
  });
});

const keyOf = (path: string) => path.split('/').slice(-5).join('/');

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'STORE' && !entry.parentPath.endsWith('/tmp'))
    .map(({ name }) => name);
}
