// OBX-5 by its data type in OBX-2: text (TX, FT, ST and the rest), ED encapsulated data and RP reference
// pointers (HL7 v2.x chapter 2A). Reports arrive as any of the three.
import { Hl7Error } from '../error.ts';
import { Piece } from '../piece.ts';
import type { Segment } from '../segment.ts';
import { type Hd, parseHd } from './identifiers.ts';

export interface Ed {
  source: Hd | null;
  /** From the bytes when they say so themselves, else from ED-2 and ED-3. */
  mediaType: string;
  /** `type/subtype` as declared, lower case; null when neither is sent. */
  declaredType: string | null;
  encoding: 'base64' | 'hex' | 'text';
  bytes: Uint8Array;
}

export interface Rp {
  pointer: string;
  application: Hd | null;
  mediaType: string | null;
}

export type ObservationValue =
  | { kind: 'text'; text: string }
  | { kind: 'encapsulated'; value: Ed }
  | { kind: 'pointer'; value: Rp }
  | { kind: 'empty' };

export interface EncapsulatedOptions {
  /** Limit of the decoded bytes. */
  maxBytes?: number;
}

const defaultMaxBytes = 64 * 1024 * 1024;

/** What an OBX says. Repetitions of text are lines. */
export function observationValue(obx: Segment, options: EncapsulatedOptions = {}): ObservationValue {
  const field = obx.field(5);
  if (field.presence !== 'value') return { kind: 'empty' };
  switch (obx.text(2)?.trim()) {
    case 'ED':
      return { kind: 'encapsulated', value: parseEd(field.at(1), options) };
    case 'RP':
      return { kind: 'pointer', value: parseRp(field.at(1)) };
    default:
      return { kind: 'text', text: field.children.map((piece) => piece.text ?? '').join('\n') };
  }
}

export function parseEd(piece: Piece, options: EncapsulatedOptions = {}): Ed {
  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  const encoding = encodingOf(piece.at(4).text, piece);
  // Text may hold stray separators, so everything from the fifth component on is content.
  const raw = encoding === 'text' ? restFrom(piece, 5) : piece.at(5);
  const content = raw.text ?? '';
  const bytes = decodeContent(content, encoding, maxBytes, piece);
  const declaredType = declaredMediaType(piece.at(2).text, piece.at(3).text);
  const mediaType = sniffed(bytes) ?? declaredType ?? 'application/octet-stream';
  return { source: parseHd(piece.at(1)), mediaType, declaredType, encoding, bytes };
}

export function parseRp(piece: Piece): Rp {
  const pointer = piece.at(1).text?.trim() ?? '';
  if (pointer === '') throw wrong('RP-1 (the pointer) is empty', piece);
  return {
    pointer,
    application: parseHd(piece.at(2)),
    mediaType: declaredMediaType(piece.at(3).text, piece.at(4).text),
  };
}

function encodingOf(text: string | null, piece: Piece): Ed['encoding'] {
  switch (text?.trim().toLowerCase() ?? '') {
    case 'base64':
      return 'base64';
    case 'hex':
      return 'hex';
    case 'a':
    case 'ascii':
    case '':
      return 'text';
    default:
      throw wrong('ED-4 (the encoding) is not A, Hex or Base64', piece);
  }
}

function restFrom(piece: Piece, n: number): Piece {
  const parts = piece.children.slice(n - 1);
  const separator = piece.context.delimiters.component;
  return new Piece(parts.map((part) => part.raw).join(separator), 'component', piece.context);
}

function decodeContent(
  content: string,
  encoding: Ed['encoding'],
  maxBytes: number,
  piece: Piece,
): Uint8Array {
  const about =
    encoding === 'base64' ? content.length * 0.75 : encoding === 'hex' ? content.length / 2 : content.length;
  // Line ends may add a little to base64; the exact size is checked below.
  if (about > maxBytes * 1.1 + 1024) throw tooLarge(maxBytes, piece);
  const bytes = encoding === 'text' ? Buffer.from(content, 'utf8') : decodeCoded(content, encoding, piece);
  if (bytes.length > maxBytes) throw tooLarge(maxBytes, piece);
  return bytes;
}

function decodeCoded(content: string, encoding: 'base64' | 'hex', piece: Piece): Uint8Array {
  const packed = /\s/.test(content) ? content.replace(/\s+/g, '') : content;
  if (encoding === 'hex') {
    if (packed.length % 2 !== 0 || /[^0-9A-Fa-f]/.test(packed)) throw wrong('ED-5 is not hexadecimal', piece);
    return Buffer.from(packed, 'hex');
  }
  let end = packed.length;
  while (end > 0 && packed.length - end < 2 && packed.charAt(end - 1) === '=') end--;
  const padded = end !== packed.length && packed.length % 4 !== 0;
  if (padded || end % 4 === 1 || /[^A-Za-z0-9+/]/.test(packed.slice(0, end))) {
    throw wrong('ED-5 is not Base64, or is cut short', piece);
  }
  return Buffer.from(packed, 'base64');
}

// ED-2/ED-3 in all the forms that are sent: `application^pdf`, `Application^PDF`, `^application/pdf`,
// `PDF`, `Text^text/xml`, `^^text/rtf;charset=UTF8`.
function declaredMediaType(type: string | null, subtype: string | null): string | null {
  const main = type?.trim().toLowerCase() ?? '';
  const sub = subtype?.trim().toLowerCase() ?? '';
  for (const whole of [sub, main]) {
    const media = /^[a-z]+\/[a-z0-9.+-]+/.exec(whole.slice(0, 100));
    if (media !== null) return media[0];
  }
  const short = shortNames.get(sub || main);
  if (short !== undefined) return short;
  const kind = mainTypes.get(main);
  return kind === undefined || !/^[a-z0-9.+-]{1,60}$/.test(sub) ? null : `${kind}/${sub}`;
}

const shortNames = new Map(
  Object.entries({
    pdf: 'application/pdf',
    jpeg: 'image/jpeg',
    jpg: 'image/jpeg',
    png: 'image/png',
    tif: 'image/tiff',
    tiff: 'image/tiff',
    gif: 'image/gif',
    html: 'text/html',
    xml: 'text/xml',
    rtf: 'text/rtf',
    txt: 'text/plain',
    dicom: 'application/dicom',
  }),
);

// Table 0191, and the MIME names used since v2.3.1.
const mainTypes = new Map(
  Object.entries({
    application: 'application',
    ap: 'application',
    image: 'image',
    im: 'image',
    ni: 'image',
    audio: 'audio',
    au: 'audio',
    video: 'video',
    text: 'text',
    tx: 'text',
    ft: 'text',
  }),
);

function sniffed(bytes: Uint8Array): string | null {
  const start = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  if (start.startsWith('%PDF-')) return 'application/pdf';
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (start.startsWith('\x89PNG')) return 'image/png';
  if (start.startsWith('II*\0') || start.startsWith('MM\0*')) return 'image/tiff';
  if (start.startsWith('{\\rtf')) return 'text/rtf';
  return null;
}

function wrong(what: string, piece: Piece): Hl7Error {
  const { segment, field } = piece.context.where;
  return new Hl7Error(
    'bad-encapsulated',
    `In ${segment ?? 'OBX'}-${field ?? 5}: ${what}.`,
    piece.context.where,
  );
}

function tooLarge(maxBytes: number, piece: Piece): Hl7Error {
  const { segment, field } = piece.context.where;
  return new Hl7Error(
    'too-large',
    `The content of ${segment ?? 'OBX'}-${field ?? 5} is larger than ${maxBytes} bytes.`,
    piece.context.where,
  );
}
