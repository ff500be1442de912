// One order group (ORC, TQ1, OBR, ZDS, IPC) to what an exam wants (HL7 v2.x chapter 4). Accession number: IPC-1,
// OBR-18, else the filler order number (ORC-3, OBR-3), as IHE SWF and most Chinese RIS write it. Study UID: IPC-3
// or ZDS-1. The time of TQ1-7, else the quantity/timing of ORC-7, OBR-27, else OBR-36.
import type { ExamStatus } from '@yunying/api';
import { displayName, type Group, type Message, parseXcn, readTime } from '@yunying/hl7';
import { AppError } from '../../errors.ts';
import type { OrderFacts } from './types.ts';

type ReadOrder = Omit<OrderFacts, 'institutionId' | 'patientRowId' | 'hl7MessageId' | 'receivedAt'>;

const placing = new Set([
  'NW',
  'XO',
  'SC',
  'SN',
  'OK',
  'RO',
  'RU',
  'NA',
  'SR',
  'SS',
  'RL',
  'OE',
  'XR',
  'RE',
  'HD',
  'OH',
  'HR',
  'PA',
  'CH',
]);
const cancelling = new Set(['CA', 'DC', 'OC', 'CR', 'DR', 'OD', 'UC']);

export function readOrder(message: Message, group: Group, sequence: number): ReadOrder {
  const control = (first(group, 'ORC-1') ?? 'NW').toUpperCase();
  if (!placing.has(control) && !cancelling.has(control)) {
    throw new AppError('hl7.field_value', { segment: 'ORC', sequence, field: 1 });
  }
  const placerOrderNumber = limited(first(group, 'ORC-2.1', 'OBR-2.1'));
  const fillerOrderNumber = limited(first(group, 'ORC-3.1', 'OBR-3.1'));
  const accessionNumber = limited(first(group, 'IPC-1.1', 'OBR-18')) ?? fillerOrderNumber;
  if (placerOrderNumber === null && accessionNumber === null) {
    throw new AppError('hl7.field_missing', { segment: 'ORC', sequence, field: 2 });
  }
  const scheduledAt = time(first(group, 'TQ1-7', 'ORC-7.4', 'OBR-27.4', 'OBR-36'));
  return {
    control,
    placerOrderNumber,
    fillerOrderNumber,
    accessionNumber,
    studyInstanceUid: uid(first(group, 'IPC-3.1', 'ZDS-1.1') ?? first(message, 'ZDS-1.1')),
    ...readItem(group),
    department: readDepartment(message, group),
    orderingDoctor: readDoctor(message, group),
    requestedAt: time(first(group, 'ORC-9', 'OBR-6')),
    scheduledAt,
    performedAt: isPerformed(group) ? time(first(group, 'OBR-7', 'OBR-22')) : null,
    clinicalNote: first(group, 'OBR-13', 'OBR-31.2', 'OBR-31.1')?.slice(0, 2000) ?? null,
    status: cancelling.has(control) ? 'cancelled' : statusOf(group, scheduledAt !== null),
  };
}

/** What was asked for (OBR-4) and on which modality (IPC-5, OBR-24). Used for reports too. */
export function readItem(group: Group): {
  itemCode: string | null;
  itemName: string | null;
  modality: string | null;
} {
  const itemCode = first(group, 'OBR-4.1', 'IPC-6.1')?.slice(0, 64) ?? null;
  const itemName = first(group, 'OBR-4.2', 'OBR-4.5', 'IPC-6.2')?.slice(0, 200) ?? itemCode;
  const modality = first(group, 'IPC-5.1', 'OBR-24')?.toUpperCase() ?? null;
  return {
    itemCode,
    itemName,
    modality: modality !== null && /^[A-Z]{2,16}$/.test(modality) ? modality : null,
  };
}

/** ORC-12, else OBR-16, else the referring doctor of the visit. */
export function readDoctor(message: Message, group: Group): string | null {
  for (const place of [
    group.head('ORC')?.field(12),
    group.head('OBR')?.field(16),
    message.segment('PV1')?.field(8),
  ]) {
    const piece = place?.at(1);
    if (piece === undefined || piece.raw === '') continue;
    const xcn = parseXcn(piece);
    const name = displayName(xcn).trim() || (xcn.id?.trim() ?? '');
    if (name !== '') return name.slice(0, 100);
  }
  return null;
}

function readDepartment(message: Message, group: Group): { code: string; name: string } | null {
  const code = first(group, 'ORC-17.1') ?? first(message, 'PV1-3.1');
  const name = first(group, 'ORC-17.2') ?? first(message, 'PV1-3.9', 'PV1-3.1') ?? code;
  if (code === null || name === null) return null;
  return { code: code.slice(0, 64), name: name.slice(0, 100) };
}

function statusOf(group: Group, hasTime: boolean): ExamStatus {
  switch (first(group, 'ORC-5')?.toUpperCase()) {
    case 'CA':
    case 'DC':
    case 'RP':
      return 'cancelled';
    case 'CM':
      return 'examined';
    case 'IP':
    case 'A':
      return 'registered';
    case 'SC':
      return 'scheduled';
    default:
      break;
  }
  switch (first(group, 'OBR-25')?.toUpperCase()) {
    case 'X':
      return 'cancelled';
    case 'I':
      return 'registered';
    case 'A':
    case 'P':
    case 'R':
    case 'F':
    case 'C':
      return 'examined';
    case 'S':
      return 'scheduled';
    default:
      return hasTime ? 'scheduled' : 'requested';
  }
}

function isPerformed(group: Group): boolean {
  return first(group, 'ORC-5')?.toUpperCase() === 'CM' || /^[APRFC]$/i.test(first(group, 'OBR-25') ?? '');
}

/** The first address with a value. */
export function first(from: Pick<Group, 'get'>, ...paths: string[]): string | null {
  for (const path of paths) {
    const value = from.get(path)?.trim() ?? '';
    if (value !== '') return value;
  }
  return null;
}

export function time(text: string | null): Date | null {
  return text === null ? null : (readTime(text)?.date ?? null);
}

export function uid(text: string | null): string | null {
  return text !== null && /^[0-9.]{1,64}$/.test(text) ? text : null;
}

export function limited(text: string | null): string | null {
  return text === null ? null : text.slice(0, 64);
}
