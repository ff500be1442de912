// Writes one grant. Who may give which, and the second person that some need, are the console's to decide; the trail gets
// a row in the same transaction.
import { type Db, newId, type Tx } from '../../../db/index.ts';
import { type AuditRequest, type AuditViewer, recordAudit } from '../../audit/index.ts';
import { type SecurityTag, usualLevel } from './labels.ts';
import type { Reach } from './reach.ts';
import { insertGrant, type SubjectKind } from './repo-policy.ts';

export type NewGrant = {
  subjectKind: SubjectKind;
  subjectId: string;
  /** Null: the permissions are named. */
  role: string | null;
  permissions?: readonly string[] | null;
  reach?: Reach;
  level?: number;
  tags?: readonly SecurityTag[];
  reason?: string;
  validTo?: Date | null;
  grantedBy?: string | null;
  approvedBy?: string | null;
  /** Holds only when a second person has approved it. */
  needsApproval?: boolean;
  /** Taken back when this one is approved. */
  replacesId?: string | null;
  /** The request of the console by which it is given; absent: by the system. */
  viewer?: AuditViewer;
  request?: AuditRequest;
  at: Date;
};

/** Answers the grant's id. */
export async function giveGrant(db: Db | Tx, grant: NewGrant): Promise<string> {
  const id = newId();
  const tags = grant.tags ?? [];
  await insertGrant(db, {
    id,
    subject_kind: grant.subjectKind,
    subject_id: grant.subjectId,
    role: grant.role,
    permissions: grant.permissions == null ? null : grant.permissions.join(' '),
    reach: JSON.stringify(grant.reach ?? {}),
    level: grant.level ?? usualLevel,
    tags: tags.length === 0 ? '-' : tags.join(' '),
    reason: grant.reason ?? null,
    valid_from: grant.at,
    valid_to: grant.validTo ?? null,
    granted_by: grant.grantedBy ?? null,
    approved_by: grant.approvedBy ?? null,
    created_at: grant.at,
    revoked_at: null,
    revoked_by: null,
    needs_approval: grant.needsApproval ?? false,
    approved_at: null,
    replaces_id: grant.replacesId ?? null,
  });
  await recordAudit(db, {
    event: 'grant.given',
    ...(grant.viewer === undefined
      ? { actor: { kind: 'system' as const, ...(grant.grantedBy == null ? {} : { id: grant.grantedBy }) } }
      : { viewer: grant.viewer }),
    request: grant.request,
    purpose: grant.reason,
    objectType: grant.subjectKind,
    objectId: grant.subjectId,
    result: 'ok',
    detail: {
      grant: id,
      role: grant.role,
      permissions: grant.permissions ?? undefined,
      pending: grant.needsApproval ?? false,
      reach: JSON.stringify(grant.reach ?? {}),
      level: grant.level ?? usualLevel,
      tags,
    },
  });
  return id;
}
