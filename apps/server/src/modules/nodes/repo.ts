// All SQL of the nodes module: table `node`.
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
  'kind' | 'name' | 'facility' | 'host' | 'port' | 'may' | 'charset' | 'institution_id' | 'on_conflict'
>;

export function upsertNode(db: Db | Tx, node: NewNode, at: Date): Promise<NodeRow> {
  return db
    .insertInto('node')
    .values({ id: newId(), ...node, created_at: at })
    .onConflict((c) => c.columns(['kind', 'name', 'facility']).doUpdateSet({ ...node, disabled_at: null }))
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function updateLastSeen(db: Db | Tx, id: string, at: Date): Promise<void> {
  await db.updateTable('node').set({ last_seen_at: at }).where('id', '=', id).execute();
}
