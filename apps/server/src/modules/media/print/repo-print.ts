// SQL of prints on film: table film_print.
import type { Selectable, Updateable } from 'kysely';
import { type Db, newId, type Schema, type Tx } from '../../../db/index.ts';

export type PrintRow = Selectable<Schema['film_print']>;

export function insertPrint(
  db: Db | Tx,
  row: Pick<PrintRow, 'study_id' | 'study_instance_uid' | 'node_id' | 'wish' | 'sheet_count' | 'asked_by'>,
  at: Date,
): Promise<PrintRow> {
  return db
    .insertInto('film_print')
    .values({ id: newId(), ...row, state: 'waiting', created_at: at })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export function selectPrint(db: Db | Tx, id: string): Promise<PrintRow | undefined> {
  return db.selectFrom('film_print').selectAll().where('id', '=', id).executeTakeFirst();
}

export function selectPrintsOf(
  db: Db | Tx,
  studyInstanceUid: string,
  most: number,
): Promise<(PrintRow & { node_name: string })[]> {
  return db
    .selectFrom('film_print')
    .innerJoin('node', 'node.id', 'film_print.node_id')
    .selectAll('film_print')
    .select('node.name as node_name')
    .where('film_print.study_instance_uid', '=', studyInstanceUid)
    .orderBy('film_print.id', 'desc')
    .limit(most)
    .execute();
}

export function updatePrint(
  db: Db | Tx,
  id: string,
  change: Updateable<Schema['film_print']>,
): Promise<PrintRow | undefined> {
  return db.updateTable('film_print').set(change).where('id', '=', id).returningAll().executeTakeFirst();
}
