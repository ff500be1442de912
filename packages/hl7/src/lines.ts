// Cuts decoded text into segment lines. The standard's separator is CR; LF and CR LF are accepted too.
// A line that does not begin like a segment continues the one before it: senders put report text with bare
// line ends into OBX-5, and losing it would be worse than keeping it together.
import type { Delimiters } from './delimiters.ts';
import { Hl7Error } from './error.ts';
import type { Hl7Limits } from './limits.ts';

export interface Line {
  raw: string;
  /** Line ends (and blank lines) behind it, exactly as received. */
  terminator: string;
}

export interface CutText {
  /** Byte order mark, blanks and framing bytes before the first segment. */
  prefix: string;
  lines: Line[];
}

export function cutLines(text: string, start: number, delimiters: Delimiters, limits: Hl7Limits): CutText {
  const end = endOfContent(text, start);
  const breakAfter = breakFinder(text, end);
  const lines: Line[] = [];
  let open: Line | null = null;
  let from = start;
  while (from < end) {
    const stop = breakAfter(from);
    const after = skipBreaks(text, stop, end);
    const raw = text.slice(from, stop);
    if (open === null || startsSegment(raw, delimiters)) {
      if (lines.length >= limits.maxSegments) {
        throw new Hl7Error('too-many-segments', `The message has more than ${limits.maxSegments} segments.`, {
          offset: from,
        });
      }
      open = { raw, terminator: text.slice(stop, after) };
      lines.push(open);
    } else {
      open.raw += open.terminator + raw;
      open.terminator = text.slice(stop, after);
    }
    from = after;
  }
  if (open !== null) open.terminator += text.slice(end);
  return { prefix: text.slice(0, start), lines };
}

/** Where the content begins: behind a byte order mark, blanks, line ends and the MLLP start byte. */
export function startOfContent(text: string): number {
  let at = 0;
  while (at < text.length && isBlank(text.charCodeAt(at))) at++;
  return at;
}

function endOfContent(text: string, start: number): number {
  let end = text.length;
  while (end > start && isTail(text.charCodeAt(end - 1))) end--;
  return end;
}

function isBlank(code: number): boolean {
  return code <= 0x20 || code === 0xfeff || code === 0x3000;
}

// CR, LF, and the file separator and NUL that a careless sender leaves behind.
function isTail(code: number): boolean {
  return code === 0x0d || code === 0x0a || code === 0x1c || code === 0x00;
}

// The next CR or LF at or after a place. Both are looked for far ahead and remembered, so that the text is
// searched once for each.
function breakFinder(text: string, end: number): (from: number) => number {
  const found = { '\r': -1, '\n': -1 };
  const next = (what: '\r' | '\n', from: number) => {
    if (found[what] < from) {
      const at = text.indexOf(what, from);
      found[what] = at === -1 ? end : at;
    }
    return found[what];
  };
  return (from) => Math.min(next('\r', from), next('\n', from), end);
}

function skipBreaks(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && isBreak(text.charCodeAt(at))) at++;
  return at;
}

export function isBreak(code: number): boolean {
  return code === 0x0d || code === 0x0a;
}

// Names that are taken for segments even when nothing follows them. Any other three capitals alone on a
// line are a line of text ("MRI").
const bareSegments = new Set(
  'MSH EVN PID PD1 NK1 PV1 PV2 MRG ORC OBR OBX NTE TQ1 TQ2 IPC TXA AL1 DG1 GT1 IN1 IN2 ACC MSA ERR QAK QPD RCP DSC SPM SCH RGS AIS FHS BHS BTS FTS UB1 UB2'.split(
    ' ',
  ),
);
function startsSegment(line: string, delimiters: Delimiters): boolean {
  if (!hasSegmentName(line)) return false;
  if (line.length === 3) return bareSegments.has(line) || line.startsWith('Z');
  return line.charAt(3) === delimiters.field;
}

/** A capital letter and two capital letters or digits. */
export function hasSegmentName(line: string): boolean {
  return isCapital(line.charCodeAt(0)) && isNameTail(line.charCodeAt(1)) && isNameTail(line.charCodeAt(2));
}

function isCapital(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

function isNameTail(code: number): boolean {
  return isCapital(code) || (code >= 0x30 && code <= 0x39);
}
