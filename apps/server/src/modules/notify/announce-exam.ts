// Tells a patient that a report is ready, was corrected or was withdrawn: one SMS per exam, report and version.
// The link inside is made for this message. What changed between the event and now wins: an exam that is no longer
// published is not announced.
import type { Context } from '../../context.ts';
import type { Tx } from '../../db/index.ts';
import { recordAudit } from '../audit/index.ts';
import { getPatient, maskName, type Patient } from '../mpi/index.ts';
import { type Exam, getExam } from '../orders/index.ts';
import { createShareLink, mobileOf } from '../share/index.ts';
import type { SmsGateway } from './gateway.ts';
import { type SmsOutcome, sendSms } from './send-sms.ts';
import type { Params, Template } from './templates.ts';

type Part = Pick<Context, 'db' | 'clock' | 'config' | 'log'>;
export type ExamNews = {
  examId: string;
  kind: 'ready' | 'revised' | 'withdrawn';
  reportId: string;
  version: number;
};

const templates: Record<ExamNews['kind'], Template> = {
  ready: 'report-ready',
  revised: 'report-revised',
  withdrawn: 'report-withdrawn',
};

export async function announceExam(
  ctx: Part,
  gateway: SmsGateway | null,
  news: ExamNews,
): Promise<SmsOutcome | { state: 'not-published' | 'no-phone' }> {
  const exam = await getExam(ctx.db, news.examId);
  if (!exam.published) return { state: 'not-published' };
  const patient = await getPatient(ctx.db, exam.patientRowId);
  const phone = mobileOf(patient);
  if (phone === null) {
    const about = { objectType: 'exam', objectId: exam.examId, patientId: exam.patientRowId };
    await recordAudit(ctx.db, { ...about, event: 'sms.no_number', actor: { kind: 'system' }, result: 'ok' });
    return { state: 'no-phone' };
  }
  return sendSms(ctx, gateway, {
    dedupeKey: `report-${news.kind}:${exam.examId}:${news.reportId}:${news.version}`,
    template: templates[news.kind],
    phone,
    examId: exam.examId,
    params: (tx) => paramsOf(ctx, tx, exam, patient),
  });
}

async function paramsOf(ctx: Part, tx: Tx, exam: Exam, patient: Patient): Promise<Params> {
  const { examId, personId } = exam;
  const { url } = await createShareLink(ctx, tx, { kind: 'notice', examId, personId });
  return {
    hospital: exam.institutionName,
    name: maskName(patient.name),
    date: exam.examAt.toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' }),
    // Level 5 (GB/T 39725): the kind of exam alone may tell what somebody has.
    item: exam.labels.some(({ level }) => level >= 5) ? '检查' : exam.itemName,
    url,
  };
}
