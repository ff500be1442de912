// The one rule for "may this viewer see this exam, its reports and its pictures". Callers: orders, archive, media,
// reports, portal; every door asks here with the facts of the exam, so the doors cannot differ. A refused object
// is answered like an absent one (404): use `requireExam`.
import type { Permission } from '@yunying/api';
import { AppError } from '../../errors.ts';
import type { Viewer } from './viewer.ts';

export type ExamFacts = {
  examId: string;
  personId: string;
  institutionId: string;
  examType: string;
  /** Shown to the patient: published once, also when its report was withdrawn later. */
  published: boolean;
  /** What the publication rule lets the patient have; absent = everything. */
  parts?: readonly ExamPart[];
};
export type ExamPart = 'report' | 'images' | 'download';

export type ViewVerdict = { allowed: boolean; rule: string };

/** `facts` is null for a study that belongs to no exam yet: clinicians see it, patients do not. */
export function mayViewExam(
  viewer: Viewer,
  facts: ExamFacts | null,
  permission: Permission = 'exam.view',
): ViewVerdict {
  if (viewer.kind === 'anonymous') return no('no-session');
  if (!viewer.permissions.has(permission)) return no('no-permission');
  if (viewer.kind === 'client') return yes('client-grant');
  if (viewer.kind === 'staff') {
    if (viewer.mustChangePassword) return no('must-change-password');
    return viewer.role === 'doctor' ? yes('doctor-all') : no('role-without-patients');
  }
  if (facts === null) return no('not-linked');
  if (facts.personId !== viewer.personId) return no('other-person');
  if (viewer.examId !== null && viewer.examId !== facts.examId) return no('other-exam');
  if (!facts.published) return no('not-published');
  const part = partOf(permission);
  if (part !== null && facts.parts !== undefined && !facts.parts.includes(part))
    return no('part-not-published');
  return yes(viewer.examId === null ? 'own-person' : 'own-exam');
}

/** Throws what an absent object throws, so that nobody learns which ids exist. */
export function requireExam(
  viewer: Viewer,
  facts: ExamFacts | null,
  permission: Permission = 'exam.view',
): void {
  if (!mayViewExam(viewer, facts, permission).allowed) throw new AppError('request.not_found');
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

const yes = (rule: string): ViewVerdict => ({ allowed: true, rule });
const no = (rule: string): ViewVerdict => ({ allowed: false, rule });
