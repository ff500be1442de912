// ADT: patients registered and updated (A01 A04 A05 A08 A28 A31) and merged (A40), HL7 v2.x chapter 3. Every message
// with a PID registers or updates its patient the same way, so orders and reports use applyPatient too.
import type { Message } from '@yunying/hl7';
import type { Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { publish } from '../../jobs/index.ts';
import { recordAudit } from '../audit/index.ts';
import {
  findInstitution,
  getPatient,
  mergePatients,
  type PatientUpsert,
  upsertPatient,
} from '../mpi/index.ts';
import * as studies from './exam-study-repo.ts';
import type { MessageRoute, Received } from './message-route.ts';
import { readMerged, readPatient } from './read-patient.ts';
import * as repo from './repo.ts';

const maxRelinks = 200;

/** Registers or updates the patient of PID. The institution is the node's, else the one that PID-3.4 or MSH-4 names. */
export async function applyPatient(
  tx: Tx,
  message: Message,
  received: Received,
  occurrence = 1,
): Promise<PatientUpsert & { institutionId: string; localId: string }> {
  const { authorities, ...facts } = readPatient(message, occurrence);
  const institutionId = await institutionOf(tx, received, authorities);
  const upsert = await upsertPatient(tx, { ...facts, institutionId, source: 'hl7' }, received.receivedAt);
  return { ...upsert, institutionId, localId: facts.patientId };
}

export const registerPatient: MessageRoute = async (_ctx, tx, message, received) => {
  await applyPatient(tx, message, received);
  return { state: 'applied' };
};

/** A40: each PID with the MRG behind it. */
export const mergePatient: MessageRoute = async (_ctx, tx, message, received) => {
  const pairs = message.groups(['PID']);
  if (pairs.length === 0) throw new AppError('hl7.field_missing', { segment: 'PID' });
  for (const [index] of pairs.entries()) await mergePair(tx, message, received, index + 1);
  return { state: 'applied' };
};

async function mergePair(tx: Tx, message: Message, received: Received, occurrence: number): Promise<void> {
  const survivor = await applyPatient(tx, message, received, occurrence);
  const { authorities, patientId, name } = readMerged(message, occurrence);
  const named =
    authorities.length === 0 ? survivor.institutionId : await institutionOf(tx, received, authorities);
  // An id that was never seen gets a row, so that its late traffic is led to the survivor.
  const gone = await findOrStub(tx, { institutionId: named, patientId, name }, received);
  if (gone === survivor.patientId) {
    // MRG names the survivor itself, or the id that PID was once merged into, or the merge was applied before.
    const own = await getPatient(tx, survivor.patientId);
    const where = { segment: 'MRG', sequence: occurrence, field: 1 };
    if (own.patientId !== patientId || own.institutionId !== named) return;
    throw new AppError(survivor.localId === patientId ? 'mpi.merge_self' : 'mpi.merge_cycle', where);
  }
  await mergePatients(tx, survivor.patientId, gone, received.receivedAt);
  await recordAudit(tx, {
    event: 'patient.merged',
    actor: received.actor,
    objectType: 'patient',
    objectId: gone,
    patientId: survivor.patientId,
    result: 'ok',
  });
  // What stayed unlinked because the two were strangers may be linked now.
  const exams = await studies.examsNamedByUnlinkedStudies(tx, [survivor.patientId, gone], maxRelinks);
  const reported = await repo.examsOfPatients(tx, [survivor.patientId, gone], maxRelinks);
  for (const examId of new Set([...exams, ...reported])) await publish(tx, 'orders.exam_changed', { examId });
}

async function findOrStub(
  tx: Tx,
  gone: { institutionId: string; patientId: string; name: string | null },
  received: Received,
): Promise<string> {
  const nothing = {
    sex: null,
    birthDate: null,
    identityType: null,
    identityNo: null,
    phone: null,
    address: null,
  };
  const upsert = await upsertPatient(
    tx,
    { ...gone, name: gone.name, ...nothing, source: 'hl7' },
    received.receivedAt,
  );
  return upsert.patientId;
}

async function institutionOf(tx: Tx, received: Received, authorities: readonly string[]): Promise<string> {
  if (received.nodeInstitutionId !== null) return received.nodeInstitutionId;
  return (await findInstitution(tx, { aliases: [...authorities, received.sendingFacility] })).id;
}
