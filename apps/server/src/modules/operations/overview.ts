// Today's numbers for the console: what came in, what waits for a person, how work and room stand. Counts only, so
// any administrator of the system may see them. The day is the hospital's (UTC+8, no summer time).
import type { Overview } from '@yunying/api';
import type { Context } from '../../context.ts';
import type { Db } from '../../db/index.ts';
import * as repo from './repo.ts';

const dayMs = 86_400_000;
const hospitalOffsetMs = 8 * 3_600_000;
/** Adding up every stored file reads a whole table, so it is done seldom, and once for all who ask at the same time. */
const usedBytesForMs = 300_000;

export type OverviewReader = () => Promise<Overview>;

export function createOverview(ctx: Pick<Context, 'db' | 'blobs' | 'clock'>): OverviewReader {
  const usedBytes = rememberUsedBytes(ctx);
  return async () => {
    const [receivedToday, open, jobs, oldestQueuedSeconds, used, room] = await Promise.all([
      repo.countReceived(ctx.db, startOfHospitalDay(ctx.clock.now())),
      repo.countOpenWork(ctx.db),
      repo.countJobs(ctx.db),
      repo.oldestQueuedSeconds(ctx.db),
      usedBytes(),
      ctx.blobs.room(),
    ]);
    return {
      receivedToday,
      ...open,
      deadJobs: jobs.dead,
      queuedJobs: jobs.queued,
      runningJobs: jobs.running,
      oldestQueuedSeconds,
      storageUsedBytes: used,
      storageFreeBytes: String(Math.floor(room.freeBytes)),
      storageReserveBytes: String(Math.floor(room.reserveBytes)),
      storageFull: room.full,
    };
  };
}

export function startOfHospitalDay(now: Date): Date {
  const local = now.getTime() + hospitalOffsetMs;
  return new Date(local - (local % dayMs) - hospitalOffsetMs);
}

function rememberUsedBytes(ctx: { db: Db; clock: Context['clock'] }): () => Promise<string> {
  let last: { at: number; value: Promise<string> } | null = null;
  return () => {
    const now = ctx.clock.now().getTime();
    if (last !== null && now - last.at < usedBytesForMs) return last.value;
    const value = repo.sumLiveBytes(ctx.db);
    const mine = { at: now, value };
    last = mine;
    value.catch(() => {
      if (last === mine) last = null; // a failed sum is not remembered
    });
    return value;
  };
}
