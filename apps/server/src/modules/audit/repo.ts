// SQL of the audit trail: one table, insert and read only.
import { type Insertable, sql } from 'kysely';
import type { Db, Schema, Tx } from '../../db/index.ts';

type NewEvent = Omit<Insertable<Schema['audit_event']>, 'seq' | 'at'>;

/** The time is the database's: one clock for every node. */
export async function insertEvent(db: Db | Tx, event: NewEvent): Promise<void> {
  await db
    .insertInto('audit_event')
    .values({ ...event, at: sql<Date>`now()` })
    .execute();
}
