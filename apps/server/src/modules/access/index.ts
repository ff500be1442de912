// Public names of the access module (level 0, above audit and settings, below accounts): who looks, what they may
// do, sessions, machine clients, and limits on guessing.
export { accessJobs } from './access.jobs.ts';
export {
  type AttemptLimit,
  clearAttempts,
  hiddenSubject,
  type TryVerdict,
  takeOne,
  tryOnce,
} from './attempts.ts';
export { belongsOn, createAuthorize, type Listener } from './authorize.ts';
export { addClient, findClient, isClientName } from './clients.ts';
export { type Door, enforceExam } from './enforce-exam.ts';
export {
  type ExamFacts,
  type ExamPart,
  mayViewExam,
  requireExam,
  type ViewVerdict,
} from './may-view-exam.ts';
export { clientPermissions, parsePermissions, rolePermissions } from './permissions-of.ts';
export {
  type Authority,
  businessRoles,
  copyProtection,
  type Decision,
  decide,
  examCondition,
  giveGrant,
  isBusinessRole,
  type Label,
  labelsOf,
  loadAccountAuthority,
  loadClientAuthority,
  loadNodeAuthority,
  moveProtection,
  orderingDoctorsOf,
  permissionsOf,
  personLabelsOf,
  Reach,
  type Rights,
  readLabels,
  restrictions,
  type SecurityTag,
  securityTags,
  studyCondition,
} from './policy/index.ts';
export { nodeRights, rightsOf } from './rights-of.ts';
export { newSecret, sm3 } from './secrets.ts';
export { clearSessionCookie, sessionCookie, setSessionCookie } from './session-cookie.ts';
export {
  type NewSession,
  openSession,
  revokeSession,
  revokeSessions,
  rightsChanged,
  staffPermissions,
} from './sessions.ts';
export {
  type AnonymousViewer,
  anonymous,
  type ClientViewer,
  type PatientProof,
  type PatientViewer,
  type StaffRole,
  type StaffViewer,
  staffRoles,
  type Viewer,
  viewerOf,
} from './viewer.ts';
