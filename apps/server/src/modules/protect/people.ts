// How the lists of this module name a person: masked. The name is with the patient in use that was registered first.
import type { Db } from '../../db/index.ts';
import { getInstitutions, getPatientsOfPerson, maskName } from '../mpi/index.ts';

export type Shown = { name: string; patientNumber: string };

export async function showPerson(db: Db, personId: string): Promise<Shown> {
  const [patient] = await getPatientsOfPerson(db, personId);
  if (patient === undefined) return { name: '—', patientNumber: '—' };
  return { name: maskName(patient.name), patientNumber: maskNumber(patient.patientId) };
}

export async function showPersons(db: Db, personIds: readonly string[]): Promise<Map<string, Shown>> {
  const shown = new Map<string, Shown>();
  for (const id of new Set(personIds)) shown.set(id, await showPerson(db, id));
  return shown;
}

function maskNumber(number: string): string {
  return number.length <= 4 ? '****' : `${'*'.repeat(Math.min(number.length - 3, 6))}${number.slice(-3)}`;
}

export async function institutionName(db: Db, id: string): Promise<string> {
  return (await getInstitutions(db)).find((one) => one.id === id)?.name ?? '—';
}
