// Two invented patients of one hospital with an exam each, made through the same functions that HL7 messages use.
import type { Db } from '../../../db/index.ts';
import { ensureDefaultInstitution, type PatientFacts, upsertPatient } from '../../mpi/index.ts';
import { type OrderFacts, upsertExamFromOrder } from '../../orders/index.ts';

export type Invented = {
  name: string;
  tail: string;
  phone: string;
  patientRowId: string;
  personId: string;
  examId: string;
  accessionNumber: string;
};

const people = [
  {
    name: '王小明',
    patientId: 'P0001',
    identityNo: '110101196001011011',
    phone: '13800000001',
    item: '头颅CT平扫',
    accessionNumber: 'A0001',
  },
  {
    name: '覃大海',
    patientId: 'P0002',
    identityNo: '110101197002022010',
    phone: '13800000002',
    item: '胸部DR正位',
    accessionNumber: 'A0002',
  },
] as const;

export async function inventTwoPatients(db: Db): Promise<[Invented, Invented]> {
  const institution = await ensureDefaultInstitution(db);
  const made: Invented[] = [];
  for (const one of people) {
    const patient = await db
      .transaction()
      .execute((tx) => upsertPatient(tx, patientFacts(institution.id, one)));
    const order = orderFacts(institution.id, patient.patientId, one);
    const { examId } = await db.transaction().execute((tx) => upsertExamFromOrder(tx, order));
    const { name, phone, accessionNumber } = one;
    made.push({
      name,
      tail: one.identityNo.slice(-6),
      phone,
      patientRowId: patient.patientId,
      personId: patient.personId,
      examId,
      accessionNumber,
    });
  }
  const [first, second] = made;
  if (first === undefined || second === undefined) throw new Error('two patients are invented');
  return [first, second];
}

function patientFacts(institutionId: string, one: (typeof people)[number]): PatientFacts {
  const { patientId, name, identityNo, phone } = one;
  const unsaid = { sex: '1', birthDate: '19600101', address: null, identityType: '01' };
  return { institutionId, patientId, name, identityNo, phone, ...unsaid, source: 'hl7' };
}

function orderFacts(institutionId: string, patientRowId: string, one: (typeof people)[number]): OrderFacts {
  const at = new Date('2026-11-20T02:00:00Z');
  return {
    institutionId,
    patientRowId,
    control: 'NW',
    placerOrderNumber: `O${one.accessionNumber}`,
    fillerOrderNumber: null,
    accessionNumber: one.accessionNumber,
    studyInstanceUid: null,
    modality: 'CT',
    itemCode: null,
    itemName: one.item,
    department: null,
    orderingDoctor: null,
    requestedAt: at,
    scheduledAt: at,
    performedAt: at,
    clinicalNote: null,
    status: 'examined',
    hl7MessageId: null,
    receivedAt: at,
  }; // prettier-ignore
}
