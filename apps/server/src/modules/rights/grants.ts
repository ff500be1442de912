// Giving, approving, taking and giving back grants (spec AC-3). Who opens protected persons or the highest level gives
// only half: another security administrator approves. Administrators are no subjects, so nobody can give to oneself.
import type { GrantPreview, NewGrantForm } from '@yunying/api';
import { grantSentence } from '@yunying/api';
import type { Context } from '../../context.ts';
import type { Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { giveGrant, isBusinessRole, rightsChanged } from '../access/index.ts';
import { type AuditDetail, type AuditRequest, type AuditViewer, recordAudit } from '../audit/index.ts';
import { authorityOf, formGrant, seenBy } from './judge.ts';
import { placeNames } from './places.ts';
import * as repo from './repo.ts';

type Part = Pick<Context, 'db' | 'clock'>;
export type By = { accountId: string; viewer: AuditViewer; request: AuditRequest };

export const restoreMs = 10 * 60_000;
const highest = 5;

export async function give(ctx: Part, form: NewGrantForm, by: By): Promise<{ id: string; pending: boolean }> {
  await requireFit(ctx, form, by);
  const now = ctx.clock.now();
  const pending = await needsApproval(ctx, form);
  const id = await ctx.db.transaction().execute(async (tx) => {
    // What waits for a second person leaves the old grant as it is until it is approved.
    if (form.replaces !== undefined && !pending) await takeBack(ctx, tx, form.replaces, by, form.reason);
    return giveGrant(tx, {
      subjectKind: form.subjectKind,
      subjectId: form.subjectId,
      role: form.role,
      permissions: form.permissions,
      reach: form.reach,
      level: form.level,
      tags: form.tags,
      reason: form.reason,
      validTo: form.validTo === null ? null : new Date(form.validTo),
      grantedBy: by.accountId,
      needsApproval: pending,
      replacesId: pending ? (form.replaces ?? null) : null,
      viewer: by.viewer,
      request: by.request,
      at: now,
    });
  });
  rightsChanged();
  return { id, pending };
}

export async function approve(ctx: Part, id: string, by: By): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const grant = await lockGrant(tx, id);
    if (!grant.needs_approval || grant.approved_by !== null || grant.revoked_at !== null)
      throw new AppError('rights.already_decided');
    if (grant.granted_by === by.accountId) throw new AppError('rights.second_person');
    await repo.updateGrant(tx, id, { approved_by: by.accountId, approved_at: ctx.clock.now() });
    await record(tx, 'grant.approved', grant, by, {});
    if (grant.replaces_id === null) return;
    const old = await repo.selectGrant(tx, grant.replaces_id);
    if (old?.revoked_at === null) await takeBack(ctx, tx, old.id, by, grant.reason ?? '');
  });
  rightsChanged();
}

export async function revoke(ctx: Part, id: string, by: By, reason: string): Promise<void> {
  await ctx.db.transaction().execute((tx) => takeBack(ctx, tx, id, by, reason));
  rightsChanged();
}

/** Undo of `revoke`, for ten minutes: what was approved then still is. */
export async function restore(ctx: Part, id: string, by: By): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const grant = await lockGrant(tx, id);
    if (grant.revoked_at === null) throw new AppError('rights.already_decided');
    if (ctx.clock.now().getTime() - grant.revoked_at.getTime() > restoreMs)
      throw new AppError('rights.too_late');
    await repo.updateGrant(tx, id, { revoked_at: null, revoked_by: null });
    await record(tx, 'grant.restored', grant, by, {});
  });
  rightsChanged();
}

/** How many exams of its list the subject would gain or lose, before anything is saved. */
export async function preview(ctx: Part, form: NewGrantForm, by: By): Promise<GrantPreview> {
  await requireFit(ctx, form, by);
  const now = ctx.clock.now();
  const subject = { kind: form.subjectKind, id: form.subjectId };
  const authority = await authorityOf(ctx.db, subject, now);
  const role = form.role === null ? undefined : await repo.selectRole(ctx.db, form.role);
  const given = await formGrant(ctx.db, form, role?.permissions ?? null);
  const grants = [
    ...authority.grants.filter(({ grantId }) => grantId !== form.replaces && grantId !== 'plain'),
    given,
  ];
  const before = await seenBy(ctx.db, authority, now);
  const after = await seenBy(ctx.db, { ...authority, grants }, now);
  return {
    before: before.count,
    after: after.count,
    isFloor: before.isFloor || after.isFloor,
    needsApproval: await needsApproval(ctx, form),
    sentence: grantSentence({ ...form, roleTitle: role?.title }, await placeNames(ctx.db)),
  };
}

async function takeBack(ctx: Part, tx: Tx, id: string, by: By, reason: string): Promise<void> {
  const grant = await lockGrant(tx, id);
  if (grant.revoked_at !== null) throw new AppError('rights.already_decided');
  await repo.updateGrant(tx, id, { revoked_at: ctx.clock.now(), revoked_by: by.accountId });
  await record(tx, 'grant.revoked', grant, by, {}, reason);
}

async function requireFit(ctx: Part, form: NewGrantForm, by: By): Promise<void> {
  const bad = (field: string) => new AppError('request.invalid', { field });
  if ((form.role === null) === (form.permissions === null)) throw bad('role');
  if (form.validTo !== null && new Date(form.validTo) <= ctx.clock.now()) throw bad('validTo');
  if (form.subjectKind === 'account' && form.subjectId === by.accountId)
    throw new AppError('rights.not_for_administrators');
  if ((await repo.selectSubject(ctx.db, form.subjectKind, form.subjectId)) === undefined)
    throw form.subjectKind === 'account'
      ? new AppError('rights.not_for_administrators')
      : new AppError('request.not_found');
  if (
    form.role !== null &&
    !isBusinessRole(form.role) &&
    (await repo.selectRole(ctx.db, form.role)) === undefined
  )
    throw bad('role');
  if (form.replaces === undefined) return;
  const old = await repo.selectGrant(ctx.db, form.replaces);
  if (old?.subject_kind !== form.subjectKind || old.subject_id !== form.subjectId) throw bad('replaces');
}

/** Built-in roles open broken glass by their nature; where somebody names it, a second person agrees. */
async function needsApproval(ctx: Part, form: NewGrantForm): Promise<boolean> {
  if (form.tags.length > 0 || form.level === highest) return true;
  if (form.permissions?.includes('exam.break_glass') === true) return true;
  if (form.role === null || isBusinessRole(form.role)) return false;
  const role = await repo.selectRole(ctx.db, form.role);
  return role?.permissions.split(' ').includes('exam.break_glass') === true;
}

async function lockGrant(tx: Tx, id: string): Promise<repo.GrantRow> {
  const grant = await repo.selectGrant(tx, id, true);
  if (grant === undefined) throw new AppError('request.not_found');
  return grant;
}

function record(
  tx: Tx,
  event: string,
  grant: repo.GrantRow,
  by: By,
  detail: AuditDetail,
  reason?: string,
): Promise<void> {
  return recordAudit(tx, {
    event,
    viewer: by.viewer,
    objectType: grant.subject_kind,
    objectId: grant.subject_id,
    purpose: reason,
    result: 'ok',
    detail: { grant: grant.id, role: grant.role, ...detail },
    request: by.request,
  });
}
