// May this authority use this permission on this exam? Pure. The same question over all exams is the SQL of
// exam-condition.ts; a property test holds both against a small model.
//
// A grant must have the permission and reach the exam. A label that the grant does not open (too low a level, tag not
// named) blocks it, unless the person was lifted by a second person or, short of `hidden`, by break-glass. Where only
// pseudonyms block, the exam may be listed, without the name.
import type { Permission } from '@yunying/api';
import type { Authority, Grant } from './authority.ts';
import type { Label } from './labels.ts';
import { type Reachable, reaches } from './reach.ts';

export type Protected = Reachable & { labels: readonly Label[] };
export type Decision =
  | { allowed: true; identity: 'full' | 'pseudonym'; rule: string }
  | { allowed: false; rule: string };

/** What a pseudonym leaves open: that there is such an exam. What is in it bears the name. */
export const pseudonymous: ReadonlySet<Permission> = new Set(['exam.list']);

export function decide(authority: Authority, exam: Protected, permission: Permission, now: Date): Decision {
  const holders = authority.grants.filter((grant) => grant.permissions.has(permission));
  if (holders.length === 0) return { allowed: false, rule: 'no-permission' };
  const reaching = holders.filter((grant) => reaches(grant.reach, exam, authority.doctorNames, now));
  if (reaching.length === 0) return { allowed: false, rule: 'outside-reach' };
  const isLifted = exam.personId !== null && authority.lifted.has(exam.personId);
  const isBroken = exam.personId !== null && authority.broken.has(exam.personId);
  const blocking = (grant: Grant) =>
    isLifted
      ? []
      : exam.labels.filter((label) => !opens(grant, label) && !(isBroken && label.restriction !== 'hidden'));
  const open = reaching.find((grant) => blocking(grant).length === 0);
  if (open !== undefined)
    return { allowed: true, identity: 'full', rule: ruleOf(open, exam, isLifted, isBroken) };
  const veiled = reaching.find((grant) =>
    blocking(grant).every(({ restriction }) => restriction === 'pseudonym'),
  );
  if (veiled !== undefined && pseudonymous.has(permission))
    return { allowed: true, identity: 'pseudonym', rule: 'protected-pseudonym' };
  return { allowed: false, rule: 'protected' };
}

/** A mark without restriction blocks only by its level. */
function opens(grant: Grant, label: Label): boolean {
  return label.level <= grant.level && (label.restriction === 'none' || grant.tags.has(label.tag));
}

function ruleOf(grant: Grant, exam: Protected, isLifted: boolean, isBroken: boolean): string {
  if (exam.labels.some((label) => !opens(grant, label)))
    return isLifted ? 'protection-grant' : isBroken ? 'break-glass' : 'protected';
  return grant.role === null ? `grant ${grant.grantId}` : `role ${grant.role}`;
}
