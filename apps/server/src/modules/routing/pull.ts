// Pulling from another archive: by days or for one patient. `startPull` writes the row and its job; the job asks day by
// day which studies the peer has, compares counts with ours, and fetches what is missing. Everything found is a row,
// so a restart goes on where it was; a person can stop it, and have it go on later.
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { JobRun } from '../../jobs/index.ts';
import { getNode, type NodeRow } from '../nodes/index.ts';
import { fetchStudy } from './fetch-study.ts';
import { PeerArchive } from './peer-archive.ts';
import * as repo from './repo-pull.ts';

export const pullJob = 'routing.pull';
const studiesAtOnce = 50;
const stopLookMs = 1_000;
const mostDays = 366 * 30;

type Part = Pick<Context, 'db' | 'jobs' | 'clock'>;
export type PullAsk = {
  method: 'move' | 'get';
  /** YYYYMMDD, both included. */
  from: string | null;
  to: string | null;
  patientId: string | null;
};

export async function startPull(ctx: Part, node: NodeRow, ask: PullAsk): Promise<repo.PullRow> {
  if (node.kind !== 'dicom' || node.host === null || node.port === null)
    throw new AppError('nodes.no_address', { kind: node.kind });
  const { from, to, patientId } = ask;
  if (patientId === null && (from === null || to === null))
    throw new AppError('request.invalid', { field: 'from' });
  if (patientId === null && daysBetween(from, to) === null)
    throw new AppError('request.invalid', { field: 'to' });
  return ctx.db.transaction().execute(async (tx) => {
    const pull = await repo.insertPull(
      tx,
      {
        node_id: node.id,
        method: ask.method,
        from_date: from,
        to_date: to,
        patient_id: patientId,
        next_date: patientId === null ? from : null,
      },
      ctx.clock.now(),
    );
    await ctx.jobs.enqueue(tx, pullJob, { pullId: pull.id }, { key: pull.id });
    return pull;
  });
}

/** The running job notices within a second; a waiting one ends at once. */
export async function stopPull(ctx: Part, id: string): Promise<repo.PullRow> {
  const pull = await getPull(ctx, id);
  if (pull.state !== 'waiting' && pull.state !== 'running') throw new AppError('routing.pull_ended');
  await repo.updatePull(ctx.db, id, { stop_asked_at: ctx.clock.now() });
  return getPull(ctx, id);
}

/** Goes on where it was; studies that failed are tried again. */
export async function resumePull(ctx: Part, id: string): Promise<repo.PullRow> {
  const pull = await getPull(ctx, id);
  if (pull.state === 'waiting' || pull.state === 'running') throw new AppError('routing.pull_running');
  await ctx.db.transaction().execute(async (tx) => {
    await repo.reopenFailed(tx, id);
    await repo.updatePull(tx, id, {
      state: 'waiting',
      stop_asked_at: null,
      finished_at: null,
      last_error: null,
    });
    await ctx.jobs.enqueue(tx, pullJob, { pullId: id }, { key: id });
  });
  return getPull(ctx, id);
}

export async function getPull(ctx: Pick<Context, 'db'>, id: string): Promise<repo.PullRow> {
  const pull = await repo.selectPull(ctx.db, id);
  if (pull === undefined) throw new AppError('request.not_found');
  return pull;
}

export async function performPull(ctx: Context, job: JobRun, pullId: string): Promise<void> {
  const pull = await repo.selectPull(ctx.db, pullId);
  if (pull === undefined || pull.state === 'done' || pull.state === 'stopped') return;
  if (pull.stop_asked_at !== null) {
    await repo.updatePull(ctx.db, pullId, { state: 'stopped', finished_at: ctx.clock.now() });
    return;
  }
  const node = await getNode(ctx.db, pull.node_id);
  await repo.updatePull(ctx.db, pullId, { state: 'running', started_at: pull.started_at ?? ctx.clock.now() });
  const stop = watchStop(ctx, pullId, job.signal);
  const peer = new PeerArchive(ctx, node, pull.method === 'get' ? 'get' : 'move', job.signal);
  try {
    await work(ctx, job, pull, peer, stop.signal);
    if (!stop.signal.aborted) await end(ctx, pullId);
    else if (!job.signal.aborted)
      await repo.updatePull(ctx.db, pullId, { state: 'stopped', finished_at: ctx.clock.now() });
  } catch (error) {
    await keepError(ctx, job, pullId, error);
    throw error instanceof AppError
      ? error
      : new AppError('nodes.no_answer', { node: node.name }, { cause: error });
  } finally {
    stop.end();
    await peer.close();
  }
  job.signal.throwIfAborted();
}

async function work(
  ctx: Context,
  job: JobRun,
  pull: repo.PullRow,
  peer: PeerArchive,
  stop: AbortSignal,
): Promise<void> {
  await fetchFound(ctx, job, pull.id, peer, stop); // what an earlier run found and did not finish
  if (pull.patient_id !== null) {
    await find(ctx, pull.id, peer, { patientId: pull.patient_id });
    await fetchFound(ctx, job, pull.id, peer, stop);
    return;
  }
  for (const day of eachDay(pull.next_date, pull.to_date)) {
    if (stop.aborted) return;
    await find(ctx, pull.id, peer, { studyDate: day });
    await repo.updatePull(ctx.db, pull.id, { next_date: nextDay(day) });
    await fetchFound(ctx, job, pull.id, peer, stop);
  }
}

async function find(
  ctx: Context,
  pullId: string,
  peer: PeerArchive,
  by: { studyDate?: string; patientId?: string },
): Promise<void> {
  const found = await peer.findStudies(by);
  for (let at = 0; at < found.length; at += studiesAtOnce) {
    const batch = found.slice(at, at + studiesAtOnce);
    const ours = await repo.countOurs(
      ctx.db,
      batch.map((study) => study.studyInstanceUid),
    );
    await repo.insertPullStudies(
      ctx.db,
      batch.map(({ studyInstanceUid, studyDate, count }) => {
        const held = ours
          .filter((row) => row.study === studyInstanceUid)
          .reduce((sum, row) => sum + row.count, 0);
        return {
          pull_id: pullId,
          study_instance_uid: studyInstanceUid,
          study_date: studyDate,
          remote_count: count,
          our_count: held,
          first_count: held,
          state: count !== null && held >= count ? 'complete' : 'found',
        };
      }),
    );
  }
}

async function fetchFound(
  ctx: Context,
  job: JobRun,
  pullId: string,
  peer: PeerArchive,
  stop: AbortSignal,
): Promise<void> {
  for (;;) {
    const studies = await repo.selectPullStudies(ctx.db, pullId, 'found', studiesAtOnce);
    if (studies.length === 0) return;
    for (const study of studies) {
      if (stop.aborted) return;
      await fetchStudy(ctx, peer, study, stop);
      const counts = (await repo.countPullStudies(ctx.db, [pullId])).get(pullId);
      if (counts !== undefined) await job.progress(counts.complete + counts.failed, counts.found);
    }
  }
}

async function end(ctx: Context, pullId: string): Promise<void> {
  const counts = (await repo.countPullStudies(ctx.db, [pullId])).get(pullId);
  const failed = counts?.failed ?? 0;
  await repo.updatePull(ctx.db, pullId, {
    state: failed === 0 ? 'done' : 'failed',
    last_error: failed === 0 ? null : 'incomplete',
    finished_at: ctx.clock.now(),
  });
}

async function keepError(ctx: Context, job: JobRun, pullId: string, error: unknown): Promise<void> {
  if (job.signal.aborted) return;
  const isLast = job.attempt >= job.maxAttempts || (error instanceof AppError && !error.row.retry);
  const reason = error instanceof AppError ? error.code : error instanceof Error ? error.message : 'failed';
  await repo.updatePull(ctx.db, pullId, {
    last_error: reason.slice(0, 300),
    ...(isLast && { state: 'failed' as const, finished_at: ctx.clock.now() }),
  });
}

/** Aborted when a person asked for the stop, and with the job itself. */
function watchStop(
  ctx: Context,
  pullId: string,
  jobSignal: AbortSignal,
): { signal: AbortSignal; end(): void } {
  const asked = new AbortController();
  const timer = setInterval(() => {
    repo
      .selectPull(ctx.db, pullId)
      .then((pull) => {
        if (pull?.stop_asked_at !== null) asked.abort();
      })
      .catch(() => {}); // the database is away: the work itself will say so
  }, stopLookMs);
  return { signal: AbortSignal.any([asked.signal, jobSignal]), end: () => clearInterval(timer) };
}

function daysBetween(from: string | null, to: string | null): number | null {
  const [start, end] = [dateOf(from), dateOf(to)];
  if (start === null || end === null || end < start) return null;
  const days = Math.round((end.getTime() - start.getTime()) / 86_400_000) + 1;
  return days > mostDays ? null : days;
}

function* eachDay(from: string | null, to: string | null): Generator<string> {
  for (let day = from; day !== null && to !== null && day <= to; day = nextDay(day)) yield day;
}

function nextDay(day: string): string {
  const date = dateOf(day);
  if (date === null) throw new AppError('request.invalid', { field: 'date' });
  date.setUTCDate(date.getUTCDate() + 1);
  return date.toISOString().slice(0, 10).replaceAll('-', '');
}

function dateOf(text: string | null): Date | null {
  if (text === null || !/^\d{8}$/.test(text)) return null;
  const iso = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
  const date = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== iso ? null : date;
}
