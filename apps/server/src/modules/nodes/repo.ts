// All SQL of the nodes module: tables `node` and `node_slot`.
import { sql } from 'kysely';
import { type Db, newId, type Tx } from '../../db/index.ts';
import type { NodeRow } from './node-types.ts';

export function selectNode(
  db: Db | Tx,
  key: { kind: 'dicom' | 'hl7'; name: string; facility: string },
): Promise<NodeRow | undefined> {
  return db
    .selectFrom('node')
    .selectAll()
    .where('kind', '=', key.kind)
    .where('name', '=', key.name)
    .where('facility', '=', key.facility)
    .executeTakeFirst();
}

export function selectNodes(db: Db | Tx): Promise<NodeRow[]> {
  return db.selectFrom('node').selectAll().orderBy('kind').orderBy('name').orderBy('facility').execute();
}

export function selectNodeById(db: Db | Tx, id: string): Promise<NodeRow | undefined> {
  return db.selectFrom('node').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The first moment stays: disabling a disabled node again changes nothing. */
export function updateDisabled(
  db: Db | Tx,
  id: string,
  disabledAt: Date | null,
): Promise<NodeRow | undefined> {
  return db
    .updateTable('node')
    .set((e) => ({
      disabled_at: disabledAt === null ? null : e.fn.coalesce('disabled_at', e.val(disabledAt)),
    }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

export type NewNode = Pick<
  NodeRow,
  'kind' | 'name' | 'facility' | 'host' | 'port' | 'may' | 'charset' | 'on_conflict'
> & {
  /** Absent: a node that is there keeps its own. */
  institution_id?: string | null;
  rules?: unknown;
};

export function upsertNode(db: Db | Tx, node: NewNode, at: Date): Promise<NodeRow> {
  return db
    .insertInto('node')
    .values({ id: newId(), ...node, created_at: at })
    .onConflict((c) => c.columns(['kind', 'name', 'facility']).doUpdateSet({ ...node, disabled_at: null }))
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Host names (not addresses) of nodes that may call: the doors compare peers with what these mean. */
export async function selectHostNames(db: Db | Tx): Promise<string[]> {
  const rows = await db
    .selectFrom('node')
    .select('host')
    .distinct()
    .where('kind', '=', 'dicom')
    .where('host', '~', '[^0-9.:]')
    .execute();
  return rows.flatMap(({ host }) => (host === null ? [] : [host]));
}

export async function updateLastSeen(db: Db | Tx, id: string, at: Date): Promise<void> {
  await db.updateTable('node').set({ last_seen_at: at }).where('id', '=', id).execute();
}

// ── slots: associations that are open with a node whose rules limit them ──

export type SlotDirection = 'in' | 'out';

/** In a transaction: claims for one node come one after the other, whatever process they are made in. */
export async function lockNode(tx: Tx, nodeId: string): Promise<void> {
  await tx.selectFrom('node').select('id').where('id', '=', nodeId).forNoKeyUpdate().execute();
}

export async function countSlots(
  db: Db | Tx,
  nodeIds: readonly string[],
): Promise<{ node_id: string; direction: string; count: number }[]> {
  if (nodeIds.length === 0) return [];
  const rows = await db
    .selectFrom('node_slot')
    .select(['node_id', 'direction'])
    .select((e) => e.fn.countAll<string>().as('count'))
    .where('node_id', 'in', nodeIds)
    .where('held_until', '>', sql<Date>`now()`)
    .groupBy(['node_id', 'direction'])
    .execute();
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

/** Those of the node whose process is gone are cleared away by the way. */
export async function insertSlot(
  tx: Tx,
  nodeId: string,
  direction: SlotDirection,
  heldSeconds: number,
): Promise<string> {
  await tx
    .deleteFrom('node_slot')
    .where('node_id', '=', nodeId)
    .where('held_until', '<', sql<Date>`now()`)
    .execute();
  const id = newId();
  await tx
    .insertInto('node_slot')
    .values({ id, node_id: nodeId, direction, held_until: until(heldSeconds) })
    .execute();
  return id;
}

export async function renewSlots(db: Db, ids: readonly string[], heldSeconds: number): Promise<void> {
  await db
    .updateTable('node_slot')
    .set({ held_until: until(heldSeconds) })
    .where('id', 'in', ids)
    .execute();
}

export async function deleteSlot(db: Db, id: string): Promise<void> {
  await db.deleteFrom('node_slot').where('id', '=', id).execute();
}

/** By the database's clock: it is the same for every process. */
function until(seconds: number) {
  return sql<Date>`now() + make_interval(secs => ${seconds})`;
}
