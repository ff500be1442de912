// A blob that no row names any more: its live copies become graves, whose files stay until the recovery window has
// passed; and the way back while they are there. One transaction with whatever made the blob superfluous.
import { sql } from 'kysely';
import type { Tx } from '../db/index.ts';
import { buryCopy, findLiveCopies } from './repo.ts';

/** Answers how many copies became graves. One day more than the window, as for every grave. */
export async function retireBlob(tx: Tx, blobId: string, recoveryDays: number): Promise<number> {
  const copies = await findLiveCopies(tx, blobId);
  let buried = 0;
  for (const { id } of copies) {
    if (await buryCopy(tx, id, 'superseded', recoveryDays + 1)) buried += 1;
  }
  return buried;
}

/** Graves are live again unless they were purged. Answers whether the blob can be read. */
export async function reviveBlob(tx: Tx, blobId: string): Promise<boolean> {
  const raised = await tx
    .updateTable('blob_copy')
    .set({ state: 'live' })
    .where('blob_id', '=', blobId)
    .where('state', '=', 'grave')
    .returning('id')
    .execute();
  for (const { id } of raised) await tx.deleteFrom('blob_grave').where('copy_id', '=', id).execute();
  const live = await tx
    .selectFrom('blob_copy')
    .select(sql<string>`count(*)`.as('count'))
    .where('blob_id', '=', blobId)
    .where('state', '=', 'live')
    .executeTakeFirstOrThrow();
  return Number(live.count) > 0;
}
