// The rights behind a door, as lists and searches take them: of a viewer over HTTP, of a node over DIMSE.
import type { Permission } from '@yunying/api';
import type { Db } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { loadNodeAuthority, type Rights } from './policy/index.ts';
import type { Viewer } from './viewer.ts';

/** Patients have no rights over lists of studies: theirs go by person. */
export function rightsOf(viewer: Viewer, permission: Permission, now: Date): { kind: 'rights' } & Rights {
  if (viewer.kind === 'anonymous' || viewer.kind === 'patient') throw new AppError('access.forbidden');
  return { kind: 'rights', authority: viewer.authority, permission, now };
}

/** `nodeId` null: a peer that is not registered (profile demo). */
export async function nodeRights(
  db: Db,
  nodeId: string | null,
  permission: Permission,
  now = new Date(),
): Promise<{ kind: 'rights' } & Rights> {
  return { kind: 'rights', authority: await loadNodeAuthority(db, nodeId, now), permission, now };
}
