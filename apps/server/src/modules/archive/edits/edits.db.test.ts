import { getString, newUid, parseDicom } from '@yunying/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openOutgoing } from '../outgoing/open-outgoing.ts';
import { findStudy, getInstance, getStudy, listInstances, listSeries } from '../read-study.ts';
import { settleStudies } from '../settle-study.ts';
import { storeInstance } from '../store-instance.ts';
import {
  chunked,
  corpusAbsent,
  freshMr,
  openRig,
  type Rig,
  sha256,
  splitPart10,
  storedInstance,
} from '../testing/rig.ts';
import { readCorrections } from './corrections.ts';
import { editAttributes, mergeStudies, moveStudy, splitStudy } from './edit-studies.ts';
import { hideObjects, restoreObjects } from './hide-objects.ts';
import { applyRejectionNotes, rejectObjects } from './reject-objects.ts';
import { makeRejectionNote } from './rejection-note.ts';
import { undoEdit } from './undo-edit.ts';

const source = { kind: 'stow', name: 'test', institutionId: null, onConflict: 'refuse' } as const;
const author = { madeBy: 'staff:1', reason: '登记错误' };

describe.skipIf(corpusAbsent)('study edits (needs the corpus of real files)', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(() => rig.close());

  const store = async (changes: Record<string, string> = {}) => {
    const file = freshMr(changes);
    const outcome = await storeInstance(rig.ctx, chunked(file), source);
    expect(outcome.outcome).toBe('stored');
    return { file, ...splitPart10(file) };
  };
  const counts = async (studyInstanceUid: string) => {
    await settleStudies(rig.ctx);
    await settleStudies(rig.ctx);
    const study = await findStudy(rig.ctx.db, studyInstanceUid);
    if (study === null) return null;
    return [study.series_count, (await listInstances(rig.ctx.db, { studyId: study.id })).length];
  };
  /** The object as it leaves, read back. */
  const outgoing = async (studyInstanceUid: string, sopInstanceUid: string) => {
    const instance = await getInstance(rig.ctx.db, { studyInstanceUid, sopInstanceUid });
    const { fileMeta, dataset } = await openOutgoing(rig.ctx, instance, '*');
    const parts: Uint8Array[] = [fileMeta];
    for await (const part of dataset) parts.push(part);
    const parsed = parseDicom(Buffer.concat(parts)).dataset;
    return (keyword: string) => getString(parsed, keyword) ?? null;
  };

  it('merges a study into another, corrects what leaves, keeps the bytes, and takes it back', async () => {
    const from = await store({ PatientID: 'P1', AccessionNumber: 'A1' });
    const into = await store({ PatientID: 'P2', AccessionNumber: 'A2', PatientName: 'Li^Si' });
    await settleStudies(rig.ctx);
    const edit = await mergeStudies(
      rig.ctx,
      { from: from.studyInstanceUid, into: into.studyInstanceUid },
      author,
    );
    expect(await counts(into.studyInstanceUid)).toEqual([2, 2]);
    expect(await findStudy(rig.ctx.db, from.studyInstanceUid)).toBeNull();
    const read = await outgoing(into.studyInstanceUid, from.sopInstanceUid);
    expect([
      read('PatientID'),
      read('AccessionNumber'),
      read('StudyInstanceUID'),
      read('PatientName'),
    ]).toEqual(['P2', 'A2', into.studyInstanceUid, 'Li^Si']);
    const kept = await storedInstance(rig, { ...from, studyInstanceUid: into.studyInstanceUid });
    expect(sha256(kept.bytes)).toBe(sha256(from.file));

    // Late: the same series, and a new series under the old UID.
    const late = await store({
      StudyInstanceUID: from.studyInstanceUid,
      SeriesInstanceUID: from.seriesInstanceUid,
    });
    const other = await store({ StudyInstanceUID: from.studyInstanceUid });
    expect(await counts(into.studyInstanceUid)).toEqual([3, 4]);
    expect((await outgoing(into.studyInstanceUid, late.sopInstanceUid))('PatientID')).toBe('P2');
    expect((await outgoing(into.studyInstanceUid, other.sopInstanceUid))('PatientID')).toBe('P2');

    await undoEdit(rig.ctx, edit.id, 'staff:1');
    expect(await counts(into.studyInstanceUid)).toEqual([1, 1]);
    expect(await counts(from.studyInstanceUid)).toEqual([2, 3]);
    const instance = await getInstance(rig.ctx.db, from);
    expect(await readCorrections(rig.ctx.db, [instance.id])).toEqual(new Map());
    await expect(undoEdit(rig.ctx, edit.id, 'staff:1')).rejects.toMatchObject({
      code: 'archive.edit_undone',
    });
  });

  it('takes in late objects of a merged study also where nothing is known from before', async () => {
    const from = await store();
    const into = await store();
    await mergeStudies(rig.ctx, { from: from.studyInstanceUid, into: into.studyInstanceUid }, author);
    const again = await openRigOver(rig);
    const file = freshMr({
      StudyInstanceUID: from.studyInstanceUid,
      SeriesInstanceUID: from.seriesInstanceUid,
    });
    expect((await storeInstance(again, chunked(file), source)).outcome).toBe('stored');
    expect(await counts(into.studyInstanceUid)).toEqual([2, 3]);
  });

  it('splits chosen series, and chosen instances of a series, into new studies', async () => {
    const one = await store({ StudyDescription: 'HEAD' });
    const { studyInstanceUid: StudyInstanceUID, seriesInstanceUid: SeriesInstanceUID } = one;
    const two = await store({ StudyInstanceUID });
    const three = await store({ StudyInstanceUID, SeriesInstanceUID });
    await settleStudies(rig.ctx);
    const bySeries = await splitStudy(
      rig.ctx,
      { studyInstanceUid: StudyInstanceUID, selection: { seriesInstanceUids: [two.seriesInstanceUid] } },
      author,
    );
    const first = String(JSON.parse(bySeries.after).StudyInstanceUID);
    expect(await counts(first)).toEqual([1, 1]);
    expect((await getStudy(rig.ctx.db, { studyInstanceUid: first })).study_description).toBe('HEAD');
    expect((await outgoing(first, two.sopInstanceUid))('StudyInstanceUID')).toBe(first);

    const byInstance = await splitStudy(
      rig.ctx,
      { studyInstanceUid: StudyInstanceUID, selection: { sopInstanceUids: [three.sopInstanceUid] } },
      author,
    );
    const second = String(JSON.parse(byInstance.after).StudyInstanceUID);
    expect(await counts(second)).toEqual([1, 1]);
    expect(await counts(StudyInstanceUID)).toEqual([1, 1]);
    const read = await outgoing(second, three.sopInstanceUid);
    const study = await getStudy(rig.ctx.db, { studyInstanceUid: second });
    const [series] = await listSeries(rig.ctx.db, study.id);
    expect(read('SeriesInstanceUID')).toBe(series?.series_instance_uid);
    expect(read('SeriesInstanceUID')).not.toBe(SeriesInstanceUID);

    await expect(undoEdit(rig.ctx, bySeries.id, 'staff:1')).rejects.toMatchObject({
      code: 'archive.edit_superseded',
    });
    await undoEdit(rig.ctx, byInstance.id, 'staff:1');
    await undoEdit(rig.ctx, bySeries.id, 'staff:1');
    expect(await counts(StudyInstanceUID)).toEqual([2, 3]);
    expect(await findStudy(rig.ctx.db, first)).toBeNull();
    expect(await findStudy(rig.ctx.db, second)).toBeNull();
    await expect(
      splitStudy(rig.ctx, { studyInstanceUid: StudyInstanceUID, selection: {} }, author),
    ).rejects.toMatchObject({ code: 'archive.edit_nothing_left' });
  });

  it('moves a study to another patient, links it again, and holds for late objects', async () => {
    const object = await store({ PatientID: 'WRONG', AccessionNumber: '' });
    const { studyInstanceUid } = object;
    await settleStudies(rig.ctx);
    const before = await getStudy(rig.ctx.db, { studyInstanceUid });
    const edit = await moveStudy(
      rig.ctx,
      { studyInstanceUid, patient: { PatientID: 'RIGHT', PatientName: '王^小东', PatientSex: 'M' } },
      author,
    );
    await settleStudies(rig.ctx);
    const study = await getStudy(rig.ctx.db, { studyInstanceUid });
    expect(study).toMatchObject({ patient_id: 'RIGHT', patient_name: '王小东', patient_sex: 'M' });
    expect(study.patient_name_search).toContain('|wxd|');
    expect(study.patient_row_id).not.toBe(before.patient_row_id);
    const late = await store({ StudyInstanceUID: studyInstanceUid, PatientID: 'WRONG' });
    const read = await outgoing(studyInstanceUid, late.sopInstanceUid);
    expect([read('PatientID'), read('PatientName')]).toEqual(['RIGHT', '王^小东']);
    await undoEdit(rig.ctx, edit.id, 'staff:1');
    await settleStudies(rig.ctx);
    expect(await getStudy(rig.ctx.db, { studyInstanceUid })).toMatchObject({
      patient_id: 'WRONG',
      patient_row_id: before.patient_row_id,
    });
  });

  it('edits attributes of a study and of a series, and refuses what may not be written', async () => {
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = await store();
    await editAttributes(
      rig.ctx,
      { studyInstanceUid, attributes: { AccessionNumber: 'X9', StudyDescription: '头颅平扫' } },
      author,
    );
    await editAttributes(
      rig.ctx,
      { studyInstanceUid, seriesInstanceUid, attributes: { SeriesDescription: 'T1' } },
      author,
    );
    const read = await outgoing(studyInstanceUid, sopInstanceUid);
    expect([read('AccessionNumber'), read('StudyDescription'), read('SeriesDescription')]).toEqual([
      'X9',
      '头颅平扫',
      'T1',
    ]);
    expect(await getStudy(rig.ctx.db, { studyInstanceUid })).toMatchObject({
      accession_number: 'X9',
      study_description: '头颅平扫',
    });
    for (const attributes of [{ StudyInstanceUID: '1.2' }, { StudyDate: '20261340' }, { StudyID: 'a\\b' }])
      await expect(editAttributes(rig.ctx, { studyInstanceUid, attributes }, author)).rejects.toMatchObject({
        code: 'archive.edit_bad_value',
      });
    await expect(
      editAttributes(rig.ctx, { studyInstanceUid, attributes: { AccessionNumber: 'X9' } }, author),
    ).rejects.toMatchObject({ code: 'archive.edit_nothing_changes' });
  });

  it('deletes softly at every level, hides late and repeated arrivals, and restores exactly that', async () => {
    const one = await store();
    const { studyInstanceUid } = one;
    const two = await store({ StudyInstanceUID: studyInstanceUid });
    await settleStudies(rig.ctx);
    await hideObjects(
      rig.ctx,
      { studyInstanceUid, selection: { sopInstanceUids: [two.sopInstanceUid] } },
      author,
    );
    expect(await counts(studyInstanceUid)).toEqual([1, 1]);
    await expect(getInstance(rig.ctx.db, two)).rejects.toMatchObject({ code: 'request.not_found' });
    const whole = await hideObjects(rig.ctx, { studyInstanceUid, selection: {} }, author);
    expect(await counts(studyInstanceUid)).toBeNull();
    expect((await storeInstance(rig.ctx, chunked(one.file), source)).outcome).toBe('duplicate');
    await store({ StudyInstanceUID: studyInstanceUid });
    expect(await counts(studyInstanceUid)).toBeNull();
    await expect(hideObjects(rig.ctx, { studyInstanceUid, selection: {} }, author)).rejects.toMatchObject({
      code: 'request.not_found',
    });
    await restoreObjects(rig.ctx, whole.id, 'staff:1');
    expect(await counts(studyInstanceUid)).toEqual([2, 2]); // the late one too; not the one deleted before
  });

  it('rejects by hand with a stored note, and restores', async () => {
    const one = await store();
    const { studyInstanceUid } = one;
    await store({ StudyInstanceUID: studyInstanceUid });
    const selection = { sopInstanceUids: [one.sopInstanceUid] };
    const edit = await rejectObjects(rig.ctx, { studyInstanceUid, selection, title: '113001' }, author);
    expect(await counts(studyInstanceUid)).toEqual([1, 1]);
    const note = await rig.ctx.db
      .selectFrom('instance')
      .selectAll()
      .where('sop_instance_uid', '=', edit.note_sop_instance_uid)
      .executeTakeFirstOrThrow();
    expect(note).toMatchObject({ kind: 'key-object', hidden_reason: 'rejected' });
    await restoreObjects(rig.ctx, edit.id, 'staff:1');
    expect(await counts(studyInstanceUid)).toEqual([2, 2]); // the note stays away: it would reject elsewhere
    const study = await getStudy(rig.ctx.db, one);
    expect(await applyRejectionNotes(rig.ctx, study.id)).toBe(0); // taken back: not applied again
  });

  it('applies a note that comes from outside, also to objects that come after it', async () => {
    const one = await store();
    const late = freshMr({ StudyInstanceUID: one.studyInstanceUid });
    const { sopInstanceUid, seriesInstanceUid, sopClassUid } = splitPart10(late);
    await settleStudies(rig.ctx);
    const study = await getStudy(rig.ctx.db, one);
    const note = makeRejectionNote(
      study,
      '113037',
      [one, { sopInstanceUid, seriesInstanceUid, sopClassUid }],
      new Date(),
    );
    expect((await storeInstance(rig.ctx, chunked(note.bytes), source)).outcome).toBe('stored');
    await settleStudies(rig.ctx);
    expect(await applyRejectionNotes(rig.ctx, study.id)).toBe(1);
    expect(await counts(one.studyInstanceUid)).toBeNull();
    expect((await storeInstance(rig.ctx, chunked(late), source)).outcome).toBe('stored');
    expect(await counts(one.studyInstanceUid)).toBeNull();
    await store({ StudyInstanceUID: one.studyInstanceUid });
    expect(await counts(one.studyInstanceUid)).toEqual([1, 1]);
  });

  it('stays consistent when objects arrive while studies are merged and taken apart again', async () => {
    const from = await store();
    const into = await store();
    const StudyInstanceUID = from.studyInstanceUid;
    let stored = 1;
    let isEditing = true;
    const arrivals = (async () => {
      while (isEditing || stored < 12) {
        const SeriesInstanceUID = stored % 3 === 0 ? newUid() : from.seriesInstanceUid;
        await store({ StudyInstanceUID, SeriesInstanceUID });
        stored += 1;
      }
    })();
    const settling = (async () => {
      while (isEditing) await settleStudies(rig.ctx);
    })();
    for (let round = 0; round < 3; round += 1) {
      const edit = await mergeStudies(
        rig.ctx,
        { from: StudyInstanceUID, into: into.studyInstanceUid },
        author,
      );
      await new Promise((resolve) => setTimeout(resolve, 40));
      if (round < 2) await undoEdit(rig.ctx, edit.id, 'staff:1');
    }
    isEditing = false;
    await Promise.all([arrivals, settling]);
    expect((await counts(into.studyInstanceUid))?.[1]).toBe(stored + 1);
    expect(await counts(StudyInstanceUID)).toBeNull();
    const study = await getStudy(rig.ctx.db, into);
    const instances = await listInstances(rig.ctx.db, { studyId: study.id });
    const corrections = await readCorrections(
      rig.ctx.db,
      instances.map((row) => row.id),
    );
    expect(corrections.size).toBe(stored); // all but the survivor's own
  });
});

/** Another process over the same database: nothing is remembered of what came before. */
async function openRigOver(rig: Rig) {
  const db = rig.ctx.db.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => result,
  });
  return { ...rig.ctx, db };
}
