// The one rule for "may this viewer see this exam, its reports and its pictures". Callers: orders, archive, media,
// reports, portal; every door asks here with the facts of the exam, so the doors cannot differ. A refused object
// is answered like an absent one (404): use `requireExam`.
import type { Permission } from '@yunying/api';
import { AppError } from '../../errors.ts';
import { decide, type Label } from './policy/index.ts';
import type { Viewer } from './viewer.ts';

export type ExamFacts = {
  /** Null: a study that belongs to no exam yet. */
  examId: string | null;
  /** Null only where no patient is known. */
  personId: string | null;
  institutionId: string;
  departmentId: string | null;
  examType: string | null;
  examAt: Date | null;
  /** Every doctor that an order of this person names. */
  orderingDoctors: readonly string[];
  labels: readonly Label[];
  /** Shown to the patient: published once, also when its report was withdrawn later. */
  published: boolean;
  /** What the publication rule lets the patient have; absent = everything. */
  parts?: readonly ExamPart[];
};
export type ExamPart = 'report' | 'images' | 'download';

export type ViewVerdict = {
  allowed: boolean;
  rule: string;
  /** Under `pseudonym` the name, numbers and birth date stay hidden. */
  identity: 'full' | 'pseudonym';
};

export function mayViewExam(
  viewer: Viewer,
  facts: ExamFacts,
  permission: Permission = 'exam.view',
  now = new Date(),
): ViewVerdict {
  if (viewer.kind === 'anonymous') return no('no-session');
  if (!viewer.permissions.has(permission)) return no('no-permission');
  if (viewer.kind === 'patient') return ofPatient(viewer, facts, permission);
  if (viewer.kind === 'staff' && viewer.mustChangePassword) return no('must-change-password');
  const decision = decide(viewer.authority, facts, permission, now);
  return decision.allowed ? decision : no(decision.rule);
}

function ofPatient(
  viewer: Extract<Viewer, { kind: 'patient' }>,
  facts: ExamFacts,
  permission: Permission,
): ViewVerdict {
  if (facts.examId === null) return no('not-linked');
  if (facts.personId !== viewer.personId) return no('other-person');
  if (viewer.examId !== null && viewer.examId !== facts.examId) return no('other-exam');
  if (!facts.published) return no('not-published');
  const part = partOf(permission);
  if (part !== null && facts.parts !== undefined && !facts.parts.includes(part))
    return no('part-not-published');
  return { allowed: true, rule: viewer.examId === null ? 'own-person' : 'own-exam', identity: 'full' };
}

/** Throws what an absent object throws, so that nobody learns which ids exist. */
export function requireExam(
  viewer: Viewer,
  facts: ExamFacts,
  permission: Permission = 'exam.view',
): ViewVerdict {
  const verdict = mayViewExam(viewer, facts, permission);
  if (!verdict.allowed) throw new AppError('request.not_found');
  return verdict;
}

function partOf(permission: Permission): ExamPart | null {
  switch (permission) {
    case 'report.view':
      return 'report';
    case 'report.download':
    case 'image.download':
      return 'download';
    case 'image.view':
    case 'image.original':
      return 'images';
    default:
      return null;
  }
}

const no = (rule: string): ViewVerdict => ({ allowed: false, rule, identity: 'full' });
