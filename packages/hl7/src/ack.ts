// Acknowledgements (HL7 v2.x chapter 2.9): built for a received message in the form of its own version,
// and read from a peer's answer. Original mode AA/AE/AR, enhanced mode CA/CE/CR.
// ERR before v2.5 is one repeating field ERR-1 (ELD); from v2.5 on it is one segment for each error.
import { emptyMessage, newControlId } from './build.ts';
import { type Charset, utf8 } from './charset-names.ts';
import { Hl7Error } from './error.ts';
import type { Message } from './message.ts';
import { parseMessage } from './parse.ts';
import { formatTs, type TimeOptions } from './types/time.ts';

export type AckCode = 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR';

export interface AckErrorDetail {
  segment?: string;
  /** Occurrence of the segment. */
  sequence?: number;
  field?: number;
  component?: number;
  /** Table 0357, such as 101 or 207. */
  code?: string;
  severity?: 'E' | 'W' | 'I' | 'F';
  text?: string;
}

export interface AckOptions extends TimeOptions {
  code: AckCode;
  /** MSA-3. */
  text?: string;
  errors?: readonly AckErrorDetail[];
  controlId?: string;
  time?: Date;
}

/** Table 0357: message error conditions. */
export const errorConditions: Readonly<Record<string, string>> = {
  '0': 'Message accepted',
  '100': 'Segment sequence error',
  '101': 'Required field missing',
  '102': 'Data type error',
  '103': 'Table value not found',
  '200': 'Unsupported message type',
  '201': 'Unsupported event code',
  '202': 'Unsupported processing id',
  '203': 'Unsupported version id',
  '204': 'Unknown key identifier',
  '205': 'Duplicate key identifier',
  '206': 'Application record locked',
  '207': 'Application internal error',
};

const defaultVersion = '2.4';

export function ackFor(message: Message, options: AckOptions): Message {
  const ack = emptyMessage(message.delimiters, answerCharset(message));
  const version = message.version === '' ? defaultVersion : message.version;
  copyRaw(message, ack, { 'MSH-3': 'MSH-5', 'MSH-4': 'MSH-6', 'MSH-5': 'MSH-3', 'MSH-6': 'MSH-4' });
  ack.set('MSH-7', formatTs(options.time ?? new Date(), options));
  setType(ack, message, version);
  ack.set('MSH-10', options.controlId ?? newControlId());
  copyRaw(message, ack, { 'MSH-11': 'MSH-11', 'MSH-12': 'MSH-12', 'MSH-18': 'MSH-18' });
  if (ack.get('MSH-11') === null) ack.set('MSH-11', 'P');
  if (ack.get('MSH-12') === null) ack.set('MSH-12', version);
  ack.set('MSA-1', options.code);
  copyRaw(message, ack, { 'MSA-2': 'MSH-10' });
  if (options.text !== undefined) ack.set('MSA-3', oneLine(options.text));
  addErrors(ack, options, version);
  if (!isWritable(ack)) ack.set('MSH-18', utf8.name);
  return ack;
}

/**
 * A refusal for bytes that could not be read as a message. Takes what it can from the first line, and the
 * defaults where there is nothing.
 */
export function refusalFor(bytes: Uint8Array, options: AckOptions): Message {
  return ackFor(readableHeader(bytes) ?? parseMessage(`MSH|^~\\&|||||||||P|${defaultVersion}\r`), options);
}

export interface Ack {
  code: AckCode;
  /** MSA-2: the control id it answers. */
  controlId: string;
  text: string | null;
  errors: string[];
}

/** Reads a peer's answer; Hl7Error `no-msa` when it is no acknowledgement. */
export function readAck(message: Message): Ack {
  const code = ackCode(message.get('MSA-1')?.trim().toUpperCase());
  if (code === null) {
    throw new Hl7Error('no-msa', 'The answer has no MSA segment with a known code in MSA-1.', {
      segment: 'MSA',
      field: 1,
    });
  }
  const errors = message.segments('ERR').map((err) => {
    const parts = [err.text(3, 1), err.text(3, 2), err.text(7), err.text(8), err.text(1)];
    return parts.filter((part) => part !== null).join(' ');
  });
  return { code, controlId: message.get('MSA-2') ?? '', text: message.get('MSA-3'), errors };
}

// An answer is always sent: when the sender's set has no characters for its texts, it goes as UTF-8.
function isWritable(ack: Message): boolean {
  try {
    ack.toBytes();
    return true;
  } catch (error) {
    if (error instanceof Hl7Error && error.code === 'charset-unmappable') return false;
    throw error;
  }
}

function ackCode(text: string | undefined): AckCode | null {
  switch (text) {
    case 'AA':
    case 'AE':
    case 'AR':
    case 'CA':
    case 'CE':
    case 'CR':
      return text;
    default:
      return null;
  }
}

// What the sender wrote is what it reads; a set that was only guessed is answered in the set guessed.
function answerCharset(message: Message): Charset {
  return message.charset.label === 'ascii' ? utf8 : message.charset;
}

function copyRaw(from: Message, to: Message, paths: Record<string, string>): void {
  for (const [target, origin] of Object.entries(paths)) {
    const raw = from.piece(origin)?.raw ?? '';
    if (raw !== '' && !/[\r\n]/.test(raw)) to.setRaw(target, raw);
  }
}

function setType(ack: Message, message: Message, version: string): void {
  ack.set('MSH-9.1', 'ACK');
  const { trigger } = message.type;
  if (!atLeast(version, 2, 4) || !/^[A-Z0-9]{1,4}$/i.test(trigger)) return;
  ack.set('MSH-9.2', trigger);
  ack.set('MSH-9.3', 'ACK');
}

function addErrors(ack: Message, options: AckOptions, version: string): void {
  const positive = options.code === 'AA' || options.code === 'CA';
  const given = options.errors ?? [];
  const errors = given.length > 0 || positive ? given : [{ text: options.text ?? '' }];
  const fallback = options.code === 'AR' || options.code === 'CR' ? '200' : '207';
  const modern = atLeast(version, 2, 5);
  errors.forEach((error, i) => {
    const code = error.code ?? fallback;
    if (modern) addModernError(ack, error, code, positive ? 'W' : 'E');
    else addOldError(ack, error, code, i + 1);
  });
}

// v2.5 on: ERR-2 location (ERL), ERR-3 code (CWE), ERR-4 severity, ERR-8 text for the user.
function addModernError(ack: Message, error: AckErrorDetail, code: string, severity: string): void {
  const fields: Record<string, string> = {
    '3.1': code,
    '3.2': errorConditions[code] ?? error.text ?? '',
    '3.3': 'HL70357',
    '4': error.severity ?? severity,
  };
  if (error.segment !== undefined) {
    fields['2.1'] = error.segment;
    fields['2.2'] = String(error.sequence ?? 1);
    if (error.field !== undefined) fields['2.3'] = String(error.field);
    if (error.component !== undefined) fields['2.5'] = String(error.component);
  }
  if (error.text !== undefined && error.text !== '') fields['8'] = oneLine(error.text);
  ack.addSegment('ERR', fields);
}

// Before v2.5: ERR-1 (ELD) segment ^ sequence ^ field ^ code & text & system, repeating.
function addOldError(ack: Message, error: AckErrorDetail, code: string, repetition: number): void {
  const at = `ERR-1[${repetition}]`;
  if (error.segment !== undefined) {
    ack.set(`${at}.1`, error.segment);
    ack.set(`${at}.2`, String(error.sequence ?? 1));
    if (error.field !== undefined) ack.set(`${at}.3`, String(error.field));
  }
  ack.set(`${at}.4.1`, code);
  ack.set(`${at}.4.2`, oneLine(error.text ?? errorConditions[code] ?? ''));
  ack.set(`${at}.4.3`, 'HL70357');
}

function atLeast(version: string, major: number, minor: number): boolean {
  const match = /^(\d{1,2})\.(\d{1,2})/.exec(version);
  if (match === null) return false;
  const found = Number(match[1]) * 100 + Number(match[2]);
  return found >= major * 100 + minor;
}

const longestText = 250;

function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').slice(0, longestText);
}

const headBytes = 4096;

function readableHeader(bytes: Uint8Array): Message | null {
  const start = Buffer.from(bytes.subarray(0, headBytes)).indexOf('MSH');
  if (start === -1) return null;
  const head = bytes.subarray(start, start + headBytes);
  const end = head.findIndex((byte) => byte === 0x0d || byte === 0x0a);
  try {
    return parseMessage(end === -1 ? head : head.subarray(0, end));
  } catch (error) {
    if (error instanceof Hl7Error) return null;
    throw error;
  }
}
