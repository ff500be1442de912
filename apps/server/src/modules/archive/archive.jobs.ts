// Jobs of the archive: the beat that settles quiet studies, linking again when an exam changed, and in the night the
// sweep of files that no row knows and the folding of day counts.
import type { JobTable } from '../../jobs/index.ts';
import { getStudiesToRelink } from '../orders/index.ts';
import { foldDays } from './query/fold-days.ts';
import { relinkStudy, settleStudies } from './settle-study.ts';

export const archiveJobs: JobTable = {
  'archive.settle_studies': {
    concurrency: 1,
    maxAttempts: 1, // the next beat comes soon
    timeoutMs: 5 * 60_000,
    run: async (ctx, job) => {
      await settleStudies(ctx, job.signal);
    },
  },
  'archive.relink_studies': async (ctx, job) => {
    const examId = String(job.payload.examId);
    for (const studyInstanceUid of await getStudiesToRelink(ctx.db, examId)) {
      job.signal.throwIfAborted();
      await relinkStudy(ctx, studyInstanceUid);
    }
  },
  'archive.fold_days': {
    concurrency: 1,
    timeoutMs: 60_000,
    run: (ctx) => foldDays(ctx),
  },
  'archive.sweep_orphans': {
    concurrency: 1,
    timeoutMs: 6 * 3_600_000,
    run: async (ctx, job) => {
      const { seen, removed, bytes } = await ctx.blobs.sweepOrphans({ signal: job.signal });
      ctx.log.info({ event: 'archive.orphans_swept', count: seen, files: removed, bytes });
    },
  },
};
