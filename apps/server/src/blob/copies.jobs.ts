// Jobs of the stores: sealing, second copies and the scrubber on a beat, repair of one object when a reader met a bad copy. A beat
// whose store is away ends without an error, for the next one comes soon; how things stand is told by health().
import type { Context } from '../context.ts';
import { AppError } from '../errors.ts';
import type { JobDeclaration, JobRun, JobTable } from '../jobs/index.ts';

type Part = Pick<Context, 'blobs' | 'metrics'>;

export function copyJobs({ blobs, metrics }: Part): JobTable {
  const written = metrics.counter('yunying_copies_written_total', 'Second and repaired copies written.');
  const damaged = metrics.counter(
    'yunying_copies_damaged_total',
    'Stored copies found missing, cut or changed.',
  );
  const repaired = metrics.counter('yunying_copies_repaired_total', 'Copies written in place of bad ones.');
  const scrubbed = metrics.counter(
    'yunying_scrub_bytes_total',
    'Bytes of stored copies read back and checked.',
  );
  return {
    'archive.seal_blobs': beat(async (job) => {
      const { sealed, damaged: bad } = await blobs.seal({ signal: job.signal });
      damaged.inc(bad);
      if (sealed + bad > 0) job.log.info({ event: 'archive.blobs_sealed', count: sealed, damaged: bad });
    }),
    'archive.second_copies': beat(async (job) => {
      const { copied, failed } = await blobs.makeSecondCopies(job);
      written.inc(copied);
      if (copied + failed > 0) job.log.info({ event: 'archive.copies_made', count: copied, failed });
    }),
    'archive.scrub_copies': beat(async (job) => {
      const outcome = await blobs.scrub(job);
      scrubbed.inc(outcome.bytes);
      damaged.inc(outcome.damaged);
      written.inc(outcome.copied);
      const { checked: count, bytes, damaged: bad, copied: files, failed } = outcome;
      if (count > 0)
        job.log.info({ event: 'archive.copies_scrubbed', count, bytes, damaged: bad, files, failed });
    }),
    'archive.repair_copies': {
      concurrency: 2,
      run: async (_ctx, job) => {
        const blobId = String(job.payload.blobId);
        const { bad, written: count } = await blobs.repair(blobId, job.signal);
        damaged.inc(bad);
        repaired.inc(count);
        job.log.warn({ event: 'archive.copies_repaired', blobId, damaged: bad, count });
      },
    },
  };
}

/** Ends before the next beat (60 s), so that one worker at a time does it. */
function beat(run: (job: JobRun) => Promise<void>): JobDeclaration {
  return {
    concurrency: 1,
    maxAttempts: 1,
    timeoutMs: 10 * 60_000,
    run: (_ctx, job) => untilNextBeat(run, job),
  };
}

async function untilNextBeat(run: (job: JobRun) => Promise<void>, job: JobRun): Promise<void> {
  try {
    await run(job);
  } catch (error) {
    const isStore =
      error instanceof AppError && (error.code === 'storage.unavailable' || error.code === 'storage.full');
    if (!isStore) throw error;
    job.log.warn({ event: 'blob.beat_cut_short', error });
  }
}
