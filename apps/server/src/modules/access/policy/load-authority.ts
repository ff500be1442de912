// Reads an authority: of an account its live grants, names and opened persons; of a client or a node its grants, or,
// where nobody narrowed it, everything that is not protected. A grant that cannot be read gives nothing.
import type { Permission } from '@yunying/api';
import type { Db, Tx } from '../../../db/index.ts';
import { parsePermissions } from '../permissions-of.ts';
import { type Authority, everyPermission, type Grant, noAuthority, plainAuthority } from './authority.ts';
import { businessRoles, isBusinessRole } from './business-roles.ts';
import { securityTags } from './labels.ts';
import { readReach } from './reach.ts';
import * as repo from './repo-policy.ts';

type GrantRow = Awaited<ReturnType<typeof repo.selectGrants>>[number];

export async function loadAccountAuthority(db: Db | Tx, accountId: string, now: Date): Promise<Authority> {
  const rows = await repo.selectGrants(db, 'account', accountId, now);
  if (rows.length === 0) return noAuthority;
  const names = await repo.selectDoctorNames(db, accountId);
  const { lifted, broken } = await repo.selectOpened(db, accountId, now);
  return {
    grants: rows.flatMap(toGrant),
    doctorNames: new Set(names),
    lifted: new Set(lifted),
    broken: new Set(broken),
  };
}

/** A client's grants choose among what its registration allows. */
export async function loadClientAuthority(
  db: Db | Tx,
  clientId: string,
  registered: ReadonlySet<Permission>,
  now: Date,
): Promise<Authority> {
  const rows = await repo.selectGrants(db, 'client', clientId, now);
  if (rows.length === 0) return plainAuthority(registered);
  const grants = rows.flatMap(toGrant).map((grant) => ({
    ...grant,
    permissions: new Set([...grant.permissions].filter((name) => registered.has(name))),
  }));
  return { ...noAuthority, grants };
}

/** A node's services are its rules; its grants say over which exams. */
export async function loadNodeAuthority(db: Db | Tx, nodeId: string | null, now: Date): Promise<Authority> {
  const rows = nodeId === null ? [] : await repo.selectGrants(db, 'node', nodeId, now);
  return rows.length === 0
    ? plainAuthority(everyPermission)
    : { ...noAuthority, grants: rows.flatMap(toGrant) };
}

function toGrant(row: GrantRow): Grant[] {
  try {
    return [
      {
        grantId: row.id,
        role: row.role,
        permissions: permissionsOfRow(row),
        reach: readReach(row.reach),
        level: row.level,
        tags: new Set(securityTags.filter((tag) => row.tags.split(' ').includes(tag))),
      },
    ];
  } catch {
    return [];
  }
}

function permissionsOfRow(row: GrantRow): ReadonlySet<Permission> {
  if (row.role === null) return parsePermissions(row.permissions ?? '');
  if (isBusinessRole(row.role)) return new Set<Permission>(businessRoles[row.role]);
  return parsePermissions(row.role_permissions ?? '');
}
