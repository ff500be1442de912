// What a study edit hides is gone from the doors of pictures: at once where the edit was made, soon in other processes.
import { patchDataset } from '@yunying/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hideObjects, restoreObjects } from '../archive/edits/index.ts';
import { corpusAbsent, freshMr, splitPart10 } from '../archive/testing/rig.ts';
import { locateInstance } from './locate-instance.ts';
import { type MediaRig, openMediaRig, prepareAll, store } from './testing/media-rig.ts';

const author = { madeBy: 'staff:1', reason: '误传' };

describe.skipIf(corpusAbsent)('pictures of hidden objects (needs the corpus of real files)', () => {
  let rig: MediaRig;
  beforeAll(async () => {
    rig = await openMediaRig();
  });
  afterAll(() => rig.close());

  /** Two pictures of one series, so that the study is still there when one of them is hidden. */
  const storeTwo = async () => {
    const file = freshMr();
    const first = splitPart10(file);
    const other = Buffer.from(patchDataset(file, { SOPInstanceUID: `${first.sopInstanceUid}.1` }));
    for (const one of [file, other]) expect((await store(rig, one)).outcome).toBe('stored');
    await prepareAll(rig);
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = first;
    const path = `/dicom-web/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`;
    return { studyInstanceUid, seriesInstanceUid, sopInstanceUid, path };
  };
  const hide = (of: { studyInstanceUid: string; sopInstanceUid?: string }) => {
    const selection = of.sopInstanceUid === undefined ? {} : { sopInstanceUids: [of.sopInstanceUid] };
    return hideObjects(rig.ctx, { studyInstanceUid: of.studyInstanceUid, selection }, author);
  };

  it('are not given any more from the moment the edit is made, and again after it is taken back', async () => {
    const one = await storeTwo();
    for (const ask of [one, { studyInstanceUid: one.studyInstanceUid }]) {
      for (const url of [`${one.path}/frames/1`, `${one.path}/thumbnail`, `${one.path}/rendered`]) {
        expect((await rig.get(url)).statusCode).toBe(200);
      }
      const { id } = await hide(ask);
      for (const url of [`${one.path}/frames/1`, `${one.path}/thumbnail`, `${one.path}/rendered`]) {
        expect((await rig.get(url)).statusCode).toBe(404);
      }
      await restoreObjects(rig.ctx, id, 'staff:1');
      expect((await rig.get(`${one.path}/frames/1`)).statusCode).toBe(200);
    }
  });

  it('are forgotten within five seconds by a process that did not make the edit', async () => {
    const { studyInstanceUid: study, seriesInstanceUid: series, sopInstanceUid: instance } = await storeTwo();
    const db = rig.ctx.db.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => result,
    }); // to the caches another process
    await locateInstance({ db }, { study, series, instance });
    await hide({ studyInstanceUid: study, sopInstanceUid: instance });
    const began = performance.now();
    const isThere = () =>
      locateInstance({ db }, { study, series, instance }).then(
        () => true,
        () => false,
      );
    while ((await isThere()) && performance.now() - began < 5_000)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await isThere()).toBe(false);
  }, 20_000);
});
