// Is the patient an object or a report names the patient of this exam? The local id decides, and contradicting
// particulars overrule it (a wrong id typed at the device); without an id, name and birth date must agree.
// First form; the later MPI replaces this file.
import { type Patient, soundsLikeSameName } from '../mpi/index.ts';
import type { LinkableExam } from './repo.ts';

export type NamedPatient = { patientId: string | null; name: string | null; birthDate: string | null };

export function isExamOfPatient(exam: LinkableExam, named: NamedPatient, known: Patient | null): boolean {
  const nameAgrees = named.name === null || soundsLikeSameName(named.name, exam.patientName);
  const birthAgrees = agree(named.birthDate, exam.patientBirthDate);
  if (known !== null && (known.id === exam.livePatientId || known.personId === exam.personId)) {
    return nameAgrees || birthAgrees !== 'no';
  }
  if (named.patientId !== null) return false;
  return named.name !== null && nameAgrees && birthAgrees !== 'no';
}

function agree(a: string | null, b: string | null): 'yes' | 'no' | 'unknown' {
  if (a === null || b === null || a === '' || b === '') return 'unknown';
  return a.startsWith(b) || b.startsWith(a) ? 'yes' : 'no';
}
