// A40: one local id is retired into another of the same assigner. The retired row stays and leads to the survivor;
// exams, orders and reports hang on the local id and are not moved. The persons behind them become one, unless
// both have different valid identity numbers: then only the retired id moves.

import type { Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { copyProtection, moveProtection } from '../access/index.ts';
import { surelyDifferent } from './match-person.ts';
import * as repo from './repo.ts';

/** Row ids. Answers whether anything changed: repeating a merge is harmless. */
export async function mergePatients(
  tx: Tx,
  survivorRowId: string,
  goneRowId: string,
  at: Date = new Date(),
): Promise<boolean> {
  for (const id of [survivorRowId, goneRowId].sort()) await repo.lockKey(tx, `patient-row:${id}`);
  const gone = await repo.patientById(tx, goneRowId);
  const named = await repo.patientById(tx, survivorRowId);
  if (gone === undefined || named === undefined) throw new AppError('request.not_found');
  if (gone.id === named.id) throw new AppError('mpi.merge_self', { patientRowId: gone.id });

  const survivor = named.mergedIntoId === null ? named : await repo.patientById(tx, named.mergedIntoId);
  if (survivor === undefined || survivor.id === gone.id)
    throw new AppError('mpi.merge_cycle', { patientRowId: gone.id });
  if (gone.mergedIntoId === survivor.id) return false;

  await repo.retirePatient(tx, gone.id, survivor.id, at);
  if (gone.personId !== survivor.personId) await joinPersons(tx, gone, survivor, at);
  return true;
}

async function joinPersons(
  tx: Tx,
  gone: repo.PatientRow,
  survivor: repo.PatientRow,
  at: Date,
): Promise<void> {
  const others = (await repo.patientsOfPerson(tx, gone.personId)).filter((row) => row.id !== gone.id);
  const kept = await repo.patientsOfPerson(tx, survivor.personId);
  const conflict = others.some((other) => kept.some((row) => surelyDifferent(other, row)));
  if (conflict) {
    await copyProtection(tx, gone.personId, survivor.personId, at);
    await repo.setPerson(tx, gone.id, survivor.personId);
    return;
  }
  await moveProtection(tx, gone.personId, survivor.personId);
  await repo.movePatientsOfPerson(tx, gone.personId, survivor.personId);
  await repo.retirePerson(tx, gone.personId, survivor.personId);
}
