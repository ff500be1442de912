// SQL of imaging orders (ORC, OBR as last received).
import { newId, type Tx } from '../../db/index.ts';

export type OrderRow = {
  id: string;
  examId: string;
  placerOrderNumber: string | null;
  fillerOrderNumber: string | null;
};

export function orderByNumber(
  tx: Tx,
  institutionId: string,
  number: { placer: string } | { filler: string },
): Promise<OrderRow | undefined> {
  const query = tx
    .selectFrom('imaging_order')
    .select([
      'id',
      'exam_id as examId',
      'placer_order_number as placerOrderNumber',
      'filler_order_number as fillerOrderNumber',
    ])
    .where('institution_id', '=', institutionId);
  return 'placer' in number
    ? query.where('placer_order_number', '=', number.placer).executeTakeFirst()
    : query.where('filler_order_number', '=', number.filler).orderBy('updated_at', 'desc').executeTakeFirst();
}

export type OrderWrite = {
  institutionId: string;
  patientRowId: string;
  examId: string;
  control: string;
  placerOrderNumber: string | null;
  fillerOrderNumber: string | null;
  itemCode: string | null;
  itemName: string | null;
  requestedAt: Date | null;
  scheduledAt: Date | null;
  clinicalNote: string | null;
  studyInstanceUid: string | null;
  hl7MessageId: string | null;
};

export async function insertOrder(tx: Tx, write: OrderWrite, at: Date): Promise<void> {
  await tx
    .insertInto('imaging_order')
    .values({ id: newId(), ...orderColumns(write), updated_at: at })
    .execute();
}

/** What the new message does not say stays as it was. */
export async function updateOrder(tx: Tx, id: string, write: OrderWrite, at: Date): Promise<void> {
  const said = Object.fromEntries(Object.entries(orderColumns(write)).filter(([, value]) => value !== null));
  await tx
    .updateTable('imaging_order')
    .set({ ...said, updated_at: at })
    .where('id', '=', id)
    .execute();
}

function orderColumns(write: OrderWrite) {
  return {
    institution_id: write.institutionId,
    patient_id: write.patientRowId,
    exam_id: write.examId,
    control: write.control,
    placer_order_number: write.placerOrderNumber,
    filler_order_number: write.fillerOrderNumber,
    item_code: write.itemCode,
    item_name: write.itemName,
    requested_at: write.requestedAt,
    scheduled_at: write.scheduledAt,
    clinical_note: write.clinicalNote,
    study_instance_uid: write.studyInstanceUid,
    hl7_message_id: write.hl7MessageId,
  };
}
