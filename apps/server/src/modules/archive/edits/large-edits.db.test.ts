// Edits of studies larger than one SQL statement takes parameters (65,535): a whole-slide or long video study has more.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getStudy } from '../read-study.ts';
import { selectStudyByUid } from '../repo.ts';
import { storeInstance } from '../store-instance.ts';
import { chunked, corpusAbsent, freshMr, openRig, type Rig, splitPart10 } from '../testing/rig.ts';
import { readCorrections } from './corrections.ts';
import { splitStudy } from './edit-studies.ts';
import { hideObjects, restoreObjects } from './hide-objects.ts';
import { rejectObjects } from './reject-objects.ts';
import * as repo from './repo.ts';
import { undoEdit } from './undo-edit.ts';

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
  const whole = {};

  it('hides and restores all of them', async () => {
    const ask = { studyInstanceUid: large.studyInstanceUid, selection: whole };
    const hidden = await hideObjects(rig.ctx, ask, author);
    expect(await count(large)).toBe(0);
    await restoreObjects(rig.ctx, hidden.id, 'staff:1');
    expect(await count(large)).toBe(many);
  }, 60_000);

  it('splits off what names nearly all of them, corrects every one, and takes them back', async () => {
    const study = await getStudy(rig.ctx.db, large);
    const all = await repo.selectInstancesOf(rig.ctx.db, study.id, {});
    const sopInstanceUids = all.slice(1).map((row) => row.sop_instance_uid);
    const ask = { studyInstanceUid: large.studyInstanceUid, selection: { sopInstanceUids } };
    const edit = await splitStudy(rig.ctx, ask, author);
    const corrected = await readCorrections(
      rig.ctx.db,
      all.map((row) => row.id),
    );
    expect(corrected.size).toBe(many - 1);
    await undoEdit(rig.ctx, edit.id, 'staff:1');
    expect(await count(large)).toBe(many);
  }, 60_000);

  it('rejects all of them, by notes that each can be read back', async () => {
    const ask = { studyInstanceUid: large.studyInstanceUid, selection: whole, title: '113037' } as const;
    const edit = await rejectObjects(rig.ctx, ask, author);
    expect(await count(large)).toBe(0);
    await restoreObjects(rig.ctx, edit.id, 'staff:1');
    expect(await count(large)).toBe(many + Math.ceil(many / 10_000)); // and the notes
  }, 120_000);
});
