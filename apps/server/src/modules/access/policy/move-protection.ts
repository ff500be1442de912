// When persons become one, what protects them goes along in the same transaction: at no moment is a protected person
// without labels. Called by the index of persons; labels are written by the module protect.
import { sql } from 'kysely';
import { newId, type Tx } from '../../../db/index.ts';

/** Two persons become one: labels, openings by a second person and break-glass follow to the survivor. */
export async function moveProtection(tx: Tx, fromPersonId: string, toPersonId: string): Promise<void> {
  for (const table of ['protection_label', 'protection_grant', 'break_glass'] as const)
    await sql`UPDATE ${sql.table(table)} SET person_id = ${toPersonId} WHERE person_id = ${fromPersonId}`.execute(
      tx,
    );
}

/** Only one local id changes its person: its exams stay protected, and so does who it left. */
export async function copyProtection(
  tx: Tx,
  fromPersonId: string,
  toPersonId: string,
  at: Date,
): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    SELECT id::text FROM protection_label
     WHERE person_id = ${fromPersonId} AND removed_at IS NULL AND (valid_to IS NULL OR valid_to > ${at})`.execute(
    tx,
  );
  for (const { id } of rows) await copyLabel(tx, id, toPersonId);
}

async function copyLabel(tx: Tx, labelId: string, toPersonId: string): Promise<void> {
  const { id: _id, ...label } = await tx
    .selectFrom('protection_label')
    .selectAll()
    .where('id', '=', labelId)
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('protection_label')
    .values({ ...label, id: newId(), person_id: toPersonId })
    .execute();
}
