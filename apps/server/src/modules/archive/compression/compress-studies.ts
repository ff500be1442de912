// The walk over old studies by the policies. One run at a time; its cursor is kept study by study, and each instance
// is decided in its own transaction, so that a run which is cut off goes on where it was and does nothing twice.
import type { JobRun } from '../../../jobs/index.ts';
import { publish } from '../../../jobs/index.ts';
import { getSetting } from '../../settings/index.ts';
import { choosePolicies, leastAgeDays } from './choose-policy.ts';
import { type CompressionPart, dropBlob, replaceInstance } from './replace-instance.ts';
import * as repo from './repo.ts';
import { retireSuperseded } from './roll-back.ts';

type Run = Pick<JobRun, 'signal' | 'progress'>;
type Study = Awaited<ReturnType<typeof repo.selectStudies>>[number];
type Part = CompressionPart & { clock: { now(): Date } };

const studiesAtOnce = 100;
const forgottenHours = 24;
const dayMs = 24 * 3_600_000;

export async function compressStudies(ctx: Part, job: Run): Promise<repo.RunRow | null> {
  const grace = await getSetting(ctx.db, 'compression.grace_hours');
  await retireSuperseded(ctx, grace, job.signal);
  for (const blobId of await repo.selectForgotten(ctx.db, forgottenHours)) await dropBlob(ctx, blobId);
  const policies = await repo.selectPolicies(ctx.db);
  const least = leastAgeDays(policies);
  if (least === null) return null;
  const run = (await repo.selectUnfinishedRun(ctx.db)) ?? (await repo.insertRun(ctx.db));
  const receivedBefore = new Date(ctx.clock.now().getTime() - least * dayMs);
  const left = await repo.countStudies(ctx.db, run.cursor_study_id, receivedBefore);
  const total = run.studies + left;
  let [cursor, done] = [run.cursor_study_id, run.studies];
  for (;;) {
    const studies = await repo.selectStudies(ctx.db, cursor, receivedBefore, studiesAtOnce);
    for (const study of studies) {
      const tally = await compressStudy(ctx, study, policies, job.signal);
      await repo.advanceRun(ctx.db, run.id, study.id, tally);
      cursor = study.id;
      done += 1;
      await job.progress(Math.min(done, total), total);
    }
    if (studies.length < studiesAtOnce) break;
  }
  await repo.finishRun(ctx.db, run.id);
  return (await repo.selectLastRun(ctx.db)) ?? null;
}

async function compressStudy(
  ctx: Part,
  study: Study,
  policies: readonly repo.PolicyRow[],
  signal: AbortSignal,
): Promise<repo.Tally> {
  const tally: repo.Tally = { replaced: 0, previewed: 0, refused: 0, failed: 0 };
  const days = (ctx.clock.now().getTime() - study.received_at.getTime()) / dayMs;
  const policyFor = (one: repo.Candidate) => choosePolicies(policies, { modality: one.modality, days });
  const undecided = await repo.selectUndecided(ctx.db, study.id, 'replace');
  await eachAtOnce(undecided, ctx.codec.size, async (instance) => {
    signal.throwIfAborted();
    const policy = policyFor(instance).replace;
    if (policy === null) return;
    try {
      const outcome = await replaceInstance(ctx, instance, policy.name, signal);
      if (outcome !== 'changed') tally[outcome] += 1;
    } catch (error) {
      signal.throwIfAborted();
      // The store or the database had a bad moment: this object waits for the next run, the others go on.
      tally.failed += 1;
      ctx.log.warn({ event: 'archive.compression_failed', instanceId: instance.id, error });
    }
  });
  for (const instance of await repo.selectUndecided(ctx.db, study.id, 'preview')) {
    const policy = policyFor(instance).preview;
    if (policy === null || policy.ratio === null) continue;
    const ask = { instanceId: instance.id, ratio: policy.ratio, policyName: policy.name };
    await ctx.db.transaction().execute((tx) => publish(tx, 'archive.preview_wanted', ask));
    tally.previewed += 1;
  }
  if (tally.replaced > 0) {
    await repo.updateStudySize(ctx.db, study.id);
    const { id: studyId, study_instance_uid: studyInstanceUid } = study;
    await ctx.db
      .transaction()
      .execute((tx) => publish(tx, 'archive.study_recoded', { studyId, studyInstanceUid }));
    ctx.log.info({ event: 'archive.study_compressed', studyInstanceUid, count: tally.replaced });
  }
  return tally;
}

async function eachAtOnce<T>(
  list: readonly T[],
  lanes: number,
  run: (one: T) => Promise<void>,
): Promise<void> {
  const queue = list[Symbol.iterator]();
  const lane = async () => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) await run(next.value);
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(lanes, list.length)) }, lane));
}
