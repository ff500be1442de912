// Grants as the security administrator reads them: each with its sentence, its state, and who gave and approved it.
import type { GrantItem, GrantReach, GrantState } from '@yunying/api';
import { grantSentence, GrantReach as ReachSchema } from '@yunying/api';
import { Value } from 'typebox/value';
import type { Context } from '../../context.ts';
import { getAccountNames } from '../accounts/index.ts';
import { restoreMs } from './grants.ts';
import { placeNames } from './places.ts';
import * as repo from './repo.ts';

export async function listGrants(
  ctx: Pick<Context, 'db' | 'clock'>,
  ask: repo.GrantAsk,
  readerId: string,
): Promise<{ items: GrantItem[]; nextCursor: string | null; total: number }> {
  const now = ctx.clock.now();
  const { rows, total } = await repo.selectGrantPage(ctx.db, { ...ask, limit: ask.limit + 1 }, now);
  const shown = rows.slice(0, ask.limit);
  const places = await placeNames(ctx.db);
  const people = shown.flatMap((row) => [row.granted_by, row.approved_by, row.revoked_by]);
  const names = await getAccountNames(
    ctx.db,
    people.filter((id) => id !== null),
  );
  const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? id));
  const items = shown.map((row): GrantItem => {
    const reach = reachOf(row.reach);
    const state = stateOf(row, now);
    const permissions = row.permissions === null ? null : row.permissions.split(' ');
    const tags = row.tags === '-' ? [] : row.tags.split(' ');
    const validTo = row.valid_to?.toISOString() ?? null;
    const { role, level } = row;
    const roleTitle = row.role_title ?? undefined;
    return {
      id: row.id,
      subjectKind: row.subject_kind,
      subjectId: row.subject_id,
      subjectName: row.subject_name ?? '—',
      role,
      permissions,
      reach,
      level,
      tags,
      reason: row.reason,
      state,
      sentence: grantSentence({ role, roleTitle, permissions, reach, level, tags, validTo }, places),
      validTo,
      createdAt: row.created_at.toISOString(),
      grantedBy: nameOf(row.granted_by),
      approvedBy: nameOf(row.approved_by),
      revokedAt: row.revoked_at?.toISOString() ?? null,
      revokedBy: nameOf(row.revoked_by),
      mayApprove: state === 'pending' && row.granted_by !== readerId,
      mayRestore: row.revoked_at !== null && now.getTime() - row.revoked_at.getTime() <= restoreMs,
    };
  });
  const nextCursor = rows.length > ask.limit ? (shown.at(-1)?.id ?? null) : null;
  return { items, nextCursor, total };
}

function stateOf(row: repo.GrantRow, now: Date): GrantState {
  if (row.revoked_at !== null) return 'revoked';
  if (row.valid_to !== null && row.valid_to <= now) return 'ended';
  return row.needs_approval && row.approved_by === null ? 'pending' : 'active';
}

function reachOf(text: string): GrantReach | null {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(ReachSchema, value) ? value : null;
  } catch {
    return null;
  }
}
