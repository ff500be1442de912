// The list of exams: a patient's own published ones over all their hospital numbers, or the whole worklist.
// The scope comes from the session alone; the query can only narrow it.
import type { ExamList, ExamQuery } from '@yunying/api';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { Viewer } from '../access/index.ts';
import { type ExamScope, findExams } from '../orders/index.ts';
import { toListItems } from './exam-items.ts';

export async function listExams(
  ctx: Pick<Context, 'db' | 'clock'>,
  viewer: Viewer,
  query: ExamQuery,
): Promise<ExamList> {
  const scope = scopeOf(viewer, ctx.clock.now());
  const page = await findExams(ctx.db, scope, viewer.kind === 'patient' ? ownQuery(query) : query);
  return {
    items: await toListItems(ctx.db, viewer, page.items),
    nextCursor: page.nextCursor,
    total: page.total,
    totalIsFloor: page.totalIsFloor,
  };
}

export function scopeOf(viewer: Viewer, now: Date): ExamScope {
  if (viewer.kind === 'patient') return { kind: 'person', personId: viewer.personId, examId: viewer.examId };
  if (viewer.kind === 'anonymous') throw new AppError('access.forbidden');
  return { kind: 'rights', authority: viewer.authority, permission: 'exam.list', now };
}

/** A patient cannot ask for somebody: the row id would tell whether it exists. */
function ownQuery(query: ExamQuery): ExamQuery {
  const { patientId: _ignored, ...rest } = query;
  return rest;
}
