// A named doctor may read a protected person for a time: one asks, a second person decides (spec AC-3). The time runs
// from the decision. Nobody decides over an own request or an own grant.
import type { AccessRequest, NewProtectionGrant } from '@yunying/api';
import type { Context } from '../../context.ts';
import { type Db, newId, type Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { decide, rightsChanged, type StaffViewer, takeOne } from '../access/index.ts';
import { type AuditRequest, recordAudit } from '../audit/index.ts';
import { getPatientsOfPerson } from '../mpi/index.ts';
import { getExamFacts } from '../orders/index.ts';
import { selectExamIdsOf, selectPersonsByNumber } from './repo-labels.ts';
import * as repo from './repo-openings.ts';
import type { By } from './rules.ts';

type Part = Pick<Context, 'db' | 'clock'>;
const hourMs = 3_600_000;

export async function requestGrant(
  ctx: Part,
  personId: string,
  asked: NewProtectionGrant,
  by: By,
): Promise<string> {
  const doctor = await repo.selectDoctor(ctx.db, asked.loginName.trim());
  if (doctor === undefined) throw new AppError('request.invalid', { field: 'loginName' });
  if ((await getPatientsOfPerson(ctx.db, personId)).length === 0) throw new AppError('request.not_found');
  return insertRequest(ctx, personId, doctor.id, asked, by);
}

/**
 * A doctor asks for herself. The answer is the same whoever the number is, so that asking does not tell who is here;
 * a number of nobody, or of somebody she may see already, makes no request.
 */
export async function requestOwn(
  ctx: Part,
  viewer: StaffViewer,
  asked: AccessRequest,
  request: AuditRequest,
): Promise<void> {
  const now = ctx.clock.now();
  await takeOne(ctx.db, 'protection-request', viewer.accountId, {
    max: 10,
    windowMs: 24 * hourMs,
    now,
    lockedCode: 'request.too_many',
  });
  const [personId, ...others] = await selectPersonsByNumber(ctx.db, asked.number.trim());
  const isClosed =
    personId !== undefined && others.length === 0 && (await isClosedTo(ctx.db, viewer, personId, now));
  const by = { viewer, request };
  if (isClosed) await insertRequest(ctx, personId, viewer.accountId, asked, by);
  else
    await recordAudit(ctx.db, {
      event: 'protection_grant.requested',
      ...by,
      objectType: 'person',
      result: 'denied',
      resultCode: 'request.not_found',
    });
}

async function isClosedTo(db: Db, viewer: StaffViewer, personId: string, now: Date): Promise<boolean> {
  const opened = { ...viewer.authority, lifted: new Set([...viewer.authority.lifted, personId]) };
  for (const examId of await selectExamIdsOf(db, personId)) {
    const exam = await getExamFacts(db, examId);
    if (decide(viewer.authority, exam, 'exam.view', now).allowed) continue;
    if (decide(opened, exam, 'exam.view', now).allowed) return true;
  }
  return false;
}

async function insertRequest(
  ctx: Part,
  personId: string,
  accountId: string,
  asked: { reason: string; hours: number },
  by: By,
): Promise<string> {
  const now = ctx.clock.now();
  const id = newId();
  await ctx.db.transaction().execute(async (tx) => {
    await repo.insertGrant(tx, {
      id,
      person_id: personId,
      account_id: accountId,
      reason: asked.reason.trim(),
      valid_from: now,
      valid_to: new Date(now.getTime() + asked.hours * hourMs),
      requested_by: by.viewer.accountId,
      requested_at: now,
    });
    await audit(tx, 'protection_grant.requested', personId, by, { account: accountId, hours: asked.hours });
  });
  return id;
}

export async function decideGrant(
  ctx: Part,
  id: string,
  verdict: 'approve' | 'refuse',
  by: By,
): Promise<void> {
  const now = ctx.clock.now();
  const { accountId } = by.viewer;
  await ctx.db.transaction().execute(async (tx) => {
    const row = await repo.lockGrant(tx, id);
    if (row === undefined) throw new AppError('request.not_found');
    if (row.approved_at !== null || row.refused_at !== null || row.revoked_at !== null)
      throw new AppError('protect.already_decided');
    if (row.requested_by === accountId || row.account_id === accountId)
      throw new AppError('protect.own_request');
    const lasts = row.valid_to.getTime() - row.valid_from.getTime();
    await repo.updateGrant(
      tx,
      id,
      verdict === 'approve'
        ? {
            approved_by: accountId,
            approved_at: now,
            valid_from: now,
            valid_to: new Date(now.getTime() + lasts),
          }
        : { refused_by: accountId, refused_at: now },
    );
    const event = verdict === 'approve' ? 'protection_grant.approved' : 'protection_grant.refused';
    await audit(tx, event, row.person_id, by, { account: row.account_id });
  });
  rightsChanged();
}

/** Also takes back a request that nobody decided yet. */
export async function revokeGrant(ctx: Part, id: string, by: By): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const row = await repo.lockGrant(tx, id);
    if (row === undefined) throw new AppError('request.not_found');
    if (row.revoked_at !== null || row.refused_at !== null) throw new AppError('protect.already_decided');
    await repo.updateGrant(tx, id, { revoked_at: ctx.clock.now(), revoked_by: by.viewer.accountId });
    await audit(tx, 'protection_grant.revoked', row.person_id, by, { account: row.account_id });
  });
  rightsChanged();
}

function audit(tx: Tx, event: string, personId: string, by: By, detail: Record<string, string | number>) {
  return recordAudit(tx, { event, ...by, objectType: 'person', objectId: personId, result: 'ok', detail });
}
