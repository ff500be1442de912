// One study of a pull: fetch what is missing, count again, keep the verdict. Of a study that we hold in part only the
// series that lack something are fetched. Count of the peer unknown: fetched once, and what it says it sent counts.
import { statusCategory, statusName } from '@yunying/dimse';
import type { Context } from '../../context.ts';
import { recordAudit } from '../audit/index.ts';
import type { FetchResult, PeerArchive } from './peer-archive.ts';
import * as repo from './repo-pull.ts';

type Part = Pick<Context, 'db' | 'log'>;

export async function fetchStudy(
  ctx: Part,
  peer: PeerArchive,
  study: repo.PullStudyRow,
  stop: AbortSignal,
): Promise<void> {
  const { pull_id: pullId, study_instance_uid: studyInstanceUid, remote_count: wanted } = study;
  const before = await heldSeries(ctx, studyInstanceUid);
  const results: FetchResult[] = [];
  if (wanted === null || total(before) < wanted) {
    for (const series of await chooseSeries(peer, studyInstanceUid, before)) {
      if (stop.aborted) return;
      results.push(await peer.fetch(studyInstanceUid, series, stop));
    }
  }
  if (stop.aborted) return; // stays 'found': the next run goes on with it
  const held = total(await heldSeries(ctx, studyInstanceUid));
  const failed = results.reduce((sum, one) => sum + one.failed, 0);
  const bad =
    results.find((one) => one.status !== 0 && one.failed > 0) ?? results.find((one) => isFailure(one.status));
  const isComplete = wanted === null ? failed === 0 && bad === undefined : held >= wanted;
  await repo.updatePullStudy(
    ctx.db,
    { pullId, studyInstanceUid },
    {
      state: isComplete ? 'complete' : 'failed',
      our_count: held,
      error: isComplete ? null : reasonOf(wanted, held, bad),
    },
  );
  await recordAudit(ctx.db, {
    event: 'routing.study_pulled',
    actor: { kind: 'system', id: 'routing' },
    objectType: 'study',
    objectId: studyInstanceUid,
    studyInstanceUid,
    result: isComplete ? 'ok' : 'error',
    detail: { pullId, remote: wanted, held, fetched: held - total(before) },
  });
}

/** B000 without failed sub-operations only warns: what we held stayed ours. */
function isFailure(code: number): boolean {
  return code !== 0 && statusCategory(code) !== 'warning';
}

/** null: the study as a whole. */
async function chooseSeries(
  peer: PeerArchive,
  studyInstanceUid: string,
  held: ReadonlyMap<string, number>,
): Promise<(string | null)[]> {
  if (held.size === 0) return [null];
  const series = await peer.findSeries(studyInstanceUid);
  const lacking = series.filter(
    ({ seriesInstanceUid, count }) => count === null || (held.get(seriesInstanceUid) ?? 0) < count,
  );
  return lacking.length === 0 ? [null] : lacking.map((one) => one.seriesInstanceUid);
}

async function heldSeries(ctx: Part, studyInstanceUid: string): Promise<Map<string, number>> {
  const rows = await repo.countOurs(ctx.db, [studyInstanceUid]);
  return new Map(rows.map((row) => [row.series, row.count]));
}

function total(held: ReadonlyMap<string, number>): number {
  return [...held.values()].reduce((sum, count) => sum + count, 0);
}

function reasonOf(wanted: number | null, held: number, bad: FetchResult | undefined): string {
  const said = bad === undefined ? 'success' : statusName(bad.status);
  return `${held} of ${wanted ?? '?'} instances; the peer answered: ${said}`.slice(0, 300);
}
