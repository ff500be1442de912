// All that a staff account, a machine client or a node may do, as one value that every door decides by. It is loaded
// with the session and at most 2 s old, so that a grant given or taken works everywhere within 5 s (spec AU-6, AC-6).
import { permissions as allPermissions, type Permission } from '@yunying/api';
import { type SecurityTag, usualLevel } from './labels.ts';
import type { Reach } from './reach.ts';

export type Grant = {
  grantId: string;
  /** Business role by which it was given; null for named permissions. */
  role: string | null;
  permissions: ReadonlySet<Permission>;
  reach: Reach;
  level: number;
  tags: ReadonlySet<SecurityTag>;
};

export type Authority = {
  grants: readonly Grant[];
  /** Names by which orders call this doctor. */
  doctorNames: ReadonlySet<string>;
  /** Protected persons opened by a second person. */
  lifted: ReadonlySet<string>;
  /** Protected persons opened by break-glass. */
  broken: ReadonlySet<string>;
};

export const noAuthority: Authority = {
  grants: [],
  doctorNames: new Set(),
  lifted: new Set(),
  broken: new Set(),
};

/** Everything that is not protected, for a client or a node that nobody narrowed. */
export function plainAuthority(permissions: ReadonlySet<Permission>): Authority {
  return {
    ...noAuthority,
    grants: [{ grantId: 'plain', role: null, permissions, reach: {}, level: usualLevel, tags: new Set() }],
  };
}

export const everyPermission: ReadonlySet<Permission> = new Set(allPermissions);

export function permissionsOf(authority: Authority): ReadonlySet<Permission> {
  return new Set<Permission>([
    'public',
    'session',
    ...authority.grants.flatMap(({ permissions }) => [...permissions]),
  ]);
}
