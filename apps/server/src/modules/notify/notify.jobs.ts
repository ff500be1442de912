// The job notify.announce_exam: parse, announce, and decide what a failure means. No gateway is not worth a retry
// (the message stays `failed`, an administrator retries once one is configured); a failing gateway is.
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { JobPayload, JobTable } from '../../jobs/index.ts';
import { announceExam, type ExamNews } from './announce-exam.ts';
import { chooseGateway } from './gateway.ts';

export function notifyJobs(ctx: Pick<Context, 'db' | 'clock' | 'config'>): JobTable {
  const gateway = chooseGateway(ctx);
  return {
    'notify.announce_exam': {
      concurrency: 2,
      timeoutMs: 60_000,
      run: async (context, job) => {
        const news = parseNews(job.payload);
        const outcome = await announceExam(context, gateway, news);
        job.log.info({
          event: 'notify.announced',
          examId: news.examId,
          kind: news.kind,
          state: outcome.state,
        });
        if (outcome.state === 'failed' && outcome.code === 'notify.gateway_failed')
          throw new AppError(outcome.code);
      },
    },
  };
}

function parseNews(payload: JobPayload): ExamNews {
  const { examId, kind, reportId, version } = payload;
  const known = kind === 'ready' || kind === 'revised' || kind === 'withdrawn';
  if (typeof examId !== 'string' || typeof reportId !== 'string' || typeof version !== 'number' || !known) {
    throw new AppError('request.invalid', { field: 'payload' });
  }
  return { examId, kind, reportId, version };
}
