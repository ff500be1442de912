import { setValue } from '@yunying/dicom';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { madeObject } from '../archive/testing/made-objects.ts';
import { splitPart10 } from '../archive/testing/rig.ts';
import { makePreview } from './make-preview.ts';
import { instanceOf, type MediaRig, openMediaRig, pathOf, prepareAll, store } from './testing/media-rig.ts';

const lossy = 'image/jphc; transfer-syntax=1.2.840.10008.1.2.4.203';
const never = new AbortController().signal;

let rig: MediaRig;
beforeAll(async () => {
  rig = await openMediaRig();
});
afterAll(() => rig.close());

it('makes a lossy preview beside the lossless rendition, for those who ask for it by name', async () => {
  const file = madeObject({ rows: 256, columns: 256, frames: 2 });
  await store(rig, file);
  await prepareAll(rig);
  const path = await pathOf(rig, splitPart10(file).sopInstanceUid);
  const { id } = await instanceOf(rig, path);
  expect((await rig.get(`${path}/frames/1`, { accept: lossy })).statusCode).toBe(406);
  await makePreview(rig.ctx, { instanceId: id, ratio: 20, policyName: 'p' }, never);
  await makePreview(rig.ctx, { instanceId: id, ratio: 20, policyName: 'p' }, never); // again: nothing
  const rows = await rig.ctx.db
    .selectFrom('rendition')
    .select(['kind', 'size_bytes', 'derived'])
    .where('instance_id', '=', id)
    .execute();
  const preview = rows.find((row) => row.kind === 'lossy');
  expect(Number(preview?.size_bytes)).toBeLessThan((256 * 256 * 2 * 2) / 20);
  expect(JSON.parse(preview?.derived ?? '{}')).toMatchObject({ method: 'ISO_15444_15', ratio: 20 });
  const decision = await rig.ctx.db
    .selectFrom('instance_compression')
    .select(['action', 'outcome', 'bytes_after'])
    .where('instance_id', '=', id)
    .execute();
  expect(decision).toEqual([{ action: 'preview', outcome: 'previewed', bytes_after: preview?.size_bytes }]);
});

it('makes none of what came lossy, and says so', async () => {
  const file = madeObject({ change: (dataset) => setValue(dataset, 'LossyImageCompression', '01') });
  await store(rig, file);
  const { id } = await instanceOf(rig, await pathOf(rig, splitPart10(file).sopInstanceUid));
  await makePreview(rig.ctx, { instanceId: id, ratio: 20, policyName: 'p' }, never);
  const decision = await rig.ctx.db
    .selectFrom('instance_compression')
    .select(['outcome', 'reason'])
    .where('instance_id', '=', id)
    .execute();
  expect(decision).toEqual([{ outcome: 'refused', reason: 'lossy-original' }]);
});

it('serves the preview as HTJ2K with its own transfer syntax', async () => {
  const file = madeObject({ rows: 256, columns: 256 });
  await store(rig, file);
  const path = await pathOf(rig, splitPart10(file).sopInstanceUid);
  await makePreview(
    rig.ctx,
    { instanceId: (await instanceOf(rig, path)).id, ratio: 20, policyName: 'p' },
    never,
  );
  const answer = await rig.get(`${path}/frames/1`, { accept: lossy });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe(lossy);
  expect(answer.rawPayload.length).toBeLessThan((256 * 256 * 2) / 20);
  const lossless = await rig.get(`${path}/frames/1`, { accept: 'image/jphc' });
  expect(lossless.headers['content-type']).toMatch(/4\.202$/);
});
