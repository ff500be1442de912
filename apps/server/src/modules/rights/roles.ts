// Roles: the built-in ones are read-only, a hospital's own are made beside them. Changing one changes what every grant by
// it gives, at once. Also the names by which orders call a doctor ("own patients").
import type { Permission, RoleForm, RoleItem } from '@yunying/api';
import { roleWords } from '@yunying/api';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { businessRoles, isBusinessRole, rightsChanged, rolePermissions } from '../access/index.ts';
import { recordAudit } from '../audit/index.ts';
import type { By } from './grants.ts';
import * as repo from './repo.ts';

type Part = Pick<Context, 'db' | 'clock'>;

export async function listRoles(ctx: Part): Promise<RoleItem[]> {
  const counts = await repo.countGrantsByRole(ctx.db, ctx.clock.now());
  const builtIn = Object.entries(businessRoles).map(([name, permissions]) => ({
    name,
    title: roleWords[name]?.zh ?? name,
    isBuiltIn: true,
    permissions: [...permissions],
    grants: counts.get(name) ?? 0,
  }));
  const own = (await repo.selectRoles(ctx.db)).map(({ name, title, permissions }) => ({
    name,
    title,
    isBuiltIn: false,
    permissions: permissions.split(' '),
    grants: counts.get(name) ?? 0,
  }));
  return [...builtIn, ...own];
}

export async function saveRole(ctx: Part, name: string, form: RoleForm, by: By): Promise<void> {
  if (isBusinessRole(name)) throw new AppError('request.invalid', { field: 'name', reason: 'built-in' });
  const refused = form.permissions.filter((permission) => !mayBeInRole(permission));
  if (refused.length > 0) throw new AppError('request.invalid', { field: 'permissions', refused });
  await ctx.db.transaction().execute(async (tx) => {
    const before = await repo.selectRole(tx, name);
    const counts = await repo.countGrantsByRole(tx, ctx.clock.now());
    const addsGlass =
      form.permissions.includes('exam.break_glass') &&
      before !== undefined &&
      !before.permissions.split(' ').includes('exam.break_glass');
    // Grants by it were given by one person: what needs two cannot come in by its role.
    if (addsGlass && (counts.get(name) ?? 0) > 0) throw new AppError('rights.role_in_use');
    const permissions = [...new Set(form.permissions)].sort().join(' ');
    await repo.upsertRole(tx, {
      name,
      title: form.title.trim(),
      permissions,
      updated_at: ctx.clock.now(),
      updated_by: by.accountId,
    });
    await recordAudit(tx, {
      event: 'role.saved',
      viewer: by.viewer,
      objectType: 'role',
      objectId: name,
      result: 'ok',
      detail: { before: before?.permissions ?? null, after: permissions },
      request: by.request,
    });
  });
  rightsChanged();
}

export async function removeRole(ctx: Part, name: string, by: By): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const counts = await repo.countGrantsByRole(tx, ctx.clock.now());
    if ((counts.get(name) ?? 0) > 0) throw new AppError('rights.role_in_use');
    if (!(await repo.deleteRole(tx, name))) throw new AppError('request.not_found');
    await recordAudit(tx, {
      event: 'role.removed',
      viewer: by.viewer,
      objectType: 'role',
      objectId: name,
      result: 'ok',
      request: by.request,
    });
  });
}

export function getDoctorNames(ctx: Part, accountId: string): Promise<string[]> {
  return repo.selectNames(ctx.db, accountId);
}

export async function saveDoctorNames(
  ctx: Part,
  accountId: string,
  names: readonly string[],
  by: By,
): Promise<string[]> {
  if ((await repo.selectSubject(ctx.db, 'account', accountId)) === undefined)
    throw new AppError('request.not_found');
  const kept = [...new Set(names.map((name) => name.trim()))].sort();
  await ctx.db.transaction().execute(async (tx) => {
    await repo.replaceNames(tx, accountId, kept);
    await recordAudit(tx, {
      event: 'grant.doctor_names_saved',
      viewer: by.viewer,
      objectType: 'account',
      objectId: accountId,
      result: 'ok',
      detail: { count: kept.length },
      request: by.request,
    });
  });
  rightsChanged();
  return kept;
}

/** What belongs to an administrator never comes by a role (spec AC-2); figures are shared. */
function mayBeInRole(permission: Permission): boolean {
  if (permission === 'public' || permission === 'session') return false;
  if (permission === 'statistics.view') return true;
  const built: readonly Permission[] = Object.values(businessRoles).flat();
  if (built.includes(permission)) return true;
  const { system_admin, security_admin, audit_admin } = rolePermissions;
  return ![system_admin, security_admin, audit_admin].some((held) => held.has(permission));
}
