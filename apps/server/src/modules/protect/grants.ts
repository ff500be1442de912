// A named doctor may read a protected person for a time: one asks, a second person decides (spec AC-3). The time runs
// from the decision. Nobody decides over an own request or an own grant.
import type { NewProtectionGrant } from '@yunying/api';
import type { Context } from '../../context.ts';
import { newId, type Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { rightsChanged } from '../access/index.ts';
import { recordAudit } from '../audit/index.ts';
import { getPatientsOfPerson } from '../mpi/index.ts';
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
  const now = ctx.clock.now();
  const doctor = await repo.selectDoctor(ctx.db, asked.loginName.trim());
  if (doctor === undefined) throw new AppError('request.invalid', { field: 'loginName' });
  if ((await getPatientsOfPerson(ctx.db, personId)).length === 0) throw new AppError('request.not_found');
  const id = newId();
  await ctx.db.transaction().execute(async (tx) => {
    await repo.insertGrant(tx, {
      id,
      person_id: personId,
      account_id: doctor.id,
      reason: asked.reason.trim(),
      valid_from: now,
      valid_to: new Date(now.getTime() + asked.hours * hourMs),
      requested_by: by.viewer.accountId,
      requested_at: now,
    });
    await audit(tx, 'protection_grant.requested', personId, by, { account: doctor.id, hours: asked.hours });
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
