// The typed map of news between modules: topic -> what it carries -> the jobs it starts. A topic has one
// producer; grep its name to see it. Add a consumer by adding its job name here and registering the job.
import type { Tx } from '../db/index.ts';
import { insertEvent, insertJob } from './repo.ts';
import { announceWork } from './wake.ts';

type Row = { payload: Record<string, unknown>; consumers: readonly string[] };

/** Declares a topic's payload type beside its consumers. */
function topic<P extends Record<string, unknown>>(
  ...consumers: string[]
): { payload: P; consumers: readonly string[] } {
  return { payload: {} as P, consumers };
}

export const topics = {
  /** A study has been quiet long enough; also sent again when its link to an exam changed. */
  'archive.study_settled': topic<{ studyId: string; studyInstanceUid: string }>(
    'media.prepare_study',
    'archive.apply_rejections',
    'protect.label_exam',
    'share.evaluate_publication',
    'archive.plan_availability',
    'routing.apply_rules',
  ),
  /** A node answered for what we sent it, or never did (archive/commitment). */
  'archive.commitment_answered': topic<{
    transactionUid: string;
    state: 'answered' | 'overdue' | 'undeliverable';
  }>(),
  /** Objects of the study are stored in another transfer syntax now; pixels and meaning are the same. */
  'archive.study_recoded': topic<{ studyId: string; studyInstanceUid: string }>('media.prepare_study'),
  /** A policy wants a lossy preview of an instance beside the lossless one. */
  'archive.preview_wanted': topic<{ instanceId: string; ratio: number; policyName: string }>(
    'media.make_preview',
  ),
  'media.study_ready': topic<{ studyId: string; studyInstanceUid: string }>('share.evaluate_publication'),
  /** An order, a report or a merge made or changed the exam: what waits for it may be linked now. */
  'orders.exam_changed': topic<{ examId: string }>(
    'archive.relink_studies',
    'reports.relink_reports',
    'protect.label_exam',
    'share.evaluate_publication',
  ),
  'reports.report_changed': topic<{ reportId: string; version: number }>(
    'reports.render_version',
    'protect.label_exam',
    'share.evaluate_publication',
  ),
  'share.exam_published': topic<{
    examId: string;
    kind: 'ready' | 'revised' | 'withdrawn';
    reportId: string;
    version: number;
  }>('notify.announce_exam'),
} as const satisfies Record<string, Row>;

export type Topic = keyof typeof topics;
export type TopicPayload<T extends Topic> = (typeof topics)[T]['payload'];

/** Writes the event and one job per consumer in the producer's transaction: both commit, or neither. */
export async function publish<T extends Topic>(tx: Tx, name: T, payload: TopicPayload<T>): Promise<void> {
  await insertEvent(tx, name, payload);
  for (const consumer of topics[name].consumers) await insertJob(tx, consumer, payload, {});
  if (topics[name].consumers.length > 0) announceWork();
}
