// The policy engine: one decision for every door (issue "Who may see what"; spec AC-1 to AC-7, DN-4).
export { type Authority, everyPermission, noAuthority, permissionsOf, plainAuthority } from './authority.ts';
export { type BusinessRole, businessRoles, isBusinessRole } from './business-roles.ts';
export { type Decision, decide } from './decide.ts';
export {
  examCondition,
  labelsOf,
  orderingDoctorsOf,
  personLabelsOf,
  type Rights,
  studyCondition,
} from './exam-condition.ts';
export { giveGrant, type NewGrant } from './give-grant.ts';
export {
  type Label,
  type Restriction,
  readLabels,
  restrictions,
  type SecurityTag,
  securityTags,
} from './labels.ts';
export { loadAccountAuthority, loadClientAuthority, loadNodeAuthority } from './load-authority.ts';
export { copyProtection, moveProtection } from './move-protection.ts';
export { Reach } from './reach.ts';
