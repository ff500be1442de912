// ISO 2022 text as HL7 uses it: MSH-18 "ISO IR87" and friends, and the escapes \Cxxyy\ and \Mxxyyzz\
// (HL7 v2.x chapter 2.7.2 and 2.A). Each run after an escape sequence is turned into the 8-bit form that
// TextDecoder knows (EUC-JP, EUC-KR, GB18030, ISO 8859-x) and decoded there.
import { TextDecoder } from 'node:util';
import { Hl7Error } from './error.ts';

interface Designation {
  label: string;
  /** Prefix byte for each character in the 8-bit form (EUC-JP code sets 2 and 3). */
  shift: number | null;
  /** Bytes of a character on the wire. */
  width: 1 | 2;
}

// Keyed by the characters after ESC.
const designations: Record<string, Designation | null> = {
  '(B': null,
  '(J': null,
  '(I': { label: 'euc-jp', shift: 0x8e, width: 1 },
  ')I': { label: 'euc-jp', shift: 0x8e, width: 1 },
  $B: { label: 'euc-jp', shift: null, width: 2 },
  '$@': { label: 'euc-jp', shift: null, width: 2 },
  '$(D': { label: 'euc-jp', shift: 0x8f, width: 2 },
  $A: { label: 'gb18030', shift: null, width: 2 },
  '$(A': { label: 'gb18030', shift: null, width: 2 },
  '$)A': { label: 'gb18030', shift: null, width: 2 },
  '$(C': { label: 'euc-kr', shift: null, width: 2 },
  '$)C': { label: 'euc-kr', shift: null, width: 2 },
  '-A': { label: 'iso-8859-1', shift: null, width: 1 },
  '-B': { label: 'iso-8859-2', shift: null, width: 1 },
  '-C': { label: 'iso-8859-3', shift: null, width: 1 },
  '-D': { label: 'iso-8859-4', shift: null, width: 1 },
  '-F': { label: 'iso-8859-7', shift: null, width: 1 },
  '-G': { label: 'iso-8859-6', shift: null, width: 1 },
  '-H': { label: 'iso-8859-8', shift: null, width: 1 },
  '-L': { label: 'iso-8859-5', shift: null, width: 1 },
  '-M': { label: 'iso-8859-9', shift: null, width: 1 },
};

const escapeByte = 0x1b;
/** First byte behind ESC in every designation: `$ ( ) -`. */
const intermediates = new Set([0x24, 0x28, 0x29, 0x2d]);
const maxDesignations = 200_000;
const decoders = new Map<string, TextDecoder>();

/** True when `sequence` (without ESC) designates a character set that decodeIso2022 knows. */
export function knowsDesignation(sequence: string): boolean {
  return Object.hasOwn(designations, sequence);
}

export function decodeIso2022(bytes: Uint8Array): string {
  let out = '';
  let current: Designation | null = null;
  let from = 0;
  let seen = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    // A line end puts the first set back (HL7 2.A.46: every segment begins in the default set).
    if (current !== null && (byte === 0x0d || byte === 0x0a)) {
      out += decodeRun(bytes.subarray(from, i), current);
      current = null;
      from = i;
      continue;
    }
    if (byte !== escapeByte) continue;
    const sequence = sequenceAt(bytes, i + 1);
    if (sequence === null) continue;
    if (++seen > maxDesignations) {
      throw new Hl7Error('too-many-parts', 'The message changes its character set too often.', { offset: i });
    }
    out += decodeRun(bytes.subarray(from, i), current);
    current = designations[sequence] ?? null;
    i += sequence.length;
    from = i + 1;
  }
  return out + decodeRun(bytes.subarray(from), current);
}

function sequenceAt(bytes: Uint8Array, at: number): string | null {
  if (!intermediates.has(bytes[at] ?? 0)) return null;
  for (const length of [2, 3]) {
    const sequence = String.fromCharCode(...bytes.subarray(at, at + length));
    if (sequence.length === length && knowsDesignation(sequence)) return sequence;
  }
  return null;
}

function decodeRun(run: Uint8Array, set: Designation | null): string {
  if (run.length === 0) return '';
  if (set === null) return decoderFor('euc-jp').decode(run);
  const wide = new Uint8Array(run.length * 2);
  let n = 0;
  for (let i = 0; i < run.length; i++) {
    const byte = run[i] ?? 0;
    if (byte <= 0x20 || byte === 0x7f) {
      wide[n++] = byte;
      continue;
    }
    if (set.shift !== null) wide[n++] = set.shift;
    wide[n++] = byte | 0x80;
    if (set.width === 2 && i + 1 < run.length) wide[n++] = (run[++i] ?? 0) | 0x80;
  }
  return decoderFor(set.label).decode(wide.subarray(0, n));
}

function decoderFor(label: string): TextDecoder {
  let decoder = decoders.get(label);
  if (decoder === undefined) {
    decoder = new TextDecoder(label);
    decoders.set(label, decoder);
  }
  return decoder;
}
