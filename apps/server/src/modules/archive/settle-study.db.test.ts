import { newUid } from '@yunying/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getStudy, listSeries } from './read-study.ts';
import { relinkStudy, settleStudies } from './settle-study.ts';
import { storeInstance } from './store-instance.ts';
import { chunked, corpusAbsent, freshMr, openRig, type Rig } from './testing/rig.ts';

const source = { kind: 'stow', name: 'test', institutionId: null, onConflict: 'refuse' } as const;

describe.skipIf(corpusAbsent)('settling a study (needs the corpus of real files)', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(() => rig.close());
  const store = (changes: Record<string, string>) =>
    storeInstance(rig.ctx, chunked(freshMr(changes)), source);
  const news = (studyId: string) =>
    rig.ctx.db
      .selectFrom('outbox_event')
      .selectAll()
      .where('topic', '=', 'archive.study_settled')
      .where('payload', 'like', `%${studyId}%`)
      .execute();

  it('counts, links and announces a quiet study once, and opens it again for a late image', async () => {
    const StudyInstanceUID = newUid();
    const SeriesInstanceUID = newUid();
    await store({ StudyInstanceUID, SeriesInstanceUID });
    await store({ StudyInstanceUID, SeriesInstanceUID });
    await store({ StudyInstanceUID, Modality: 'PT' });
    expect(await settleStudies(rig.ctx)).toBe(1);
    expect(await settleStudies(rig.ctx)).toBe(0);
    const study = await getStudy(rig.ctx.db, { studyInstanceUid: StudyInstanceUID });
    expect(study).toMatchObject({
      modalities: 'MR\\PT',
      series_count: 2,
      instance_count: 3,
      frame_count: '3',
    });
    expect(study).toMatchObject({
      link_state: 'unlinked',
      settled_at: expect.any(Date),
      exam_id: expect.any(String),
    });
    expect((await listSeries(rig.ctx.db, study.id)).map((row) => row.instance_count).sort()).toEqual([1, 2]);
    expect(await news(study.id)).toHaveLength(1);

    await store({ StudyInstanceUID });
    expect((await getStudy(rig.ctx.db, { id: study.id })).settled_at).toBeNull();
    expect(await settleStudies(rig.ctx)).toBe(1);
    expect(await getStudy(rig.ctx.db, { id: study.id })).toMatchObject({
      instance_count: 4,
      series_count: 3,
    });
    expect(await news(study.id)).toHaveLength(2);
  });

  it('leaves a study alone that is not quiet yet', async () => {
    const StudyInstanceUID = newUid();
    await store({ StudyInstanceUID });
    const patient = { ...rig.ctx, config: { ...rig.ctx.config, settle: { quietSeconds: 3600 } } };
    expect(await settleStudies(patient)).toBe(0);
    expect((await getStudy(rig.ctx.db, { studyInstanceUid: StudyInstanceUID })).settled_at).toBeNull();
    await settleStudies(rig.ctx);
  });

  it('settles a study once when two workers look at the same time', async () => {
    const StudyInstanceUID = newUid();
    await store({ StudyInstanceUID });
    const settled = await Promise.all([settleStudies(rig.ctx), settleStudies(rig.ctx)]);
    expect(settled.sort()).toEqual([0, 1]);
  });

  it('announces a relinked study only when its link is another one', async () => {
    const StudyInstanceUID = newUid();
    await store({ StudyInstanceUID });
    expect(await relinkStudy(rig.ctx, StudyInstanceUID)).toBe(false); // not settled yet
    await settleStudies(rig.ctx);
    const study = await getStudy(rig.ctx.db, { studyInstanceUid: StudyInstanceUID });
    await relinkStudy(rig.ctx, StudyInstanceUID);
    const before = (await news(study.id)).length;
    expect(await relinkStudy(rig.ctx, StudyInstanceUID)).toBe(false);
    expect(await news(study.id)).toHaveLength(before);
  });
});
