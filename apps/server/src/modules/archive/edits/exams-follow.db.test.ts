// What edits leave behind in the lists of examinations: nothing empty, and after undo what was there before.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findExams, getExam } from '../../orders/index.ts';
import { getStudy } from '../read-study.ts';
import { settleStudies } from '../settle-study.ts';
import { storeInstance } from '../store-instance.ts';
import { chunked, corpusAbsent, freshMr, openRig, type Rig, splitPart10 } from '../testing/rig.ts';
import { editAttributes, mergeStudies } from './edit-studies.ts';
import { hideObjects, restoreObjects } from './hide-objects.ts';
import { undoEdit } from './undo-edit.ts';

const source = { kind: 'stow', name: 'test', institutionId: null, onConflict: 'refuse' } as const;
const author = { madeBy: 'staff:1', reason: '登记错误' };

describe.skipIf(corpusAbsent)('examinations follow edits (needs the corpus of real files)', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(() => rig.close());

  const settle = async () => {
    await settleStudies(rig.ctx);
    await settleStudies(rig.ctx);
  };
  const store = async (changes: Record<string, string>) => {
    const file = freshMr(changes);
    await storeInstance(rig.ctx, chunked(file), source);
    await settle();
    return splitPart10(file);
  };
  const examOf = async (study: { studyInstanceUid: string }) =>
    (await getStudy(rig.ctx.db, study)).exam_id ?? '';
  const listed = async () => {
    const scope = { kind: 'all' } as const;
    return (await findExams(rig.ctx.db, scope, { limit: 100 })).items.map((exam) => exam.examId);
  };
  const linksOf = (uid: string) =>
    rig.ctx.db.selectFrom('exam_study').selectAll().where('study_instance_uid', '=', uid).execute();

  it('drops the exam of a study that was merged away, leads from it to the survivor, and brings it back', async () => {
    const from = await store({ PatientID: 'E1', AccessionNumber: 'EA1' });
    const into = await store({ PatientID: 'E2', AccessionNumber: 'EA2' });
    const [gone, stays] = [await examOf(from), await examOf(into)];
    expect(await listed()).toEqual(expect.arrayContaining([gone, stays]));
    const ask = { from: from.studyInstanceUid, into: into.studyInstanceUid };
    const edit = await mergeStudies(rig.ctx, ask, author);
    await settle();
    expect(await listed()).toContain(stays);
    expect(await listed()).not.toContain(gone);
    expect(await linksOf(from.studyInstanceUid)).toEqual([]);
    expect((await getExam(rig.ctx.db, gone)).examId).toBe(stays);
    await undoEdit(rig.ctx, edit.id, 'staff:1');
    await settle();
    expect(await examOf(from)).toBe(gone);
    expect(await listed()).toEqual(expect.arrayContaining([gone, stays]));
    expect((await getExam(rig.ctx.db, gone)).accessionNumber).toBe('EA1');
  });

  it('drops the exam of a deleted study, and brings it back with the study', async () => {
    const study = await store({ PatientID: 'E3', AccessionNumber: 'EA3' });
    const exam = await examOf(study);
    const hidden = await hideObjects(
      rig.ctx,
      { studyInstanceUid: study.studyInstanceUid, selection: {} },
      author,
    );
    await settle();
    expect(await listed()).not.toContain(exam);
    await restoreObjects(rig.ctx, hidden.id, 'staff:1');
    await settle();
    expect([await examOf(study), (await listed()).includes(exam)]).toEqual([exam, true]);
  });

  it('leaves no exam behind when the corrected accession number is that of another patient', async () => {
    const other = await store({ PatientID: 'E4', PatientName: 'Li^Si', AccessionNumber: 'EA4' });
    const study = await store({ PatientID: 'E5', PatientName: 'Wang^Wu', AccessionNumber: 'EA5' });
    const exam = await examOf(study);
    const attributes = { AccessionNumber: 'EA4' };
    const edit = await editAttributes(
      rig.ctx,
      { studyInstanceUid: study.studyInstanceUid, attributes },
      author,
    );
    await settle();
    expect(await getStudy(rig.ctx.db, study)).toMatchObject({
      exam_id: null,
      link_reason: 'patient-differs',
    });
    expect(await listed()).toContain(await examOf(other));
    expect(await listed()).not.toContain(exam);
    await undoEdit(rig.ctx, edit.id, 'staff:1');
    await settle();
    expect(await examOf(study)).toBe(exam);
  });
});
