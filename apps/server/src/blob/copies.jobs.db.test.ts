import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodecPool } from '@yunying/codec';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import type { JobRun } from '../jobs/index.ts';
import { openTestContext, type TestContext } from '../testing/context.ts';
import { copyJobs } from './copies.jobs.ts';
import { lookAtStores, measureStores } from './store-health.ts';

let test: TestContext;
let ctx: Context;
beforeAll(async () => {
  test = await openTestContext({ YUNYING_BLOBS_COPY: 'file:second', YUNYING_SCRUB_RATE: '1GB' });
  ctx = { ...test, codec: new CodecPool() };
});
afterAll(async () => {
  await ctx.codec.close();
  await test.close();
});

async function store(bytes: Uint8Array): Promise<{ blobId: string; key: string }> {
  async function* whole() {
    yield bytes;
  }
  const stored = await ctx.blobs.put(whole(), { mediaType: 'x/y', kind: 'instance' });
  const { blobId } = await ctx.db.transaction().execute((tx) => ctx.blobs.record(tx, stored));
  return { blobId, key: stored.key };
}

async function run(name: string, payload: Record<string, unknown> = {}): Promise<[number, number][]> {
  const steps: [number, number][] = [];
  const entry = copyJobs(ctx)[name];
  const job: JobRun = {
    id: '1',
    name,
    key: null,
    payload,
    attempt: 1,
    maxAttempts: 1,
    signal: new AbortController().signal,
    log: ctx.log,
    progress: async (done, total) => void steps.push([done, total]),
  };
  if (typeof entry !== 'object') throw new Error(`there is no job ${name}`);
  await entry.run(ctx, job);
  return steps;
}

const metric = async (name: string) => {
  const { text } = await ctx.metrics.expose();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
};

it('make copies with progress, find and repair damage, count it, and end quietly while a store is away', async () => {
  const first = await store(Buffer.from('one image'));
  for (let n = 0; n < 5; n += 1) await store(Buffer.from(`image ${n}`));
  const away = join(test.folder, 'second');
  renameSync(away, `${away}-away`);
  await run('archive.second_copies'); // ends without an error: the next beat comes soon
  await run('archive.scrub_copies');
  renameSync(`${away}-away`, away);
  expect((await run('archive.second_copies')).at(-1)).toEqual([6, 6]);
  expect(await metric('yunying_copies_written_total')).toBe(6);
  await run('archive.seal_blobs');

  writeFileSync(join(test.folder, 'blobs', first.key), 'one_image');
  await ctx.db
    .updateTable('blob_copy')
    .set({ verified_at: new Date('2026-01-01') })
    .where('key', '=', first.key)
    .execute();
  await run('archive.scrub_copies');
  expect(await metric('yunying_copies_damaged_total')).toBe(1);
  expect(await metric('yunying_scrub_bytes_total')).toBe(9);
  const { payload } = await ctx.db
    .selectFrom('job')
    .select('payload')
    .where('name', '=', 'archive.repair_copies')
    .executeTakeFirstOrThrow();
  await run('archive.repair_copies', JSON.parse(payload));
  expect(await metric('yunying_copies_repaired_total')).toBe(1);
  expect((await ctx.blobs.readBytes(first.blobId)).toString()).toBe('one image');
});

it('tell how the stores stand, also beside a running server, without changing anything', async () => {
  await store(Buffer.from('not copied yet'));
  measureStores(ctx.metrics, ctx.blobs);
  expect(await metric('yunying_copies_missing')).toBe(1);
  expect(await metric('yunying_objects_lost')).toBe(0);
  expect(await metric('yunying_stores_away')).toBe(0);
  expect(await lookAtStores(ctx.config, ctx.db)).toMatchObject({
    stores: [
      { tier: 'hot', use: 'first', answers: true },
      { tier: 'warm', use: 'second', answers: true },
    ],
    withoutSecond: 1,
    withoutWhole: 0,
  });
  const blobs = { kind: 'file' as const, folder: join(test.folder, 'never-opened') };
  expect(await lookAtStores({ ...ctx.config, blobs }, ctx.db)).toBeNull();
});
