// Modality Performed Procedure Steps as they happen (PS3.4 §F.7.2): created IN PROGRESS, changed until COMPLETED or
// DISCONTINUED, never after. Each step moves its exams along: begun is registered, completed is examined; a
// discontinued one puts its exam back on the worklist. The step and the exam change in one transaction.
import { type DicomJson, itemsOf, textOf } from '@yunying/dicom';
import type { Context } from '../../../context.ts';
import type { Tx } from '../../../db/index.ts';
import { publish } from '../../../jobs/index.ts';
import { findInstitution, findPatient } from '../../mpi/index.ts';
import { setExamStatus } from '../exam.ts';
import { examById } from '../repo.ts';
import { isExamOfPatient } from '../same-patient.ts';
import { toInstant } from '../worklist/wall-clock.ts';
import * as repo from './repo.ts';
import { mergeStep, readSeries, requireNewStep } from './step-attributes.ts';

export type Performer = { callingAe: string; nodeId: string | null; institutionId: string | null };

export type CreateOutcome = { outcome: 'created' | 'duplicate'; examIds: string[] };
export type ChangeOutcome =
  | { outcome: 'changed'; state: repo.StepState; examIds: string[] }
  | { outcome: 'unknown' | 'final' };

const finalStates: readonly string[] = ['completed', 'discontinued'] satisfies repo.StepState[];

export async function createStep(
  ctx: Pick<Context, 'db' | 'clock'>,
  sopInstanceUid: string,
  attributes: DicomJson,
  by: Performer,
): Promise<CreateOutcome> {
  requireNewStep(attributes);
  const series = readSeries(attributes);
  const at = ctx.clock.now();
  return ctx.db.transaction().execute(async (tx) => {
    const institutionId = by.institutionId ?? (await findInstitution(tx)).id;
    const step: repo.NewStep = {
      sop_instance_uid: sopInstanceUid,
      calling_ae: by.callingAe,
      node_id: by.nodeId,
      institution_id: institutionId,
      patient_id: textOf(attributes, '00100020'),
      study_instance_uid: textOf(itemsOf(attributes, '00400270')[0] ?? {}, '0020000D'),
      modality: textOf(attributes, '00080060')?.slice(0, 16) ?? '',
      station_ae_title: textOf(attributes, '00400241')?.slice(0, 16) ?? '',
      discontinuation_code: null,
      attributes: JSON.stringify(attributes),
      started_at: toInstant(textOf(attributes, '00400244'), textOf(attributes, '00400245')) ?? at,
      ended_at: null,
    };
    const id = await repo.insertStep(tx, step, at);
    if (id === null) return { outcome: 'duplicate', examIds: [] };
    await repo.replaceSeries(tx, id, series);
    const examIds = await findExams(tx, attributes, institutionId);
    await repo.insertStepExams(tx, id, examIds);
    await moveExams(tx, examIds, 'in-progress', at);
    return { outcome: 'created', examIds };
  });
}

export async function changeStep(
  ctx: Pick<Context, 'db' | 'clock'>,
  sopInstanceUid: string,
  change: DicomJson,
): Promise<ChangeOutcome> {
  const at = ctx.clock.now();
  return ctx.db.transaction().execute(async (tx) => {
    const step = await repo.lockStep(tx, sopInstanceUid);
    if (step === undefined) return { outcome: 'unknown' };
    if (finalStates.includes(step.state)) return { outcome: 'final' };
    const { attributes, state } = mergeStep(JSON.parse(step.attributes), change);
    const series = readSeries(attributes);
    const isFinal = finalStates.includes(state);
    const endedAt = toInstant(textOf(attributes, '00400250'), textOf(attributes, '00400251'));
    const reason = itemsOf(attributes, '00400281')[0] ?? {};
    await repo.updateStep(
      tx,
      step.id,
      {
        state,
        attributes: JSON.stringify(attributes),
        ended_at: isFinal ? (endedAt ?? at) : null,
        discontinuation_code: state === 'discontinued' ? textOf(reason, '00080100') : null,
      },
      at,
    );
    await repo.replaceSeries(tx, step.id, series);
    const examIds = await repo.selectStepExams(tx, step.id);
    if (isFinal) await moveExams(tx, examIds, state, at);
    return { outcome: 'changed', state, examIds };
  });
}

/** The SOP instance as it stands, for N-GET; null when there is none. */
export async function getStepAttributes(
  ctx: Pick<Context, 'db'>,
  sopInstanceUid: string,
): Promise<DicomJson | null> {
  const step = await repo.selectStep(ctx.db, sopInstanceUid);
  return step === undefined ? null : JSON.parse(step.attributes);
}

/**
 * The exams of the scheduled steps, as far as they are of the same patient: an accession number typed wrong at the
 * device must not mark another patient's exam as done.
 */
async function findExams(tx: Tx, attributes: DicomJson, institutionId: string): Promise<string[]> {
  const patientId = textOf(attributes, '00100020');
  const known = patientId === null ? null : await findPatient(tx, institutionId, patientId);
  const named = { patientId, name: writtenName(attributes), birthDate: textOf(attributes, '00100030') };
  const found = new Set<string>();
  for (const item of itemsOf(attributes, '00400270')) {
    const studyInstanceUid = textOf(item, '0020000D');
    const accessionNumber = textOf(item, '00080050');
    const exams = await repo.selectScheduledExams(tx, { institutionId, studyInstanceUid, accessionNumber });
    const byAccession = exams.filter((exam) => exam.accessionNumber === accessionNumber);
    for (const { id } of byAccession.length > 0 ? byAccession : exams) {
      const exam = await examById(tx, id);
      const isNamed = named.patientId !== null || named.name !== null;
      if (exam !== undefined && (!isNamed || isExamOfPatient(exam, named, known))) found.add(id);
    }
  }
  return [...found].sort();
}

async function moveExams(tx: Tx, examIds: readonly string[], state: repo.StepState, at: Date): Promise<void> {
  for (const examId of examIds) {
    if (state === 'in-progress') await setExamStatus(tx, examId, 'registered', {}, at);
    if (state === 'completed') await setExamStatus(tx, examId, 'examined', {}, at);
    await publish(tx, 'orders.exam_changed', { examId });
  }
}

function writtenName(attributes: DicomJson): string | null {
  const [alphabetic = '', ideographic = ''] = (textOf(attributes, '00100010') ?? '').split('=');
  const name = ideographic !== '' ? ideographic.replaceAll('^', '') : alphabetic.replaceAll('^', ' ');
  return name.trim() || null;
}
