// The history of sends and the pulls as the console lists them: UIDs, counts and reasons, nothing of a patient.
import type { RoutingPull, RoutingSend, RoutingSendPage, RoutingSendState } from '@yunying/api';
import type { Db } from '../../db/index.ts';
import { getNode } from '../nodes/index.ts';
import * as repo from './repo.ts';
import * as pulls from './repo-pull.ts';

type PageAsk = { cursor: string | null; limit: number };

export async function listSends(
  db: Db,
  ask: PageAsk & { state: RoutingSendState | null; studyInstanceUid?: string },
): Promise<RoutingSendPage> {
  const [rows, counts] = await Promise.all([
    repo.selectSends(db, {
      state: ask.state,
      beforeId: ask.cursor,
      limit: ask.limit + 1,
      ...(ask.studyInstanceUid === undefined ? {} : { studyInstanceUid: ask.studyInstanceUid }),
    }),
    repo.countSends(db),
  ]);
  const shown = rows.slice(0, ask.limit);
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return {
    items: shown.map((row) => toSend(row, row.node_name)),
    nextCursor: rows.length > ask.limit ? (shown.at(-1)?.id ?? null) : null,
    total: ask.state === null ? all : counts[ask.state],
    counts,
  };
}

const mostOfStudy = 50;

/** Newest first; `asker` as the history writes who asked. */
export async function listSendsOf(
  db: Db,
  studyInstanceUid: string,
  asker: string,
): Promise<(RoutingSend & { own: boolean })[]> {
  const rows = await repo.selectSends(db, {
    state: null,
    studyInstanceUid,
    beforeId: null,
    limit: mostOfStudy,
  });
  return rows.map((row) => ({ ...toSend(row, row.node_name), own: row.asked_by === asker }));
}

export async function sendItem(db: Db, row: repo.SendRow): Promise<RoutingSend> {
  return toSend(row, (await getNode(db, row.node_id)).name);
}

export async function listPulls(
  db: Db,
  ask: PageAsk,
): Promise<{ items: RoutingPull[]; nextCursor: string | null; total: number }> {
  const rows = await pulls.selectPulls(db, { beforeId: ask.cursor, limit: ask.limit + 1 });
  const shown = rows.slice(0, ask.limit);
  const counts = await pulls.countPullStudies(
    db,
    shown.map((row) => row.id),
  );
  return {
    items: shown.map((row) => toPull(row, row.node_name, counts.get(row.id))),
    nextCursor: rows.length > ask.limit ? (shown.at(-1)?.id ?? null) : null,
    total: shown.length,
  };
}

export async function pullItem(db: Db, row: pulls.PullRow): Promise<RoutingPull> {
  const counts = await pulls.countPullStudies(db, [row.id]);
  return toPull(row, (await getNode(db, row.node_id)).name, counts.get(row.id));
}

function toSend(row: repo.SendRow, nodeName: string): RoutingSend {
  return {
    id: row.id,
    studyInstanceUid: row.study_instance_uid,
    nodeName,
    origin: row.origin === 'rule' ? 'rule' : row.origin === 'staff' ? 'staff' : 'command',
    state: sendStates.find((state) => state === row.state) ?? 'failed',
    cancelling: row.cancel_asked_at !== null && row.state === 'sending',
    attempts: row.attempts,
    instanceCount: row.instance_count,
    sentCount: row.sent_count,
    failedCount: row.failed_count,
    lastError: row.last_error,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

const sendStates = ['waiting', 'sending', 'sent', 'failed', 'cancelled'] as const;
const pullStates = ['waiting', 'running', 'done', 'stopped', 'failed'] as const;

function toPull(row: pulls.PullRow, nodeName: string, counts: pulls.PullCounts | undefined): RoutingPull {
  const state = pullStates.find((one) => one === row.state) ?? 'failed';
  return {
    id: row.id,
    nodeName,
    method: row.method === 'get' ? 'get' : 'move',
    from: row.from_date,
    to: row.to_date,
    byPatient: row.patient_id !== null,
    nextDate: row.next_date,
    state,
    stopping: row.stop_asked_at !== null && (state === 'waiting' || state === 'running'),
    studiesFound: counts?.found ?? 0,
    studiesComplete: counts?.complete ?? 0,
    studiesFailed: counts?.failed ?? 0,
    instancesFetched: counts?.fetched ?? 0,
    lastError: row.last_error,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}
