// Break-glass (spec AC-11): a doctor opens a protected person's exams for an hour, by an exact number and with a reason.
// What is `hidden` stays closed. A number that is nobody's, or of somebody who stays closed, is answered alike; tries are
// counted before they are looked at, so that nobody learns by trying who is here.
import type { NewBreakGlass, OpenGlass } from '@yunying/api';
import type { Context } from '../../context.ts';
import { type Db, newId } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { decide, rightsChanged, type StaffViewer, takeOne } from '../access/index.ts';
import { type AuditRequest, recordAudit } from '../audit/index.ts';
import { getPatientsOfPerson } from '../mpi/index.ts';
import { getExamFacts } from '../orders/index.ts';
import { getSettings } from '../settings/index.ts';
import { selectExamIdsOf, selectPersonsByNumber } from './repo-labels.ts';
import * as repo from './repo-openings.ts';

type Part = Pick<Context, 'db' | 'clock' | 'jobs'>;
const hourMs = 3_600_000;

export async function breakGlass(
  ctx: Part,
  viewer: StaffViewer,
  asked: NewBreakGlass,
  request: AuditRequest,
): Promise<OpenGlass> {
  const settings = await getSettings(ctx.db);
  const now = ctx.clock.now();
  await takeOne(ctx.db, 'break-glass', viewer.accountId, {
    max: settings['protect.break_glass_per_hour'],
    windowMs: hourMs,
    now,
    lockedCode: 'request.too_many',
  });
  const about = { event: 'break_glass.opened', viewer, objectType: 'person', request } as const;
  try {
    const personId = await openable(ctx.db, viewer, asked.number.trim(), now);
    const id = newId();
    const until = new Date(now.getTime() + settings['protect.break_glass_minutes'] * 60_000);
    const [patient] = await getPatientsOfPerson(ctx.db, personId);
    if (patient === undefined) throw new AppError('request.not_found');
    await ctx.db.transaction().execute(async (tx) => {
      await repo.insertGlass(tx, {
        id,
        account_id: viewer.accountId,
        person_id: personId,
        reason: asked.reason.trim(),
        reason_code: asked.reasonCode,
        opened_at: now,
        until,
      });
      const detail = { reasonCode: asked.reasonCode, until: until.toISOString() };
      await recordAudit(tx, { ...about, objectId: personId, patientId: patient.id, result: 'ok', detail });
      await ctx.jobs.enqueue(tx, 'protect.tell_patient', { breakGlassId: id }, { key: id });
    });
    rightsChanged();
    return {
      id,
      patientRowId: patient.id,
      patientName: patient.name,
      openedAt: now.toISOString(),
      until: until.toISOString(),
    };
  } catch (error) {
    if (error instanceof AppError)
      await recordAudit(ctx.db, { ...about, result: 'denied', resultCode: error.code });
    throw error;
  }
}

/** The person of whom break-glass would open something that is closed now. */
async function openable(db: Db, viewer: StaffViewer, number: string, now: Date): Promise<string> {
  const persons = await selectPersonsByNumber(db, number);
  const found: { personId: string; isClosed: boolean }[] = [];
  for (const personId of persons) {
    const broken = { ...viewer.authority, broken: new Set([...viewer.authority.broken, personId]) };
    const exams = await Promise.all(
      (await selectExamIdsOf(db, personId)).map((examId) => getExamFacts(db, examId)),
    );
    const opened = exams.filter((exam) => decide(broken, exam, 'exam.view', now).allowed);
    const isClosed = opened.some((exam) => !decide(viewer.authority, exam, 'exam.view', now).allowed);
    if (opened.length > 0) found.push({ personId, isClosed });
  }
  if (found.length > 1) throw new AppError('protect.number_ambiguous');
  const [only] = found;
  if (only === undefined) throw new AppError('request.not_found');
  if (!only.isClosed) throw new AppError('protect.not_needed');
  return only.personId;
}

/** What this account holds open, for the banner. */
export async function getOpenGlasses(ctx: Part, viewer: StaffViewer): Promise<OpenGlass[]> {
  const rows = await repo.selectOpenGlass(ctx.db, viewer.accountId, ctx.clock.now());
  const shown = rows.map(async (row) => {
    const [patient] = await getPatientsOfPerson(ctx.db, row.person_id);
    return {
      id: row.id,
      patientRowId: patient?.id ?? '0',
      patientName: patient?.name ?? '',
      openedAt: row.opened_at.toISOString(),
      until: row.until.toISOString(),
    };
  });
  return Promise.all(shown);
}

export async function endGlass(
  ctx: Part,
  viewer: StaffViewer,
  id: string,
  request: AuditRequest,
): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const row = await repo.lockGlass(tx, id);
    if (row === undefined || row.account_id !== viewer.accountId) throw new AppError('request.not_found');
    if (row.ended_at !== null) return;
    await repo.updateGlass(tx, id, { ended_at: ctx.clock.now() });
    const about = { objectType: 'person', objectId: row.person_id, request };
    await recordAudit(tx, { ...about, event: 'break_glass.ended', viewer, result: 'ok' });
  });
  rightsChanged();
}
