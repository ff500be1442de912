// Text to bytes in any character set we can read. Tables are built on first use by asking TextDecoder for
// every code, so encoding is the inverse of decoding (GB18030 in its 2022 form, as Node has it).
import type { Charset } from './charset-names.ts';
import { Hl7Error } from './error.ts';

export type Unmappable = 'error' | 'replace';

/** Encodes `text`. A character the set does not have is an error, or `?` when `unmappable` is `replace`. */
export function encodeText(text: string, charset: Charset, unmappable: Unmappable = 'error'): Uint8Array {
  switch (charset.label) {
    case 'utf-8':
      return encodeUtf8(text, unmappable);
    case 'utf-16le':
      return Buffer.from(text, 'utf16le');
    case 'utf-16be':
      return Buffer.from(text, 'utf16le').swap16();
    case 'ascii':
      return encodeNarrow(text, 0x7f, charset, unmappable);
    case 'binary':
      return encodeNarrow(text, 0xff, charset, unmappable);
    case 'iso-2022':
      return encodeIso2022Jp(text, charset, unmappable);
    default:
      return encodeByTable(text, charset, unmappable);
  }
}

function encodeUtf8(text: string, unmappable: Unmappable): Uint8Array {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  if (unmappable === 'error') throw unmapped({ name: 'UNICODE UTF-8' });
  return Buffer.from(text.toWellFormed().replaceAll('\uFFFD', '?'), 'utf8');
}

function encodeNarrow(text: string, highest: number, charset: Charset, unmappable: Unmappable): Uint8Array {
  const out = new Uint8Array(text.length);
  let n = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code > highest && unmappable === 'error') throw unmapped(charset);
    out[n++] = code > highest ? questionMark : code;
  }
  return out.subarray(0, n);
}

function encodeByTable(text: string, charset: Charset, unmappable: Unmappable): Uint8Array {
  const table = tableFor(charset.label);
  const out = new Uint8Array(text.length * 4);
  let n = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const bytes = code < 0x80 ? code : codeBytes(code, charset.label, table);
    if (bytes === null) {
      if (unmappable === 'error') throw unmapped(charset);
      out[n++] = questionMark;
    } else {
      n = writeBytes(out, n, bytes);
    }
  }
  return out.slice(0, n);
}

// JIS X 0208 and katakana behind ESC $ B and ESC ( I; back to ASCII before every control character, as
// each line of a message must begin in its default set.
function encodeIso2022Jp(text: string, charset: Charset, unmappable: Unmappable): Uint8Array {
  const table = tableFor('euc-jp');
  const out: number[] = [];
  let current = '(B';
  const designate = (wanted: string) => {
    if (current !== wanted) out.push(0x1b, wanted.charCodeAt(0), wanted.charCodeAt(1));
    current = wanted;
  };
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const euc = code < 0x80 ? code : table.get(code);
    if (euc === undefined && unmappable === 'error') throw unmapped(charset);
    if (euc === undefined || euc < 0x80) {
      designate('(B');
      out.push(euc ?? questionMark);
    } else if (euc >>> 8 === 0x8e) {
      designate('(I');
      out.push(euc & 0x7f);
    } else {
      designate('$B');
      out.push((euc >>> 8) & 0x7f, euc & 0x7f);
    }
  }
  designate('(B');
  return Uint8Array.from(out);
}

const questionMark = 0x3f;

function codeBytes(code: number, label: string, table: Map<number, number>): number | null {
  const found = table.get(code);
  if (found !== undefined) return found;
  if (label !== 'gb18030' || code < 0x10000) return null;
  return fourByteCode(code - 0x10000 + fourByteSupplementary);
}

function writeBytes(out: Uint8Array, at: number, code: number): number {
  let n = at;
  if (code > 0xffffff) out[n++] = code >>> 24;
  if (code > 0xffff) out[n++] = (code >>> 16) & 0xff;
  if (code > 0xff) out[n++] = (code >>> 8) & 0xff;
  out[n++] = code & 0xff;
  return n;
}

function unmapped(charset: Pick<Charset, 'name'>): Hl7Error {
  return new Hl7Error(
    'charset-unmappable',
    `The message holds a character that ${charset.name} does not have.`,
  );
}

const tables = new Map<string, Map<number, number>>();

function tableFor(label: string): Map<number, number> {
  let table = tables.get(label);
  if (table === undefined) {
    table = buildTable(label);
    tables.set(label, table);
  }
  return table;
}

const singleByte = /^(iso-8859|windows)-/;

function buildTable(label: string): Map<number, number> {
  const table = new Map<number, number>();
  const codes: number[] = [];
  // Node reads the byte 80 as the euro sign in GB18030 too, where the standard writes A2E3.
  for (let byte = label === 'gb18030' ? 0x81 : 0x80; byte < 0x100; byte++) codes.push(byte);
  if (!singleByte.test(label)) {
    for (let lead = 0x81; lead < 0xff; lead++) {
      for (let trail = 0x40; trail < 0xff; trail++) codes.push((lead << 8) | trail);
    }
  }
  // A code below the standard range of Big5 is a Hong Kong addition that other readers do not know.
  addCodes(table, label, label === 'big5' ? codes.filter((code) => code >= 0xa140) : codes);
  if (label === 'gb18030') {
    const fours = Array.from({ length: fourByteBmp }, (_, i) => fourByteCode(i));
    addCodes(table, label, fours);
    addPrivateUse(table);
    // The only code that decodes to the replacement character by right.
    table.set(0xfffd, 0x8431a437);
  }
  return table;
}

// Four-byte GB18030 codes counted from 81308130: 39,420 for the BMP; U+10000 is number 189,000.
const fourByteBmp = 39_420;
const fourByteSupplementary = 189_000;

function fourByteCode(index: number): number {
  const b4 = 0x30 + (index % 10);
  const b3 = 0x81 + (Math.floor(index / 10) % 126);
  const b2 = 0x30 + (Math.floor(index / 1260) % 10);
  const b1 = 0x81 + Math.floor(index / 12_600);
  return ((b1 << 24) | (b2 << 16) | (b3 << 8) | b4) >>> 0;
}

// Private-use characters by which GB18030-2005 systems stand for characters that Unicode got later: written
// with the codes of the real ones (GB18030-2022).
const privateUse2005: readonly (readonly [number, number])[] = [
  [0xe78d, 0xfe10],
  [0xe78e, 0xfe12],
  [0xe78f, 0xfe11],
  [0xe790, 0xfe13],
  [0xe791, 0xfe14],
  [0xe792, 0xfe15],
  [0xe793, 0xfe16],
  [0xe794, 0xfe17],
  [0xe795, 0xfe18],
  [0xe796, 0xfe19],
  [0xe81e, 0x9fb4],
  [0xe826, 0x9fb5],
  [0xe82b, 0x9fb6],
  [0xe82c, 0x9fb7],
  [0xe832, 0x9fb8],
  [0xe843, 0x9fb9],
  [0xe854, 0x9fba],
  [0xe864, 0x9fbb],
];

function addPrivateUse(table: Map<number, number>): void {
  for (const [old, real] of privateUse2005) {
    const code = table.get(real);
    if (code !== undefined && !table.has(old)) table.set(old, code);
  }
}

// Every code is decoded with a line end after it, all in one call, and kept when it is one character.
function addCodes(table: Map<number, number>, label: string, codes: number[]): void {
  const bytes = new Uint8Array(codes.length * 5);
  let n = 0;
  for (const code of codes) {
    n = writeBytes(bytes, n, code);
    bytes[n++] = 0x0a;
  }
  const lines = new TextDecoder(label).decode(bytes.subarray(0, n)).split('\n');
  codes.forEach((code, i) => {
    const line = lines[i] ?? '';
    const point = line.codePointAt(0);
    if (point === undefined || point < 0x80 || point === 0xfffd) return;
    if (String.fromCodePoint(point) !== line || table.has(point)) return;
    table.set(point, code);
  });
}
