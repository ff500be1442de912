// The answer to a message (HL7 v2.x chapter 2.9): the error table's AE or AR, table 0357's condition, the place in the
// message where there is one, and a sentence in the language that the message's character set can carry. Never a
// word of the message's own content.
import { type AckErrorDetail, ackFor, Hl7Error, type Message, refusalFor } from '@yunying/hl7';
import { type AppError, sentence } from '../../errors.ts';

export type Refused = {
  ack: 'AE' | 'AR';
  /** Code of the error table, or 'hl7.' + code of the hl7 package. */
  code: string;
  text: string;
  where: AckErrorDetail;
};

/** Table 0357 by our own codes; the rest is 207, application internal error. */
const conditions: Readonly<Record<string, string>> = {
  'hl7.field_missing': '101',
  'hl7.field_value': '103',
  'hl7.unparsable': '100',
  'hl7.unsupported_event': '201',
  'hl7.unsupported_type': '200',
  'mpi.merge_cycle': '205',
  'mpi.merge_self': '205',
  'orders.accession_taken': '205',
  'orders.order_unknown': '204',
  'reports.unknown': '204',
  'reports.content_missing': '101',
  'reports.content_type': '102',
  'reports.file_damaged': '102',
};

export function refusedBy(error: AppError | Hl7Error): Refused {
  if (error instanceof Hl7Error) {
    const where: AckErrorDetail = { code: '102' };
    const named = /^([A-Z][A-Z0-9]{2})(?:\[(\d+)\])?$/.exec(error.segment ?? '');
    if (named?.[1] !== undefined) where.segment = named[1];
    if (named?.[2] !== undefined) where.sequence = Number(named[2]);
    if (error.field !== null) where.field = error.field;
    return { ack: 'AE', code: `hl7.${error.code.replaceAll('-', '_')}`, text: error.message, where };
  }
  const { segment, sequence, field } = error.details;
  const where: AckErrorDetail = { code: conditions[error.code] ?? '207' };
  if (typeof segment === 'string') where.segment = segment;
  if (typeof sequence === 'number') where.sequence = sequence;
  if (typeof field === 'number') where.field = field;
  return { ack: error.row.hl7, code: error.code, text: sentence(error.code, 'en'), where };
}

export function accepted(message: Message, at: Date): Uint8Array {
  return ackFor(message, { code: 'AA', time: at }).toBytes();
}

export function refused(message: Message, refusal: Refused, at: Date): Uint8Array {
  const text = placed(refusal.where, tell(refusal, message.charset.label));
  const ack = ackFor(message, { code: refusal.ack, text, errors: [{ ...refusal.where, text }], time: at });
  return ack.toBytes(undefined, { unmappable: 'replace' });
}

/** The English sentence with its place in the message, for the row and the console. */
export function placedText(refusal: Refused): string {
  return placed(refusal.where, refusal.text);
}

/** For bytes that are no message. */
export function refusedBytes(bytes: Uint8Array, refusal: Refused, at: Date): Uint8Array {
  const ack = refusalFor(bytes, {
    code: refusal.ack,
    text: refusal.text,
    errors: [{ code: refusal.where.code ?? '100', text: refusal.text }],
    time: at,
  });
  return ack.toBytes(undefined, { unmappable: 'replace' });
}

function tell(refusal: Refused, charset: string): string {
  const chinese = /^(gb|utf-8|big5)/.test(charset) ? chineseSentence(refusal.code) : null;
  return chinese ?? refusal.text;
}

function chineseSentence(code: string): string | null {
  try {
    return sentence(code as AppError['code'], 'zh') ?? null;
  } catch {
    return null; // a code of the hl7 package: its own English sentence says where
  }
}

function placed(where: AckErrorDetail, text: string): string {
  if (where.segment === undefined) return text;
  const occurrence = where.sequence === undefined || where.sequence === 1 ? '' : `[${where.sequence}]`;
  const place = where.field === undefined ? '' : `-${where.field}`;
  const at = `${where.segment}${occurrence}${place}`;
  return text.includes(at) ? text : `${at}: ${text}`;
}
