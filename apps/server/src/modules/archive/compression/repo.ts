// SQL of the compression policies: policies, runs, what was decided for instances, figures, and the switch of an
// instance's row to another blob. A function is one statement, or two that belong together.
import { type Insertable, type Selectable, sql } from 'kysely';
import { type Db, newId, type Schema, type Tx } from '../../../db/index.ts';
import type { PlacedInstance } from '../archive-types.ts';

export type PolicyRow = Selectable<Schema['compression_policy']>;
export type RunRow = Selectable<Schema['compression_run']>;
export type DecisionRow = Selectable<Schema['instance_compression']>;
export type NewDecision = Omit<Insertable<Schema['instance_compression']>, 'id' | 'changed_at'>;
export type Candidate = PlacedInstance & { modality: string | null };
export type Placement = Pick<
  PlacedInstance,
  | 'transfer_syntax_uid'
  | 'blob_id'
  | 'size_bytes'
  | 'dataset_offset'
  | 'pixel_layout'
  | 'photometric_interpretation'
>;

export function selectPolicies(db: Db | Tx): Promise<PolicyRow[]> {
  return db.selectFrom('compression_policy').selectAll().orderBy('position').execute();
}

export async function replacePolicies(
  tx: Tx,
  policies: readonly Omit<Insertable<Schema['compression_policy']>, 'id' | 'position'>[],
): Promise<void> {
  await tx.deleteFrom('compression_policy').execute();
  if (policies.length === 0) return;
  await tx
    .insertInto('compression_policy')
    .values(policies.map((policy, position) => ({ id: newId(), position, ...policy })))
    .execute();
}

export function selectUnfinishedRun(db: Db): Promise<RunRow | undefined> {
  return db
    .selectFrom('compression_run')
    .selectAll()
    .where('state', '=', 'running')
    .orderBy('id', 'desc')
    .executeTakeFirst();
}

export function selectLastRun(db: Db): Promise<RunRow | undefined> {
  return db.selectFrom('compression_run').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirst();
}

export function insertRun(db: Db): Promise<RunRow> {
  return db
    .insertInto('compression_run')
    .values({ id: newId(), state: 'running', started_at: sql`now()` })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export type Tally = { replaced: number; previewed: number; refused: number; failed: number };

export async function advanceRun(db: Db, id: string, studyId: string, tally: Tally): Promise<void> {
  await db
    .updateTable('compression_run')
    .set((e) => ({
      cursor_study_id: studyId,
      studies: e('studies', '+', 1),
      replaced: e('replaced', '+', tally.replaced),
      previewed: e('previewed', '+', tally.previewed),
      refused: e('refused', '+', tally.refused),
      failed: e('failed', '+', tally.failed),
    }))
    .where('id', '=', id)
    .execute();
}

export async function finishRun(db: Db, id: string): Promise<void> {
  await db
    .updateTable('compression_run')
    .set({ state: 'done', finished_at: sql`now()` })
    .where('id', '=', id)
    .execute();
}

/** Studies behind the cursor that are old enough, in order of arrival (ids are made in order of time). */
function oldStudies(db: Db, after: string, receivedBefore: Date) {
  return db
    .selectFrom('study')
    .where('id', '>', after)
    .where('settled_at', 'is not', null)
    .where('hidden_at', 'is', null)
    .where('received_at', '<=', receivedBefore);
}

export function selectStudies(db: Db, after: string, receivedBefore: Date, limit: number) {
  return oldStudies(db, after, receivedBefore)
    .select(['id', 'study_instance_uid', 'received_at'])
    .orderBy('id')
    .limit(limit)
    .execute();
}

export async function countStudies(db: Db, after: string, receivedBefore: Date): Promise<number> {
  const row = await oldStudies(db, after, receivedBefore)
    .select((e) => e.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

function placed(db: Db | Tx) {
  return db
    .selectFrom('instance')
    .innerJoin('series', 'series.id', 'instance.series_id')
    .innerJoin('study', 'study.id', 'instance.study_id')
    .selectAll('instance')
    .select(['study.study_instance_uid', 'series.series_instance_uid', 'series.modality']);
}

/** Images of the study for which this was not decided yet. */
export function selectUndecided(
  db: Db,
  studyId: string,
  action: 'replace' | 'preview',
): Promise<Candidate[]> {
  return placed(db)
    .where('instance.study_id', '=', studyId)
    .where('instance.kind', '=', 'image')
    .where('instance.number_of_frames', '>', 0)
    .where('instance.hidden_at', 'is', null)
    .where('series.hidden_at', 'is', null)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('instance_compression')
            .select('instance_compression.id')
            .whereRef('instance_compression.instance_id', '=', 'instance.id')
            .where('instance_compression.action', '=', action),
        ),
      ),
    )
    .orderBy('instance.id')
    .execute();
}

export function selectPlacedInstance(db: Db | Tx, id: string): Promise<Candidate | undefined> {
  return placed(db).where('instance.id', '=', id).executeTakeFirst();
}

export async function lockPlacement(tx: Tx, id: string): Promise<Placement | undefined> {
  return tx
    .selectFrom('instance')
    .select([
      'transfer_syntax_uid',
      'blob_id',
      'size_bytes',
      'dataset_offset',
      'pixel_layout',
      'photometric_interpretation',
    ])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/** The hash stays that of the data set as received: a sender who sends it again is told "known", not "conflict". */
export async function updatePlacement(
  tx: Tx,
  id: string,
  placement: Placement,
  datasetSha256: string | null,
): Promise<void> {
  await tx
    .updateTable('instance')
    .set({ ...placement, ...(datasetSha256 === null ? {} : { dataset_sha256: datasetSha256 }) })
    .where('id', '=', id)
    .execute();
}

export async function insertDecision(tx: Tx, decision: NewDecision): Promise<void> {
  const row = await tx
    .insertInto('instance_compression')
    .values({ id: newId(), ...decision, changed_at: sql`now()` })
    .onConflict((c) => c.columns(['instance_id', 'action']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (row === undefined) return;
  await addFigure(tx, decision, 1);
}

type Figured = Pick<NewDecision, 'modality' | 'outcome' | 'reason' | 'bytes_before' | 'bytes_after'>;

/** `sign` -1 takes it out of the sums again. */
export async function addFigure(tx: Tx, of: Figured, sign: 1 | -1): Promise<void> {
  const { modality, outcome, reason = '' } = of;
  const [before, after] = [Number(of.bytes_before) * sign, Number(of.bytes_after) * sign];
  await sql`
    INSERT INTO compression_figure (modality, outcome, reason, objects, bytes_before, bytes_after)
    VALUES (${modality}, ${outcome}, ${reason}, ${sign}, ${before}, ${after})
    ON CONFLICT (modality, outcome, reason) DO UPDATE SET
      objects = compression_figure.objects + excluded.objects,
      bytes_before = compression_figure.bytes_before + excluded.bytes_before,
      bytes_after = compression_figure.bytes_after + excluded.bytes_after`.execute(tx);
}

export function selectFigures(db: Db) {
  return db
    .selectFrom('compression_figure')
    .selectAll()
    .where('objects', '>', '0')
    .orderBy('modality')
    .orderBy('outcome')
    .orderBy('reason')
    .execute();
}

export function lockReplacement(tx: Tx, instanceId: string): Promise<DecisionRow | undefined> {
  return tx
    .selectFrom('instance_compression')
    .selectAll()
    .where('instance_id', '=', instanceId)
    .where('action', '=', 'replace')
    .where('outcome', '=', 'replaced')
    .forUpdate()
    .executeTakeFirst();
}

export async function updateRolledBack(
  tx: Tx,
  id: string,
  change: { supersededBlobId: string; by: string },
): Promise<void> {
  await tx
    .updateTable('instance_compression')
    .set({
      outcome: 'rolled-back',
      superseded_blob_id: change.supersededBlobId,
      retired_at: null,
      changed_at: sql`now()`,
      changed_by: change.by,
    })
    .where('id', '=', id)
    .execute();
}

/** Instances of a study whose originals were replaced. */
export async function selectReplacedOf(db: Db, studyInstanceUid: string): Promise<string[]> {
  const rows = await db
    .selectFrom('instance_compression')
    .innerJoin('instance', 'instance.id', 'instance_compression.instance_id')
    .innerJoin('study', 'study.id', 'instance.study_id')
    .select('instance.id')
    .where('study.study_instance_uid', '=', studyInstanceUid)
    .where('instance_compression.outcome', '=', 'replaced')
    .orderBy('instance.id')
    .execute();
  return rows.map((row) => row.id);
}

/** Superseded blobs whose grace time is over. */
export function selectRetirable(db: Db, graceHours: number, limit: number) {
  return db
    .selectFrom('instance_compression')
    .select(['id', 'superseded_blob_id'])
    .where('superseded_blob_id', 'is not', null)
    .where('retired_at', 'is', null)
    .where('changed_at', '<=', sql<Date>`now() - ${graceHours} * interval '1 hour'`)
    .orderBy('changed_at')
    .limit(limit)
    .execute();
}

export async function markRetired(tx: Tx, id: string, blobId: string): Promise<boolean> {
  const row = await tx
    .updateTable('instance_compression')
    .set({ retired_at: sql`now()` })
    .where('id', '=', id)
    .where('superseded_blob_id', '=', blobId)
    .where('retired_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** With the blob's record, in one transaction; gone with the switch or the drop. */
export async function insertPending(tx: Tx, blobId: string): Promise<void> {
  await tx
    .insertInto('compression_pending')
    .values({ blob_id: blobId, made_at: sql`now()` })
    .onConflict((e) => e.column('blob_id').doUpdateSet({ made_at: sql`now()` }))
    .execute();
}

export async function deletePending(tx: Tx, blobId: string): Promise<void> {
  await tx.deleteFrom('compression_pending').where('blob_id', '=', blobId).execute();
}

/** Longer than one object can take: nobody works on them any more. */
export async function selectForgotten(db: Db, hours: number): Promise<string[]> {
  const rows = await db
    .selectFrom('compression_pending')
    .select('blob_id')
    .where('made_at', '<=', sql<Date>`now() - ${hours} * interval '1 hour'`)
    .execute();
  return rows.map((row) => row.blob_id);
}

/** Whether any row still names the blob. */
export async function isBlobUsed(tx: Tx, blobId: string): Promise<boolean> {
  const found = await sql<{ used: boolean }>`
    SELECT EXISTS (SELECT 1 FROM instance WHERE blob_id = ${blobId})
        OR EXISTS (SELECT 1 FROM quarantine WHERE blob_id = ${blobId})
        OR EXISTS (SELECT 1 FROM rendition WHERE blob_id = ${blobId}) AS used`.execute(tx);
  return found.rows[0]?.used ?? true;
}

export async function updateStudySize(db: Db, studyId: string): Promise<void> {
  await sql`
    UPDATE study SET size_bytes = (
      SELECT coalesce(sum(size_bytes), 0) FROM instance WHERE study_id = ${studyId} AND hidden_at IS NULL)
    WHERE id = ${studyId} AND size_bytes IS NOT NULL`.execute(db);
}

export function selectLossyRules(db: Db) {
  return db
    .selectFrom('lossy_send_rule')
    .innerJoin('node', 'node.id', 'lossy_send_rule.node_id')
    .select(['lossy_send_rule.node_id', 'node.name', 'lossy_send_rule.ratio'])
    .orderBy('node.name')
    .execute();
}

export async function selectLossyRatio(db: Db, nodeId: string): Promise<number | null> {
  const row = await db
    .selectFrom('lossy_send_rule')
    .select('ratio')
    .where('node_id', '=', nodeId)
    .executeTakeFirst();
  return row?.ratio ?? null;
}

export async function upsertLossyRule(db: Db, nodeId: string, ratio: number): Promise<void> {
  await db
    .insertInto('lossy_send_rule')
    .values({ node_id: nodeId, ratio, created_at: sql`now()` })
    .onConflict((c) => c.column('node_id').doUpdateSet({ ratio }))
    .execute();
}

export async function deleteLossyRule(db: Db, nodeId: string): Promise<boolean> {
  const row = await db
    .deleteFrom('lossy_send_rule')
    .where('node_id', '=', nodeId)
    .returning('node_id')
    .executeTakeFirst();
  return row !== undefined;
}
