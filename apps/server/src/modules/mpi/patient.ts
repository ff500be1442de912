// Reading patients and persons. A merged local id answers as its survivor; a merged person id as the living one.

import type { Db, Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import * as repo from './repo.ts';
import type { Patient } from './types.ts';

/** The patient behind a row id, the survivor when it was merged away. */
export async function getPatient(db: Db | Tx, rowId: string): Promise<Patient> {
  const row = await repo.patientById(db, rowId);
  if (row === undefined) throw new AppError('request.not_found');
  const live = row.mergedIntoId === null ? row : await repo.patientById(db, row.mergedIntoId);
  return toPatient(live ?? row);
}

/** By local id, the survivor when it was merged away; null when nobody has it. */
export async function findPatient(
  db: Db | Tx,
  institutionId: string,
  patientId: string,
): Promise<Patient | null> {
  const row = await repo.patientByLocalId(db, institutionId, patientId);
  if (row === undefined) return null;
  const live = row.mergedIntoId === null ? row : await repo.patientById(db, row.mergedIntoId);
  return toPatient(live ?? row);
}

/** All local ids of a person that are still in use. */
export async function getPatientsOfPerson(db: Db | Tx, personId: string): Promise<Patient[]> {
  const rows = await repo.patientsOfPerson(db, await getLivePersonId(db, personId));
  return rows.filter((row) => row.mergedIntoId === null).map(toPatient);
}

/** Sessions and links hold the person id of their time; after a merge it leads to the surviving person. */
export async function getLivePersonId(db: Db | Tx, personId: string): Promise<string> {
  return (await repo.personMergedInto(db, personId)) ?? personId;
}

function toPatient(row: repo.PatientRow): Patient {
  const { namePinyin: _pinyin, nameSource: _source, ...patient } = row;
  return patient;
}
