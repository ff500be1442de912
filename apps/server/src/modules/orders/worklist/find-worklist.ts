// The waiting exams that a worklist query asks for, oldest appointment first, page by page. Callers: worklist.scp.ts.
import type { Context } from '../../../context.ts';
import { type PlannedExam, planItems } from './plan-items.ts';
import { selectWaiting, type WaitingAsk } from './repo.ts';
import type { Question } from './worklist-question.ts';

const standardPage = 200;
/** Exams looked at for one query: what waits for ten years and is never done must not make a query long. */
const mostLookedAt = 20_000;

export async function* findWorklist(
  ctx: Pick<Context, 'db' | 'clock'>,
  question: Question,
  institutionId: string | null,
  pageSize = standardPage,
): AsyncGenerator<PlannedExam, void> {
  let after: WaitingAsk['after'] = null;
  for (let seen = 0; seen < mostLookedAt; ) {
    const page = await selectWaiting(ctx.db, { ...question.ask, institutionId, after, limit: pageSize });
    const matching = page.filter(question.matches);
    for (const exam of await planItems(ctx.db, matching, ctx.clock.now())) {
      if (question.matchesIds(exam)) yield exam;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = { examAt: last.examAt, examId: last.examId };
    seen += page.length;
  }
}
