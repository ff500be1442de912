// Edits of studies larger than one SQL statement takes parameters (65,535): a whole-slide or long video study has more.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getStudy } from '../read-study.ts';
import { selectStudyByUid } from '../repo.ts';
import { storeInstance } from '../store-instance.ts';
import { chunked, corpusAbsent, freshMr, openRig, type Rig, splitPart10 } from '../testing/rig.ts';
import { readCorrections } from './corrections.ts';
import { editAttributes } from './edit-studies.ts';
import { hideObjects, restoreObjects } from './hide-objects.ts';
import { applyRejectionNotes, rejectObjects } from './reject-objects.ts';
import * as repo from './repo.ts';

const source = { kind: 'stow', name: 'test', institutionId: null, onConflict: 'refuse' } as const;
const author = { madeBy: 'staff:1', reason: '登记错误' };
const many = 66_000;

describe.skipIf(corpusAbsent)('edits of a study of 66,000 instances (needs the corpus of real files)', () => {
  let rig: Rig;
  let large: { studyInstanceUid: string; seriesInstanceUid: string };
  beforeAll(async () => {
    rig = await openRig();
    const file = freshMr();
    await storeInstance(rig.ctx, chunked(file), source);
    large = splitPart10(file);
    // The same picture many times over: only the rows matter here.
    await sql`INSERT INTO instance SELECT r.* FROM instance i JOIN study s ON s.id = i.study_id,
        generate_series(1, ${many - 1}) AS n,
        jsonb_populate_record(null::instance, to_jsonb(i) || jsonb_build_object('id', i.id + n, 'sop_instance_uid', '1.2.3.' || n)) AS r
      WHERE s.study_instance_uid = ${large.studyInstanceUid}`.execute(rig.ctx.db);
  }, 60_000);
  afterAll(() => rig.close());

  const count = async ({ studyInstanceUid }: { studyInstanceUid: string }) => {
    const row = await selectStudyByUid(rig.ctx.db, studyInstanceUid);
    return (await repo.selectInstancesOf(rig.ctx.db, row?.id ?? '0', {})).length;
  };
  it('finds and corrects by as many UIDs', async () => {
    const study = await getStudy(rig.ctx.db, large);
    const all = await repo.selectInstancesOf(rig.ctx.db, study.id, {});
    const sopInstanceUids = all.map((row) => row.sop_instance_uid);
    expect((await repo.selectInstancesOf(rig.ctx.db, study.id, { sopInstanceUids })).length).toBe(many);
    const ask = { studyInstanceUid: large.studyInstanceUid, attributes: { StudyID: 'L1' } };
    await editAttributes(rig.ctx, ask, author);
    const ids = all.map((row) => row.id);
    expect((await readCorrections(rig.ctx.db, ids)).size).toBe(many);
  }, 120_000);

  it('rejects more than one note names, by notes that can each be read back', async () => {
    const study = await getStudy(rig.ctx.db, large);
    const some = (await repo.selectInstancesOf(rig.ctx.db, study.id, {})).slice(0, 10_001);
    const selection = { sopInstanceUids: some.map((row) => row.sop_instance_uid) };
    const ask = { studyInstanceUid: large.studyInstanceUid, selection, title: '113037' } as const;
    const edit = await rejectObjects(rig.ctx, ask, author);
    expect(await count(large)).toBe(many - 10_001);
    await restoreObjects(rig.ctx, edit.id, 'staff:1');
    expect(await count(large)).toBe(many); // the notes stay hidden
    expect(await applyRejectionNotes(rig.ctx, study.id)).toBe(0); // neither note is applied again
  }, 120_000);

  it('hides all of them', async () => {
    await hideObjects(rig.ctx, { studyInstanceUid: large.studyInstanceUid, selection: {} }, author);
    expect(await count(large)).toBe(0);
  }, 120_000);
});
