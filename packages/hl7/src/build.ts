// Builds a message of our own: MSH from named values, then segments in order. Values are escaped.
import { randomUUID } from 'node:crypto';
import { charsetOf } from './charset-decode.ts';
import { type Charset, utf8 } from './charset-names.ts';
import { type Delimiters, defaultDelimiters } from './delimiters.ts';
import { Hl7Error } from './error.ts';
import { defaultLimits } from './limits.ts';
import { Message } from './message.ts';
import { headerStart, Segment } from './segment.ts';
import { formatTs, type TimeOptions } from './types/time.ts';

export interface NewSegment {
  name: string;
  /** Keys are addresses without the segment: `3`, `3[2].1`. Null writes the explicit `""`. */
  fields: Record<string, string | null>;
}

export interface NewMessage extends TimeOptions {
  /** MSH-9 as text: `ORU^R01^ORU_R01`. */
  type: string;
  version: string;
  /** MSH-3 to MSH-6; `NAME^1.2.3^ISO` is written with its separators. */
  sendingApplication?: string;
  sendingFacility?: string;
  receivingApplication?: string;
  receivingFacility?: string;
  controlId?: string;
  /** MSH-11, default P. */
  processingId?: string;
  time?: Date;
  /** Written into MSH-18 and used by toBytes; default UTF-8. */
  charset?: string;
  /** MSH-15 and MSH-16. */
  acceptAck?: 'AL' | 'NE' | 'ER' | 'SU';
  applicationAck?: 'AL' | 'NE' | 'ER' | 'SU';
  delimiters?: Delimiters;
  segments?: readonly NewSegment[];
}

export function buildMessage(wanted: NewMessage): Message {
  const charset = wanted.charset === undefined ? utf8 : charsetOf(wanted.charset);
  const delimiters = wanted.delimiters ?? defaultDelimiters;
  const message = emptyMessage(delimiters, charset);
  const written: Record<string, string | undefined> = {
    'MSH-3': wanted.sendingApplication,
    'MSH-4': wanted.sendingFacility,
    'MSH-5': wanted.receivingApplication,
    'MSH-6': wanted.receivingFacility,
    'MSH-7': formatTs(wanted.time ?? new Date(), wanted),
    'MSH-9': wanted.type,
    'MSH-10': wanted.controlId ?? newControlId(),
    'MSH-11': wanted.processingId ?? 'P',
    'MSH-12': wanted.version,
    'MSH-15': wanted.acceptAck,
    'MSH-16': wanted.applicationAck,
    'MSH-18': charset.label === 'ascii' ? undefined : charset.name,
  };
  for (const [path, value] of Object.entries(written)) {
    if (value !== undefined) setComposite(message, path, value);
  }
  for (const segment of wanted.segments ?? []) message.addSegment(segment.name, segment.fields);
  return message;
}

/** MSH alone, with the delimiters. */
export function emptyMessage(delimiters: Delimiters, charset: Charset): Message {
  const context = { delimiters, charset, limits: defaultLimits };
  const msh = new Segment(headerStart('MSH', delimiters), context);
  return new Message([{ segment: msh, terminator: '\r' }], context, null);
}

/** 20 characters, the most that MSH-10 may have before v2.7. */
export function newControlId(): string {
  return randomUUID().replaceAll('-', '').slice(0, 20).toUpperCase();
}

// `A^B&C` in the usual delimiters, whatever the message's own are; no other character is special.
function setComposite(message: Message, path: string, value: string): void {
  if (/[\r\n|~\\]/.test(value)) {
    throw new Hl7Error('bad-segment', `${path} may not hold a delimiter.`, { segment: 'MSH' });
  }
  value.split('^').forEach((component, c) => {
    component.split('&').forEach((subcomponent, s) => {
      if (subcomponent !== '') message.set(`${path}.${c + 1}.${s + 1}`, subcomponent);
    });
  });
}
