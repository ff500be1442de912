// Decides whether a patient may see an exam, and tells once per report version. Caller: the job
// share.evaluate_publication, after every piece of news that could change the answer. The exam's publication row is
// locked, so two jobs cannot tell twice; status, publication and event commit together.
import type { Context } from '../../context.ts';
import type { Db, Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { publish } from '../../jobs/index.ts';
import { revokeSessions } from '../access/index.ts';
import { recordAudit } from '../audit/index.ts';
import { type Exam, getExam, setExamStatus } from '../orders/index.ts';
import { getReports, type Report } from '../reports/index.ts';
import {
  evaluatePublication,
  type PublicationRule,
  type PublicationVerdict,
  parsePublicationRule,
  permissiveRule,
  type ReportState,
} from './publication-rule.ts';
import * as repo from './repo.ts';

type Part = Pick<Context, 'db' | 'clock'>;
export type Announcement = { kind: 'ready' | 'revised' | 'withdrawn'; reportId: string; version: number };
export type PublicationOutcome = {
  published: boolean;
  announced: Announcement | null;
  askAgainAt: Date | null;
};

export async function publishByRule(ctx: Part, examId: string): Promise<PublicationOutcome> {
  const rule = await getPublicationRule(ctx.db);
  const now = ctx.clock.now();
  return ctx.db.transaction().execute(async (tx) => {
    const live = await getExam(tx, examId); // the exam that replaced it, if one did
    const before = await repo.lockPublication(tx, live.examId, now);
    const exam = await getExam(tx, live.examId);
    const leading = leadingReport(await getReports(tx, exam.examId));
    const verdict = evaluatePublication(rule.rule, { ...exam, ...factsOf(exam, leading), now });
    const withdrawn = leading?.state === 'withdrawn' && exam.published;
    const outcome = withdrawn
      ? await withdraw(tx, exam, before, leading, now)
      : verdict.publish
        ? await show(tx, exam, before, leading, verdict.notify, now)
        : await hide(tx, exam, verdict, now);
    const { announced } = outcome;
    await repo.updatePublication(tx, exam.examId, {
      rule_version: rule.version,
      rule_name: verdict.ruleName,
      evaluated_at: now,
      ...(announced === null
        ? {}
        : {
            announced_kind: announced.kind,
            announced_report_id: announced.reportId,
            announced_version: announced.version,
          }),
    });
    return outcome;
  });
}

export async function getPublicationRule(db: Db | Tx): Promise<{ version: number; rule: PublicationRule }> {
  const row = await repo.selectLatestRule(db);
  return row === undefined
    ? { version: 0, rule: permissiveRule }
    : { version: row.version, rule: parsePublicationRule(JSON.parse(row.rule)) };
}

/** A new version of the rule. It decides from now on; exams already decided are asked again when news comes. */
export async function changePublicationRule(
  ctx: Part,
  change: { rule: unknown; basedOn: number; by: string | null },
): Promise<number> {
  const rule = parsePublicationRule(change.rule);
  const version = change.basedOn + 1;
  await ctx.db.transaction().execute(async (tx) => {
    const latest = await repo.selectLatestRule(tx);
    if ((latest?.version ?? 0) !== change.basedOn)
      throw new AppError('request.invalid', { field: 'basedOn', latest: latest?.version ?? 0 });
    const created_at = ctx.clock.now();
    await repo.insertRule(tx, { version, rule: JSON.stringify(rule), created_at, created_by: change.by });
    const about = { objectType: 'publication-rule', objectId: String(version), result: 'ok' as const };
    await recordAudit(tx, {
      ...about,
      event: 'publication.rule_changed',
      actor: { kind: 'system', ...(change.by === null ? {} : { id: change.by }) },
    });
  });
  return version;
}

const ranks: Record<ReportState, number> = { corrected: 4, final: 4, preliminary: 2, withdrawn: 1, none: 0 };

/** The report that speaks for the exam: signed before unsigned before withdrawn, newest first within these. */
export function leadingReport(newestFirst: readonly Report[]): Report | null {
  let best: Report | null = null;
  for (const report of newestFirst) {
    if (best === null || ranks[report.state] > ranks[best.state]) best = report;
  }
  return best;
}

function factsOf(exam: Exam, leading: Report | null) {
  return {
    vouched: exam.origin !== 'study',
    reportState: leading?.state ?? ('none' as const),
    reportAt: leading?.verifiedAt ?? leading?.reportedAt ?? leading?.createdAt ?? null,
  };
}

async function show(
  tx: Tx,
  exam: Exam,
  before: repo.PublicationRow,
  leading: Report | null,
  notify: boolean,
  now: Date,
): Promise<PublicationOutcome> {
  const first = before.announced_kind === null;
  const news = leading !== null && isNews(before, leading);
  const revised = news ? !first : before.announced_kind === 'revised';
  const publication =
    exam.published && exam.publicationHold === null
      ? {}
      : { publishedAt: exam.publishedAt ?? now, publicationHold: null };
  await setExamStatus(tx, exam.examId, 'published', publication, now);
  if (revised) await setExamStatus(tx, exam.examId, 'revised', {}, now);
  if (!exam.published) await audit(tx, 'exam.published', exam);
  if (!news) return { published: true, announced: null, askAgainAt: null };
  const announced: Announcement = {
    kind: first ? 'ready' : 'revised',
    reportId: leading.reportId,
    version: leading.version,
  };
  if (notify) await publish(tx, 'share.exam_published', { examId: exam.examId, ...announced });
  return { published: true, announced, askAgainAt: null };
}

/** The exam stays visible and says that its report was withdrawn; the text is not shown any more. */
async function withdraw(
  tx: Tx,
  exam: Exam,
  before: repo.PublicationRow,
  leading: Report,
  now: Date,
): Promise<PublicationOutcome> {
  await setExamStatus(tx, exam.examId, 'withdrawn', { publicationHold: 'report-withdrawn' }, now);
  const toldBefore = before.announced_kind !== null && before.announced_kind !== 'withdrawn';
  if (!toldBefore) return { published: true, announced: null, askAgainAt: null };
  const announced: Announcement = { kind: 'withdrawn', reportId: leading.reportId, version: leading.version };
  await audit(tx, 'exam.report_withdrawn', exam);
  await publish(tx, 'share.exam_published', { examId: exam.examId, ...announced });
  return { published: true, announced, askAgainAt: null };
}

/** Not for the patient (any more): links and sessions of this exam end. */
async function hide(
  tx: Tx,
  exam: Exam,
  verdict: Extract<PublicationVerdict, { publish: false }>,
  now: Date,
): Promise<PublicationOutcome> {
  if (exam.published || exam.publicationHold !== verdict.hold) {
    await setExamStatus(
      tx,
      exam.examId,
      exam.status,
      { publishedAt: null, publicationHold: verdict.hold },
      now,
    );
  }
  if (exam.published) {
    await repo.revokeLinks(tx, { examId: exam.examId }, 'unpublished', now);
    await revokeSessions(tx, { examId: exam.examId }, now);
    await audit(tx, 'exam.unpublished', exam);
  }
  return { published: false, announced: null, askAgainAt: verdict.until };
}

function isNews(before: repo.PublicationRow, leading: Report): boolean {
  return (
    before.announced_report_id !== leading.reportId ||
    before.announced_version !== leading.version ||
    before.announced_kind === 'withdrawn'
  );
}

function audit(tx: Tx, event: string, exam: Exam): Promise<void> {
  const about = { objectType: 'exam', objectId: exam.examId, patientId: exam.patientRowId };
  return recordAudit(tx, { ...about, event, actor: { kind: 'system' }, result: 'ok' });
}
