import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tx } from '../../db/index.ts';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { setInstitution, upsertPatient } from '../mpi/index.ts';
import { getExam, getExams } from './exam.ts';
import { findExams } from './find-exams.ts';
import { linkReportToExam } from './link-report.ts';
import { getStudiesToRelink, linkStudyToExam } from './link-study.ts';
import type { OrderFacts, ReportExamFacts, StudyFacts } from './types.ts';
import { upsertExamFromOrder } from './upsert-exam-from-order.ts';

describe('linking studies, orders and reports to exams', () => {
  let ctx: TestContext;
  let institutionId: string;
  beforeAll(async () => {
    ctx = await openTestContext();
    institutionId = (
      await setInstitution(ctx.db, { code: 'YYYY', name: '云影示范医院', isDefault: true, aliases: [] })
    ).id;
  });
  afterAll(() => ctx.close());

  const run = <T>(use: (tx: Tx) => Promise<T>) => ctx.db.transaction().execute(use);
  const link = (more: Partial<StudyFacts>) => run((tx) => linkStudyToExam(tx, study(more)));
  const study = (more: Partial<StudyFacts>): StudyFacts => ({
    studyInstanceUid: '1.2.3.1',
    institutionId,
    patientId: 'P1',
    patientName: '韦小妹',
    patientSex: 'F',
    patientBirthDate: '19800102',
    accessionNumber: null,
    studyDate: '20261120',
    studyTime: '093000',
    studyDescription: 'Head CT',
    modalities: ['CT'],
    referringPhysicianName: null,
    receivedAt: new Date('2026-11-20T02:00:00Z'),
    ...more,
  });
  const patient = (patientId: string, name = '韦小妹', birthDate = '19800102') =>
    run(async (tx) => {
      const facts = { sex: '2', birthDate, identityType: null, identityNo: null, phone: null, address: null };
      return (await upsertPatient(tx, { ...facts, institutionId, patientId, name, source: 'hl7' })).patientId;
    });
  const order = (patientRowId: string, accessionNumber: string | null, more: Partial<OrderFacts> = {}) =>
    run((tx) =>
      upsertExamFromOrder(tx, {
        institutionId,
        patientRowId,
        control: 'NW',
        placerOrderNumber: `P-${accessionNumber}`,
        fillerOrderNumber: accessionNumber,
        accessionNumber,
        studyInstanceUid: null,
        modality: 'CT',
        itemCode: 'CT01',
        itemName: '头颅CT平扫',
        department: { code: 'D1', name: '神经内科' },
        orderingDoctor: '覃医生',
        requestedAt: new Date('2026-11-20T00:00:00Z'),
        scheduledAt: null,
        performedAt: null,
        clinicalNote: null,
        status: 'requested',
        hl7MessageId: null,
        receivedAt: new Date('2026-11-20T00:00:00Z'),
        ...more,
      }),
    );
  const report = (
    patientRowId: string | null,
    accessionNumber: string | null,
    more: Partial<ReportExamFacts> = {},
  ) =>
    run((tx) =>
      linkReportToExam(
        tx,
        {
          institutionId,
          patientRowId,
          accessionNumber,
          placerOrderNumber: null,
          studyInstanceUids: [],
          modality: 'CT',
          itemCode: null,
          itemName: '胸部CT平扫',
          orderingDoctor: null,
          examAt: new Date('2026-11-20T02:00:00Z'),
          ...more,
        },
        new Date('2026-11-20T03:00:00Z'),
      ),
    );

  it('links by accession number and patient, and the images set time and status', async () => {
    const { examId } = await order(await patient('L1'), 'AL1');
    const linked = await link({ studyInstanceUid: '1.2.1', patientId: 'L1', accessionNumber: 'AL1' });
    expect(linked).toMatchObject({ examId, linkState: 'linked', reason: 'by-accession-number' });
    expect(await getExam(ctx.db, examId)).toMatchObject({
      status: 'examined',
      examAt: new Date('2026-11-20T01:30:00Z'),
    });
  });

  it('does not link a known accession number of another patient', async () => {
    await order(await patient('L2', '李明', '19700101'), 'AL2');
    const other = await link({
      studyInstanceUid: '1.2.2',
      patientId: 'L2-other',
      patientName: '赵四',
      accessionNumber: 'AL2',
    });
    expect(other).toEqual({
      examId: null,
      patientRowId: null,
      linkState: 'unlinked',
      reason: 'patient-differs',
    });
  });

  it('does not believe a patient id whose name and birth date both contradict', async () => {
    await order(await patient('L3', '李明', '19700101'), 'AL3');
    const wrong = { patientId: 'L3', patientName: '赵四', patientBirthDate: '19991231' };
    expect(await link({ studyInstanceUid: '1.2.3', accessionNumber: 'AL3', ...wrong })).toMatchObject({
      reason: 'patient-differs',
    });
    const pinyin = { patientId: 'L3', patientName: 'Ming Li', patientBirthDate: '19700101' };
    expect(await link({ studyInstanceUid: '1.2.3', accessionNumber: 'AL3', ...pinyin })).toMatchObject({
      linkState: 'linked',
    });
  });

  it('links by the study UID that the order announced', async () => {
    const { examId } = await order(await patient('L4'), 'AL4', { studyInstanceUid: '1.2.4' });
    expect(await link({ studyInstanceUid: '1.2.4', patientId: 'L4' })).toMatchObject({
      examId,
      reason: 'by-study-uid',
    });
  });

  it('without an accession number takes the one open exam of that patient, modality and day', async () => {
    const row = await patient('L5');
    const { examId } = await order(row, 'AL5');
    await order(row, 'AL5-mr', { modality: 'MR' });
    expect(await link({ studyInstanceUid: '1.2.5', patientId: 'L5' })).toMatchObject({
      examId,
      reason: 'by-patient-and-day',
    });
    // It is taken now, so the next study without a number gets an exam of its own.
    expect(await link({ studyInstanceUid: '1.2.5.2', patientId: 'L5' })).toMatchObject({
      linkState: 'unlinked',
      reason: 'no-accession-number',
    });
  });

  it('does not choose between two open exams', async () => {
    const row = await patient('L6');
    await order(row, 'AL6a');
    await order(row, 'AL6b');
    expect(await link({ studyInstanceUid: '1.2.6', patientId: 'L6' })).toMatchObject({
      linkState: 'unlinked',
    });
  });

  it('gives unknown images an exam of their own that a late order takes over', async () => {
    const own = await link({ studyInstanceUid: '1.2.7', patientId: 'L7', accessionNumber: 'AL7' });
    expect(own).toMatchObject({ linkState: 'unlinked', reason: 'no-order' });
    expect(await getExam(ctx.db, own.examId ?? '')).toMatchObject({
      origin: 'study',
      itemName: 'Head CT',
      status: 'examined',
    });
    const { examId } = await order(await patient('L7'), 'AL7');
    expect(examId).toBe(own.examId);
    expect(await getStudiesToRelink(ctx.db, examId)).toEqual(['1.2.7']);
    const again = await link({ studyInstanceUid: '1.2.7', patientId: 'L7', accessionNumber: 'AL7' });
    expect(again).toMatchObject({ examId, linkState: 'linked', reason: 'by-accession-number' });
    expect(await getExam(ctx.db, examId)).toMatchObject({
      origin: 'order',
      itemName: '头颅CT平扫',
      status: 'examined',
    });
    const changed = await ctx.db
      .selectFrom('outbox_event')
      .select('payload')
      .where('topic', '=', 'orders.exam_changed')
      .execute();
    expect(changed.some((event) => event.payload.includes(examId))).toBe(true);
  });

  it('gives way when an order gets its accession number later, and old addresses still lead to the exam', async () => {
    const row = await patient('L8');
    const { examId } = await order(row, null, {
      placerOrderNumber: 'PL8',
      fillerOrderNumber: null,
      status: 'scheduled',
    });
    const own = await link({ studyInstanceUid: '1.2.8', patientId: 'L8', accessionNumber: 'AL8' });
    expect(own.examId).not.toBe(examId);
    await order(row, 'AL8', { placerOrderNumber: 'PL8', control: 'SC' });
    expect(await link({ studyInstanceUid: '1.2.8', patientId: 'L8', accessionNumber: 'AL8' })).toMatchObject({
      examId,
      linkState: 'linked',
    });
    expect((await getExams(ctx.db, [own.examId ?? '']))[0]?.examId).toBe(examId);
    expect((await findExams(ctx.db, { kind: 'all' }, { q: 'L8' })).total).toBe(1);
  });

  it('never lets two objects without patient id meet under one patient', async () => {
    const one = await link({ studyInstanceUid: '1.2.9.1', patientId: null, patientName: null });
    const two = await link({ studyInstanceUid: '1.2.9.2', patientId: null, patientName: null });
    expect(one.patientRowId).not.toBe(two.patientRowId);
  });

  it('links a report by accession number, makes the exam when nobody knew it, and waits when there is no number', async () => {
    const row = await patient('L10');
    const made = await report(row, 'AL10');
    expect(made).toMatchObject({ linkState: 'linked', reason: 'by-accession-number' });
    expect(
      await link({ studyInstanceUid: '1.2.10', patientId: 'L10', accessionNumber: 'AL10' }),
    ).toMatchObject({
      examId: made.examId,
      linkState: 'linked',
    });
    expect(await report(row, null)).toMatchObject({ linkState: 'unlinked', reason: 'no-accession-number' });
    expect(await report(await patient('L10b', '赵四'), 'AL10')).toMatchObject({
      linkState: 'unlinked',
      reason: 'patient-differs',
    });
  });

  it('a report by study UID vouches for an exam that images made', async () => {
    const own = await link({ studyInstanceUid: '1.2.11', patientId: 'L11' });
    const linked = await report(await patient('L11'), null, { studyInstanceUids: ['1.2.11'] });
    expect(linked).toMatchObject({ examId: own.examId, reason: 'by-study-uid' });
    expect(await link({ studyInstanceUid: '1.2.11', patientId: 'L11' })).toMatchObject({
      examId: own.examId,
      linkState: 'linked',
    });
    expect(await getExam(ctx.db, own.examId ?? '')).toMatchObject({
      itemName: '胸部CT平扫',
      origin: 'report',
    });
  });

  it('settles the same study twice without changing anything', async () => {
    await order(await patient('L12'), 'AL12');
    const facts = { studyInstanceUid: '1.2.12', patientId: 'L12', accessionNumber: 'AL12' };
    const first = await link(facts);
    const before = await ctx.db
      .selectFrom('outbox_event')
      .select((e) => e.fn.countAll<string>().as('n'))
      .executeTakeFirst();
    expect(await link(facts)).toEqual(first);
    const after = await ctx.db
      .selectFrom('outbox_event')
      .select((e) => e.fn.countAll<string>().as('n'))
      .executeTakeFirst();
    expect(after?.n).toBe(before?.n);
  });
});
