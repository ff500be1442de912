// Jobs of the share module. `share.evaluate_publication` is started by four topics; each names what changed, and
// this finds the exam it belongs to. Nothing found = nothing to decide yet, other news will come.
import type { Context } from '../../context.ts';
import { isAppError } from '../../errors.ts';
import type { JobPayload, JobTable } from '../../jobs/index.ts';
import { getStudy } from '../archive/index.ts';
import { getReportVersion } from '../reports/index.ts';
import { publishByRule } from './evaluate-publication.ts';

const evaluateName = 'share.evaluate_publication';

export function shareJobs(): JobTable {
  return {
    [evaluateName]: {
      concurrency: 4,
      timeoutMs: 60_000,
      run: async (ctx, job) => {
        const examId = await examOf(ctx, job.payload);
        if (examId === null) return;
        const outcome = await publishByRule(ctx, examId);
        job.log.info({
          event: 'share.publication_evaluated',
          examId,
          result: outcome.published ? 'published' : 'held',
        });
        if (outcome.askAgainAt === null) return;
        const again = { key: `exam:${examId}`, runAt: outcome.askAgainAt };
        await ctx.jobs.enqueue(ctx.db, evaluateName, { examId }, again);
      },
    },
  };
}

async function examOf(ctx: Pick<Context, 'db'>, payload: JobPayload): Promise<string | null> {
  try {
    if (typeof payload.examId === 'string') return payload.examId;
    if (typeof payload.studyId === 'string') return (await getStudy(ctx.db, { id: payload.studyId })).exam_id;
    if (typeof payload.reportId === 'string' && typeof payload.version === 'number') {
      return (await getReportVersion(ctx.db, payload.reportId, payload.version)).examId;
    }
  } catch (error) {
    if (!isAppError(error, 'request.not_found')) throw error; // gone since: nothing to decide
  }
  return null;
}
