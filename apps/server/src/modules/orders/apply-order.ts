// ORM^O01, OMG^O19, OMI^O23: every order group of the message makes or changes its exam (HL7 v2.x chapter 4).
import { AppError } from '../../errors.ts';
import { applyPatient } from './apply-patient.ts';
import type { MessageRoute } from './message-route.ts';
import { readOrder } from './read-order.ts';
import { upsertExamFromOrder } from './upsert-exam-from-order.ts';
import { planExam, readSchedule } from './worklist/index.ts';

export const applyOrders: MessageRoute = async (_ctx, tx, message, received) => {
  const groups = message.orders();
  if (groups.length === 0) throw new AppError('hl7.field_missing', { segment: 'ORC' });
  const { patientId, institutionId } = await applyPatient(tx, message, received);
  for (const [index, group] of groups.entries()) {
    const order = readOrder(message, group, index + 1);
    const { examId, status } = await upsertExamFromOrder(tx, {
      ...order,
      institutionId,
      patientRowId: patientId,
      hl7MessageId: received.messageId,
      receivedAt: received.receivedAt,
    });
    const schedule = readSchedule(group);
    if (schedule !== null && status !== 'cancelled') {
      await planExam(tx, { ...order, examId }, schedule, received.receivedAt);
    }
  }
  return { state: 'applied' };
};
