// MDM^T01, the notice of a document: which exam it is about, without content (HL7 v2.x chapter 9).
import type { Message } from '@yunying/hl7';
import { AppError } from '../../errors.ts';
import { first, limited, type ReportExamFacts, readDoctor, readItem, time } from '../orders/index.ts';
import { wholeMessage } from './read-mdm.ts';

export function readNotice(
  message: Message,
  receivedAt: Date,
): Omit<ReportExamFacts, 'institutionId' | 'patientRowId'> {
  if (message.segment('TXA') === null) throw new AppError('hl7.field_missing', { segment: 'TXA' });
  const group = wholeMessage(message);
  const accessionNumber = limited(first(message, 'OBR-18', 'TXA-15.1', 'OBR-3.1'));
  const placerOrderNumber = limited(first(message, 'TXA-14.1', 'OBR-2.1'));
  if (accessionNumber === null && placerOrderNumber === null) {
    throw new AppError('hl7.field_missing', { segment: 'TXA', field: 15 });
  }
  return {
    accessionNumber,
    placerOrderNumber,
    studyInstanceUids: [],
    ...readItem(group),
    orderingDoctor: readDoctor(message, group),
    examAt: time(first(message, 'OBR-7', 'TXA-4')) ?? receivedAt,
  };
}
