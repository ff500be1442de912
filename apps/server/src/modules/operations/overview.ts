// Today's numbers for the console: what came in, what waits for a person, how work and room stand. Counts only, so
// any administrator of the system may see them. The day is the hospital's (UTC+8, no summer time).
import type { Overview } from '@yunying/api';
import type { Context } from '../../context.ts';
import * as repo from './repo.ts';

const dayMs = 86_400_000;
const hospitalOffsetMs = 8 * 3_600_000;
/** Adding up every stored file reads a whole table, so it is done seldom, and once for all who ask at the same time. */
const usedBytesForMs = 300_000;
const healthForMs = 30_000;

export type OverviewReader = () => Promise<Overview>;

export function createOverview(ctx: Pick<Context, 'db' | 'blobs' | 'clock'>): OverviewReader {
  const usedBytes = remember(ctx.clock, usedBytesForMs, () => repo.sumLiveBytes(ctx.db));
  const health = remember(ctx.clock, healthForMs, () => ctx.blobs.health());
  return async () => {
    const [receivedToday, open, jobs, oldestQueuedSeconds, used, room, copies] = await Promise.all([
      repo.countReceived(ctx.db, startOfHospitalDay(ctx.clock.now())),
      repo.countOpenWork(ctx.db),
      repo.countJobs(ctx.db),
      repo.oldestQueuedSeconds(ctx.db),
      usedBytes(),
      ctx.blobs.room(),
      health(),
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
      storesAway: copies.stores.filter(({ answers }) => !answers).length,
      secondCopies: copies.stores.some(({ use }) => use === 'second'),
      copiesMissing: copies.withoutSecond,
      objectsLost: copies.withoutWhole,
      oldestCheckAt: copies.oldestCheckAt?.toISOString() ?? null,
    };
  };
}

export function startOfHospitalDay(now: Date): Date {
  const local = now.getTime() + hospitalOffsetMs;
  return new Date(local - (local % dayMs) - hospitalOffsetMs);
}

function remember<T>(clock: Context['clock'], forMs: number, ask: () => Promise<T>): () => Promise<T> {
  let last: { at: number; value: Promise<T> } | null = null;
  return () => {
    const now = clock.now().getTime();
    if (last !== null && now - last.at < forMs) return last.value;
    const value = ask();
    const mine = { at: now, value };
    last = mine;
    value.catch(() => {
      if (last === mine) last = null; // a failed answer is not remembered
    });
    return value;
  };
}
