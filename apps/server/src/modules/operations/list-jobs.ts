// Jobs as the console lists them, and putting a dead one back to work.
import type { JobCounts } from '@yunying/api';
import type { Context } from '../../context.ts';
import type { Db } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import * as repo from './repo.ts';

export type { JobRow, JobState } from './repo.ts';

export type JobsAsk = { state: repo.JobState; cursor: string | null; limit: number };
export type JobsPage = { items: repo.JobRow[]; nextCursor: string | null; total: number; counts: JobCounts };

export async function listJobs(db: Db, ask: JobsAsk): Promise<JobsPage> {
  const [rows, counts] = await Promise.all([
    repo.selectJobs(db, { state: ask.state, beforeId: ask.cursor, limit: ask.limit + 1 }),
    repo.countJobs(db),
  ]);
  const items = rows.slice(0, ask.limit);
  const nextCursor = rows.length > ask.limit ? (items.at(-1)?.id ?? null) : null;
  return { items, nextCursor, total: counts[ask.state], counts };
}

/** Only a dead job: one that waits or runs needs no one. Answers it as it stands then. */
export async function retryDeadJob(ctx: Pick<Context, 'db' | 'jobs'>, id: string): Promise<repo.JobRow> {
  const job = await getJob(ctx.db, id);
  if (job.state !== 'dead') throw new AppError('jobs.not_dead', { id });
  try {
    await ctx.jobs.retry(ctx.db, id);
  } catch (error) {
    // The index job_dedupe: the same work was asked for again meanwhile and waits in the queue.
    if (error instanceof Error && 'code' in error && error.code === '23505')
      throw new AppError('jobs.queued_again', { id });
    throw error;
  }
  return getJob(ctx.db, id);
}

async function getJob(db: Db, id: string): Promise<repo.JobRow> {
  const job = await repo.selectJob(db, id);
  if (job === undefined) throw new AppError('request.not_found');
  return job;
}
