// Decodes text values under Specific Character Set (PS3.3 C.12.1.1.2; PS3.5 §6.1 and Annexes H to K):
// single sets, ISO 2022 with escapes, UTF-8, GB18030 and GBK, and text that is not what it claims to be.
import { decodeStrictly, detectCharset, hasHighBytes } from './charset-detect.ts';
import {
  ascii,
  type CodeElement,
  decodeLatin1,
  decodeWith,
  escapes,
  initialG1,
  wholeEncoding,
} from './charset-table.ts';
import type { Dataset } from './dataset.ts';

export interface Charset {
  /** The defined terms of (0008,0005), trimmed; empty when absent. */
  declared: readonly string[];
  whole: 'utf-8' | 'gb18030' | null;
  g1: CodeElement | null;
  /** Missing, ISO_IR 6 or ISO_IR 100: bytes may be something else and are looked at. */
  doubtful: boolean;
}

export interface DecodedText {
  text: string;
  declared: string;
  used: string;
  repaired: boolean;
}

const escapeByte = 0x1b;
const cache = new WeakMap<Dataset, { source: unknown; charset: Charset }>();
const absent: Charset = makeCharset([]);

/** The character set of a data set: its own, or that of the data set around it. */
export function charsetOf(dataset: Dataset): Charset {
  for (let at: Dataset | null = dataset; at !== null; at = at.parent) {
    const element = at.elements.get('00080005');
    if (element?.kind !== 'value') continue;
    const known = cache.get(at);
    if (known?.source === element) return known.charset;
    const terms = decodeLatin1(element.value).replace(/\0+$/, '').split('\\');
    const charset = makeCharset(terms.map((term) => term.trim()));
    cache.set(at, { source: element, charset });
    return charset;
  }
  return absent;
}

export function makeCharset(declared: readonly string[]): Charset {
  const whole = declared.map(wholeEncoding).find((found) => found !== null) ?? null;
  const first = declared[0] ?? '';
  const number = Number(/(\d+)\s*$/.exec(first)?.[1] ?? Number.NaN);
  const known = initialG1.get(number);
  // A term nobody knows is treated as absent.
  const doubtful = whole === null && (known === undefined || number === 6 || number === 100);
  return { declared, whole, g1: known ?? null, doubtful };
}

/** `multi`: a backslash separates values, and with them the escape state (PS3.5 §6.1.2.5.3). */
export function decodeText(bytes: Uint8Array, charset: Charset, multi: boolean, isName = false): DecodedText {
  const declared = charset.declared.join('\\');
  const used = charset.whole === null ? declared : charset.whole === 'utf-8' ? 'ISO_IR 192' : 'GB18030';
  if (!hasHighBytes(bytes) && !bytes.includes(escapeByte))
    return { text: decodeLatin1(bytes), declared, used, repaired: false };
  if (charset.whole !== null) return decodeWhole(bytes, charset.whole, declared, used);
  if (charset.doubtful && !bytes.includes(escapeByte)) {
    const found = detectCharset(bytes);
    if (found !== null) {
      return {
        text: decodeWith(found, bytes),
        declared,
        used: found === 'utf-8' ? 'ISO_IR 192' : 'GB18030',
        repaired: true,
      };
    }
  }
  return { text: decodeIso2022(bytes, charset.g1, multi, isName), declared, used, repaired: false };
}

function decodeWhole(
  bytes: Uint8Array,
  whole: 'utf-8' | 'gb18030',
  declared: string,
  used: string,
): DecodedText {
  const text = decodeStrictly(whole, bytes);
  if (text !== null) return { text, declared, used, repaired: false };
  const other = whole === 'utf-8' ? 'gb18030' : 'utf-8';
  const repaired = decodeStrictly(other, bytes);
  if (repaired !== null && detectCharset(bytes) === other) {
    return { text: repaired, declared, used: other === 'utf-8' ? 'ISO_IR 192' : 'GB18030', repaired: true };
  }
  // Some writers leave ISO 2022 escapes in values of a data set that says UTF-8 (as pydicom's samples do).
  if (bytes.includes(escapeByte))
    return { text: decodeIso2022(bytes, null, true, true), declared, used, repaired: true };
  return { text: decodeWith(whole, bytes), declared, used, repaired: false };
}

function decodeIso2022(
  bytes: Uint8Array,
  initial: CodeElement | null,
  multi: boolean,
  isName: boolean,
): string {
  let text = '';
  let g0: CodeElement = ascii;
  let g1: CodeElement | null = initial;
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    if (byte === escapeByte) {
      const found = matchEscape(bytes, at + 1);
      if (found === null) {
        at++;
        continue;
      }
      if (found.element.slot === 'G0') g0 = found.element;
      else g1 = found.element;
      at += 1 + found.length;
      continue;
    }
    if (byte < 0x21 || (g0.bytesPerCharacter === 1 && isDelimiter(byte, multi, isName))) {
      text += String.fromCharCode(byte);
      if (byte === 0x0a || byte === 0x0c || byte === 0x0d || byte === 0x09 || byte >= 0x21) {
        g0 = ascii;
        g1 = initial;
      }
      at++;
      continue;
    }
    const set: CodeElement | null = byte < 0x80 ? g0 : g1;
    const end = runEnd(bytes, at, byte >= 0x80, g0.bytesPerCharacter === 1 && byte < 0x80, multi, isName);
    // High bytes without a G1 set: nothing is declared for them; Latin-1 shows at least what was sent.
    text += (set ?? ascii).decode(bytes.subarray(at, end));
    at = end;
  }
  return text;
}

/** The end of the bytes that belong to the same code element as bytes[at]. */
function runEnd(
  bytes: Uint8Array,
  at: number,
  high: boolean,
  delimited: boolean,
  multi: boolean,
  isName: boolean,
): number {
  let end = at + 1;
  for (; end < bytes.length; end++) {
    const byte = bytes[end] ?? 0;
    if (byte < 0x21 || byte >= 0x80 !== high) break;
    if (delimited && isDelimiter(byte, multi, isName)) break;
  }
  return end;
}

function isDelimiter(byte: number, multi: boolean, isName: boolean): boolean {
  return (multi && byte === 0x5c) || (isName && (byte === 0x5e || byte === 0x3d));
}

function matchEscape(bytes: Uint8Array, at: number): { element: CodeElement; length: number } | null {
  for (const length of [2, 3]) {
    const element = escapes.get(String.fromCharCode(...bytes.subarray(at, at + length)));
    if (element !== undefined) return { element, length };
  }
  return null;
}
