// Reading one exam, and moving it along its status chain. Callers: access (facts), portal, share, reports.
import type { ExamStatus, ExamType } from '@yunying/api';
import { examTypes } from '@yunying/api';
import type { Db, Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { type ExamFacts as Facts, readLabels } from '../access/index.ts';
import { nextStatus } from './exam-status.ts';
import * as repo from './repo.ts';
import type { Exam, ExamFacts } from './types.ts';

/** Throws request.not_found when there is none, the same as for an exam that may not be seen. */
export async function getExam(db: Db | Tx, examId: string): Promise<Exam> {
  const exam = (await getExams(db, [examId]))[0];
  if (exam === undefined) throw new AppError('request.not_found');
  return exam;
}

/** In the order asked for; absent ones are left out. An exam that was replaced by another answers as that one. */
export async function getExams(db: Db | Tx, examIds: readonly string[]): Promise<Exam[]> {
  if (examIds.length === 0) return [];
  const live = await repo.liveExamIds(db, examIds);
  if (live.size === 0) return [];
  const rows = new Map(
    (await repo.examsById(db, [...new Set(live.values())])).map((row) => [row.id, toExam(row)]),
  );
  return examIds.flatMap((id) => rows.get(live.get(id) ?? '') ?? []);
}

export async function getExamFacts(db: Db | Tx, examId: string): Promise<ExamFacts> {
  const row = await repo.examFacts(db, examId);
  if (row === undefined) throw new AppError('request.not_found');
  const { publishedAt, ...facts } = row;
  return {
    ...facts,
    ...toProtection(row),
    examType: toExamType(row.examType),
    published: publishedAt !== null,
  };
}

/** Of a study or report that belongs to no exam; `patientRowId` null when it names no patient we know. */
export async function getLooseFacts(
  db: Db | Tx,
  institutionId: string,
  patientRowId: string | null,
): Promise<Facts> {
  const person = patientRowId === null ? undefined : await repo.personFacts(db, patientRowId);
  return {
    examId: null,
    personId: person?.personId ?? null,
    institutionId,
    departmentId: null,
    examType: null,
    examAt: null,
    orderingDoctors: [],
    labels: readLabels(person?.labels ?? null),
    published: false,
  };
}

export type PublicationChange = { publishedAt?: Date | null; publicationHold?: string | null };

/** Moves the status forward (never back) and, for share, sets publication. Answers the status that holds now. */
export async function setExamStatus(
  tx: Tx,
  examId: string,
  wanted: ExamStatus,
  change: PublicationChange = {},
  at: Date = new Date(),
): Promise<ExamStatus> {
  const current = await repo.lockStatus(tx, examId);
  if (current === undefined) throw new AppError('request.not_found');
  const status = nextStatus(current as ExamStatus, wanted);
  if (status !== current || change.publishedAt !== undefined || change.publicationHold !== undefined) {
    await repo.updateStatus(tx, examId, { status, ...change }, at);
  }
  return status;
}

export function toExam(row: repo.ExamRow): Exam {
  return {
    examId: row.id,
    personId: row.personId,
    institutionId: row.institutionId,
    departmentId: row.departmentId,
    ...toProtection(row),
    examType: toExamType(row.examType),
    published: row.publishedAt !== null,
    accessionNumber: row.accessionNumber,
    modality: row.modality,
    itemCode: row.itemCode,
    itemName: row.itemName,
    status: row.status as ExamStatus, // the column's CHECK holds the same words
    origin: row.origin as Exam['origin'],
    examAt: row.examAt,
    publishedAt: row.publishedAt,
    publicationHold: row.publicationHold,
    institutionName: row.institutionName,
    departmentName: row.departmentName,
    orderingDoctor: row.orderingDoctor,
    patientRowId: row.patientRowId,
    patientId: row.patientId,
    patientName: row.patientName,
    patientSex: row.patientSex,
    patientBirthDate: row.patientBirthDate,
  };
}

function toProtection(row: { labels: string | null; orderingDoctors: string | null }) {
  return {
    labels: readLabels(row.labels),
    orderingDoctors: (row.orderingDoctors ?? '').split('\u001f').filter((name) => name !== ''),
  };
}

function toExamType(text: string): ExamType {
  return examTypes.find((type) => type === text) ?? 'OTHER';
}
