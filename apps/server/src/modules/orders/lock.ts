// Locks held to the end of the transaction, taken in one order, so that a study and its order arriving in the same
// moment see each other and two messages about one order do not both make it.
import type { Tx } from '../../db/index.ts';
import { lockKey } from '../mpi/index.ts';

export async function lockExamKeys(
  tx: Tx,
  institutionId: string,
  keys: {
    accessionNumber?: string | null;
    orderNumbers?: readonly (string | null)[];
    studies?: readonly string[];
  },
): Promise<void> {
  const names = [
    ...(keys.accessionNumber ? [`accession:${institutionId}:${keys.accessionNumber}`] : []),
    ...(keys.orderNumbers ?? []).flatMap((number) =>
      number === null ? [] : [`order:${institutionId}:${number}`],
    ),
    ...(keys.studies ?? []).map((uid) => `study:${uid}`),
  ];
  for (const name of [...new Set(names)].sort()) await lockKey(tx, name);
}
