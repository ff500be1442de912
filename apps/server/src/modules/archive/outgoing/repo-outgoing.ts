// SQL of what leaves the archive: which instances an identifier means, in the order they are sent, and their rows.
import { sql } from 'kysely';
import type { Db, Tx } from '../../../db/index.ts';
import { type Rights, studyCondition } from '../../access/index.ts';
import type { PlacedInstance } from '../archive-types.ts';

// Hidden rows (deleted, rejected, merged) never leave.

/** Every list that is given narrows the answer; an empty ask would mean everything and is never made. */
export type OutgoingAsk = {
  patientId?: string;
  studyInstanceUids?: readonly string[];
  seriesInstanceUids?: readonly string[];
  sopInstanceUids?: readonly string[];
  /** Of the peer that asks; absent where a rule of ours sends. */
  rights?: Rights;
};

export type ObjectRef = {
  id: string;
  sopInstanceUid: string;
  sopClassUid: string;
  transferSyntaxUid: string;
  studyInstanceUid: string;
};

/** Without the pixel layouts, which are long: the rows of 100,000 instances stay in memory for one retrieve. */
export function selectObjects(db: Db | Tx, ask: OutgoingAsk, limit: number): Promise<ObjectRef[]> {
  let query = db
    .selectFrom('instance')
    .innerJoin('series', 'series.id', 'instance.series_id')
    .innerJoin('study', 'study.id', 'instance.study_id')
    .select([
      'instance.id',
      'instance.sop_instance_uid as sopInstanceUid',
      'instance.sop_class_uid as sopClassUid',
      'instance.transfer_syntax_uid as transferSyntaxUid',
      'study.study_instance_uid as studyInstanceUid',
    ])
    .where('instance.hidden_at', 'is', null)
    .where('series.hidden_at', 'is', null)
    .where('study.hidden_at', 'is', null);
  if (ask.rights !== undefined)
    query = query.where(sql<boolean>`${studyCondition({ ...ask.rights, pseudonyms: false })}`);
  if (ask.patientId !== undefined) query = query.where('study.patient_id', '=', ask.patientId);
  if (ask.studyInstanceUids !== undefined)
    query = query.where('study.study_instance_uid', 'in', [...ask.studyInstanceUids]);
  if (ask.seriesInstanceUids !== undefined)
    query = query.where('series.series_instance_uid', 'in', [...ask.seriesInstanceUids]);
  if (ask.sopInstanceUids !== undefined)
    query = query.where('instance.sop_instance_uid', 'in', [...ask.sopInstanceUids]);
  return query
    .orderBy('instance.study_id')
    .orderBy('series.series_number', (o) => o.asc().nullsLast())
    .orderBy('instance.series_id')
    .orderBy('instance.instance_number', (o) => o.asc().nullsLast())
    .orderBy('instance.sop_instance_uid')
    .limit(limit)
    .execute();
}

export function selectPlaced(db: Db | Tx, ids: readonly string[]): Promise<PlacedInstance[]> {
  return db
    .selectFrom('instance')
    .innerJoin('series', 'series.id', 'instance.series_id')
    .innerJoin('study', 'study.id', 'instance.study_id')
    .selectAll('instance')
    .select(['study.study_instance_uid', 'series.series_instance_uid'])
    .where('instance.id', 'in', [...ids])
    .where('instance.hidden_at', 'is', null)
    .where('series.hidden_at', 'is', null)
    .where('study.hidden_at', 'is', null)
    .execute();
}
