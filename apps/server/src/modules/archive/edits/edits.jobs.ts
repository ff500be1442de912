// Jobs of study edits: rejection notes among the objects of a study that has settled.
import type { JobTable } from '../../../jobs/index.ts';
import { applyRejectionNotes } from './reject-objects.ts';

export const editJobs: JobTable = {
  'archive.apply_rejections': async (ctx, job) => {
    const applied = await applyRejectionNotes(ctx, String(job.payload.studyId));
    if (applied > 0) ctx.log.info({ event: 'archive.rejections_applied', count: applied });
  },
};
