// Rows of grants and broken glass as the console shows them.
import {
  type BreakGlassReason,
  breakGlassReasons,
  type GlassOpening,
  type ProtectionGrant,
} from '@yunying/api';
import type { Db } from '../../db/index.ts';
import { showPersons } from './people.ts';
import type { GlassRow, GrantRow } from './repo-openings.ts';

export function readReasonCode(code: string): BreakGlassReason {
  return breakGlassReasons.find((known) => known === code) ?? 'other';
}

export async function toGrants(
  db: Db,
  rows: readonly GrantRow[],
  viewerId: string,
  now: Date,
): Promise<ProtectionGrant[]> {
  const people = await showPersons(
    db,
    rows.map((row) => row.person_id),
  );
  return rows.map((row) => ({
    id: row.id,
    personId: row.person_id,
    personName: people.get(row.person_id)?.name ?? '—',
    accountId: row.account_id,
    accountName: row.account_name ?? '—',
    reason: row.reason,
    state: stateOf(row, now),
    validFrom: row.valid_from.toISOString(),
    validTo: row.valid_to.toISOString(),
    requestedBy: row.requested_name ?? '—',
    approvedBy: row.approved_name,
    isMine: row.requested_by === viewerId,
  }));
}

function stateOf(row: GrantRow, now: Date): ProtectionGrant['state'] {
  if (row.revoked_at !== null) return 'revoked';
  if (row.refused_at !== null) return 'refused';
  if (row.valid_to <= now) return 'ended';
  if (row.approved_at === null) return 'requested';
  return row.valid_from > now ? 'coming' : 'active';
}

export async function toOpenings(db: Db, rows: readonly GlassRow[], now: Date): Promise<GlassOpening[]> {
  const people = await showPersons(
    db,
    rows.map((row) => row.person_id),
  );
  return rows.map((row) => ({
    id: row.id,
    personId: row.person_id,
    personName: people.get(row.person_id)?.name ?? '—',
    accountName: row.account_name ?? '—',
    reasonCode: readReasonCode(row.reason_code),
    reason: row.reason,
    openedAt: row.opened_at.toISOString(),
    until: row.until.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    notifiedAt: row.notified_at?.toISOString() ?? null,
    reviewedAt: row.reviewed_at?.toISOString() ?? null,
    verdict: row.verdict === 'justified' || row.verdict === 'not_justified' ? row.verdict : null,
    note: row.note,
    isOverdue: row.reviewed_at === null && now > endOfNextDay(row.opened_at),
  }));
}

/** In the hospital (UTC+8, no summer time). */
function endOfNextDay(at: Date): Date {
  const dayMs = 86_400_000;
  const eastMs = 8 * 3_600_000;
  return new Date((Math.floor((at.getTime() + eastMs) / dayMs) + 2) * dayMs - eastMs);
}
