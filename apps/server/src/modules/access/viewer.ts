// Who looks. Every request has exactly one viewer, resolved by `authorize` before the route runs. The rest of the
// server asks `viewerOf(req)` and never reads cookies or tokens itself.
import type { Permission } from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import type { Authority } from './policy/index.ts';

export const staffRoles = ['system_admin', 'security_admin', 'audit_admin', 'doctor'] as const;
export type StaffRole = (typeof staffRoles)[number];

/** How a patient proved who they are: a code sent to the number on record opens all exams, identity one exam. */
export type PatientProof = 'sms' | 'identity';

export type StaffViewer = {
  kind: 'staff';
  accountId: string;
  role: StaffRole;
  displayName: string;
  permissions: ReadonlySet<Permission>;
  /** What the grants of the account say; an administrator has none. */
  authority: Authority;
  sessionId: string;
  /** Only the own account may be touched until a new password is set. */
  mustChangePassword: boolean;
};
export type PatientViewer = {
  kind: 'patient';
  personId: string;
  /** null: all published exams of the person. */
  examId: string | null;
  proof: PatientProof;
  permissions: ReadonlySet<Permission>;
  sessionId: string;
  shareLinkId: string | null;
};
export type ClientViewer = {
  kind: 'client';
  clientId: string;
  name: string;
  permissions: ReadonlySet<Permission>;
  authority: Authority;
};
export type AnonymousViewer = { kind: 'anonymous' };
export type Viewer = AnonymousViewer | StaffViewer | PatientViewer | ClientViewer;

export const anonymous: AnonymousViewer = { kind: 'anonymous' };

const viewers = new WeakMap<FastifyRequest, Viewer>();

export function rememberViewer(req: FastifyRequest, viewer: Viewer): void {
  viewers.set(req, viewer);
}

/** The viewer of a request that passed `authorize`; anonymous when nobody was recognised. */
export function viewerOf(req: FastifyRequest): Viewer {
  return viewers.get(req) ?? anonymous;
}
