// Object-level refusal at an HTTP door: asks the one rule, writes the refusal into the trail with the real object,
// and answers like an absent object (404), so that trying ids teaches nothing.
import type { Permission } from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import type { Db } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { auditRefusal } from '../audit/index.ts';
import { type ExamFacts, mayViewExam } from './may-view-exam.ts';
import { type Viewer, viewerOf } from './viewer.ts';

export type Door = {
  permission: Permission;
  /** Audit event of the refused act: 'exam.viewed', 'study.opened' … */
  event: string;
  objectType: string;
  objectId: string;
  studyInstanceUid?: string;
};

/** Answers the viewer when the exam may be seen. */
export async function enforceExam(
  db: Db,
  req: FastifyRequest,
  facts: ExamFacts,
  door: Door,
): Promise<Viewer> {
  const viewer = viewerOf(req);
  const verdict = mayViewExam(viewer, facts, door.permission);
  if (verdict.allowed) return viewer;
  const { permission, ...about } = door;
  await auditRefusal(db, {
    ...about,
    viewer,
    resultCode: verdict.rule,
    detail: { permission },
    request: req,
  });
  throw new AppError('request.not_found');
}
