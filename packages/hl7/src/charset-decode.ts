// Bytes of a message to text. Order: byte order mark, MSH-18, the node's setting, strict UTF-8, GB18030.
// Decoding comes before any splitting: `|`, `^`, `~` and `\` occur as second bytes of GBK, GB18030, Big5 and
// Shift-JIS characters.
import { isAscii, isUtf8 } from 'node:buffer';
import { ascii, type Charset, charsetDeclared, charsetNamed, gb18030, utf8 } from './charset-names.ts';
import { Hl7Error } from './error.ts';
import { decodeIso2022 } from './iso2022.ts';

export interface DecodeOptions {
  /** The node's setting: used when MSH-18 is absent, ASCII with 8-bit bytes behind it, or plainly wrong. */
  charset?: string;
  /** Use the node's setting even when MSH-18 says otherwise (senders that declare the wrong set). */
  ignoreDeclared?: boolean;
  /** Bytes that are not characters: `replace` (default, counted in the result) or `error`. */
  undecodable?: 'replace' | 'error';
}

export interface Decoded {
  text: string;
  charset: Charset;
  /** What chose the set. `mismatch`: MSH-18 was not true and the set was found otherwise. */
  chosenBy: 'mark' | 'declared' | 'setting' | 'detected' | 'mismatch';
  /** Characters U+FFFD that stand for undecodable bytes. */
  replaced: number;
}

export function decodeMessage(bytes: Uint8Array, options: DecodeOptions = {}): Decoded {
  const { charset, chosenBy } = chooseCharset(bytes, options);
  const text = decodeBytes(bytes, charset);
  const replaced = charset.label === 'ascii' ? 0 : countReplaced(text);
  if (replaced > 0 && options.undecodable === 'error') {
    throw new Hl7Error(
      'charset-undecodable',
      `The message is not valid ${charset.name} text (${replaced} places).`,
    );
  }
  return { text, charset, chosenBy, replaced };
}

export function decodeBytes(bytes: Uint8Array, charset: Charset): string {
  switch (charset.label) {
    case 'ascii':
    case 'binary':
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    case 'utf-8':
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    case 'iso-2022':
      return decodeIso2022(bytes);
    default:
      return new TextDecoder(charset.label, { ignoreBOM: true }).decode(bytes);
  }
}

/** A node's setting as a Charset; the name must be known. */
export function charsetOf(name: string): Charset {
  const charset = charsetNamed(name);
  if (charset === null) {
    throw new Hl7Error('charset-unsupported', 'The character set asked for is not supported.');
  }
  return charset;
}

function chooseCharset(bytes: Uint8Array, options: DecodeOptions): Pick<Decoded, 'charset' | 'chosenBy'> {
  const marked = byteOrderMark(bytes);
  if (marked !== null) return { charset: marked, chosenBy: 'mark' };
  const setting = options.charset === undefined ? null : charsetOf(options.charset);
  if (options.ignoreDeclared === true && setting !== null) return { charset: setting, chosenBy: 'setting' };

  const declared = readDeclared(bytes);
  const plain = isAscii(bytes);
  // A header that can be read as single bytes is not UTF-16, whatever it says.
  if (declared !== null && declared !== 'unknown' && !declared.label.startsWith('utf-16')) {
    const stateful = declared.label === 'iso-2022';
    if (plain || stateful) return { charset: declared, chosenBy: 'declared' };
    if (declared.label === 'utf-8' && !isUtf8(bytes)) {
      return { charset: setting ?? gb18030, chosenBy: 'mismatch' };
    }
    if (declared.label !== 'ascii') return { charset: declared, chosenBy: 'declared' };
  }
  if (setting !== null) return { charset: setting, chosenBy: 'setting' };
  if (declared === 'unknown' && !isUtf8(bytes)) {
    throw new Hl7Error('charset-unsupported', 'MSH-18 names a character set that is not supported.', {
      segment: 'MSH',
      field: 18,
    });
  }
  if (plain) return { charset: ascii, chosenBy: 'detected' };
  return { charset: isUtf8(bytes) ? utf8 : gb18030, chosenBy: 'detected' };
}

function byteOrderMark(bytes: Uint8Array): Charset | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return utf8;
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return charsetNamed('UTF-16BE');
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return charsetNamed('UTF-16LE');
  // UTF-16 without a mark: the header's letters stand beside zeros.
  if (bytes[0] === 0x00 && bytes[1] === 0x4d) return charsetNamed('UTF-16BE');
  if (bytes[0] === 0x4d && bytes[1] === 0x00) return charsetNamed('UTF-16LE');
  return null;
}

// The header is read before its character set is known. With plain ASCII in it one reading is enough;
// else MSH-18 counts only in a reading that it confirms.
function readDeclared(bytes: Uint8Array): Charset | 'unknown' | null {
  const line = headerLine(bytes);
  const first = declaredIn(Buffer.from(line).toString('latin1'));
  if (isAscii(line)) return first;
  for (const name of ['UTF-8', 'GB18030', 'BIG-5', 'EUC-KR', 'SHIFT_JIS']) {
    const reading = charsetOf(name);
    const text = decodeBytes(line, reading);
    const declared = declaredIn(text);
    if (declared === null || declared === 'unknown' || text.includes('\uFFFD')) continue;
    const same = declared.label === reading.label;
    if (same || (reading.label === 'gb18030' && declared.label === 'gbk')) return declared;
  }
  return first;
}

const maxHeaderBytes = 4096;

function headerLine(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length && (bytes[start] ?? 0) <= 0x20) start++;
  const window = bytes.subarray(start, start + maxHeaderBytes);
  const ends = [window.indexOf(0x0d), window.indexOf(0x0a)].filter((at) => at !== -1);
  return window.subarray(0, Math.min(window.length, ...ends));
}

function declaredIn(header: string): Charset | 'unknown' | null {
  if (!header.startsWith('MSH')) return null;
  const fields = header.split(header.charAt(3), 19);
  const repetition = (fields[1] ?? '').charAt(1) || '~';
  return charsetDeclared((fields[17] ?? '').split(repetition, 20));
}

function countReplaced(text: string): number {
  let n = 0;
  for (let at = text.indexOf('\uFFFD'); at !== -1; at = text.indexOf('\uFFFD', at + 1)) n++;
  return n;
}
