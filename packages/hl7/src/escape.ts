// Escape sequences of HL7 v2.x chapter 2.7: \F\ \S\ \T\ \R\ \E\ \P\, \Xhh..\, \Cxxyy\ \Mxxyyzz\ and the
// formatting commands \.br\ \.sp\ \H\ \N\ of FT text. Reading is lazy and never fails: what is not a
// known escape stays as it is written.
import { isAscii, isUtf8 } from 'node:buffer';
import { decodeBytes } from './charset-decode.ts';
import { type Charset, gb18030, utf8 } from './charset-names.ts';
import type { Delimiters } from './delimiters.ts';
import { decodeIso2022, knowsDesignation } from './iso2022.ts';

export interface TextContext {
  readonly delimiters: Delimiters;
  /** For \X..\ bytes above 7F. */
  readonly charset: Charset;
}

const maxBlankLines = 100;

/** Decodes the escapes of a raw value. */
export function decodeEscapes(raw: string, context: TextContext): string {
  const mark = context.delimiters.escape;
  let open = raw.indexOf(mark);
  if (open === -1) return raw;
  let out = '';
  let from = 0;
  while (open !== -1) {
    const close = raw.indexOf(mark, open + 1);
    if (close === -1) break;
    const code = raw.slice(open + 1, close);
    const shift = shiftedRun(raw, code, close + 1, mark);
    const text = shift?.text ?? decodeOne(code, context);
    if (text === null) {
      // Not an escape: the character stands for itself, and the next one may open one.
      open = close;
      continue;
    }
    out += raw.slice(from, open) + text;
    from = shift?.end ?? close + 1;
    open = raw.indexOf(mark, from);
  }
  return out + raw.slice(from);
}

/** Writes a value so that decodeEscapes gives it back exactly, whatever it holds. */
export function encodeEscapes(text: string, delimiters: Delimiters): string {
  // Two quotes alone would mean the explicit null.
  if (text === '""') return `${hexEscape(0x22, delimiters)}"`;
  let out = '';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const written = encodeOne(text.charCodeAt(i), text.charAt(i), delimiters);
    if (written === null) continue;
    out += text.slice(from, i) + written;
    from = i + 1;
  }
  return from === 0 ? text : out + text.slice(from);
}

function encodeOne(code: number, character: string, d: Delimiters): string | null {
  if (code > 0x7f) return null;
  switch (character) {
    case d.field:
      return `${d.escape}F${d.escape}`;
    case d.component:
      return `${d.escape}S${d.escape}`;
    case d.subcomponent:
      return `${d.escape}T${d.escape}`;
    case d.repetition:
      return `${d.escape}R${d.escape}`;
    case d.escape:
      return `${d.escape}E${d.escape}`;
    case d.truncation:
      return `${d.escape}P${d.escape}`;
    case '\n':
      return `${d.escape}.br${d.escape}`;
    default:
      return code < 0x20 ? hexEscape(code, d) : null;
  }
}

function hexEscape(code: number, d: Delimiters): string {
  return `${d.escape}X${code.toString(16).toUpperCase().padStart(2, '0')}${d.escape}`;
}

function decodeOne(code: string, context: TextContext): string | null {
  const d = context.delimiters;
  switch (code) {
    case 'F':
      return d.field;
    case 'S':
      return d.component;
    case 'T':
      return d.subcomponent;
    case 'R':
      return d.repetition;
    case 'E':
      return d.escape;
    case 'P':
      return d.truncation ?? '#';
    case 'H':
    case 'N':
      return '';
    default:
      return code.startsWith('.') ? formatting(code) : hexText(code, context);
  }
}

// FT commands. Layout that plain text cannot show (indent, wrap) is dropped.
function formatting(code: string): string | null {
  if (code === '.br' || code === '.ce') return '\n';
  const spaces = /^\.sp\s*\+?(\d{0,4})$/.exec(code);
  if (spaces !== null) return '\n'.repeat(Math.min(maxBlankLines, Number(spaces[1] || 1)));
  return /^\.(fi|nf|(in|ti|sk)\s*[+-]?\d{0,4})$/.test(code) ? (code.startsWith('.sk') ? ' ' : '') : null;
}

function hexText(code: string, context: TextContext): string | null {
  if (!/^X(?:[0-9A-Fa-f]{2})+$/.test(code)) return null;
  const bytes = Buffer.from(code.slice(1), 'hex');
  if (context.charset.label !== 'ascii' || isAscii(bytes)) return decodeBytes(bytes, context.charset);
  return decodeBytes(bytes, isUtf8(bytes) ? utf8 : gb18030);
}

// \C2842\ or \M2442\: what follows, up to the next such escape, is in the set that ESC + these bytes names.
function shiftedRun(
  raw: string,
  code: string,
  from: number,
  mark: string,
): { text: string; end: number } | null {
  const match = /^[CM]((?:[0-9A-Fa-f]{2}){2,3})$/.exec(code);
  if (match === null) return null;
  const sequence = Buffer.from(match[1] ?? '', 'hex').toString('latin1');
  if (!knowsDesignation(sequence)) return null;
  let end = from;
  while (end < raw.length && !(raw[end] === mark && (raw[end + 1] === 'C' || raw[end + 1] === 'M'))) end++;
  const run = raw.slice(from, end);
  for (let i = 0; i < run.length; i++) if (run.charCodeAt(i) > 0xff) return { text: '', end: from };
  return { text: decodeIso2022(Buffer.from(`\x1b${sequence}${run}`, 'latin1')), end };
}
