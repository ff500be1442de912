// Batch files (HL7 v2.x chapter 2.10.3): FHS { BHS { MSH … } BTS } FTS, every envelope segment optional, and
// files that are just messages one behind the other. Messages are cut out as bytes and read one by one on
// demand, so a broken one does not take the others with it, and each has its own character set.
import { readDelimiters } from './delimiters.ts';
import { Hl7Error } from './error.ts';
import { checkSize, limitsFrom } from './limits.ts';
import type { Message } from './message.ts';
import { type ParseOptions, parseMessage } from './parse.ts';

export interface BatchEntry {
  readonly bytes: Uint8Array;
  /** Position in the file. */
  readonly offset: number;
  /** Reads the message; throws Hl7Error when it is broken. */
  parse(): Message;
}

export interface BatchPart {
  /** Raw BHS and BTS lines, null when not sent. */
  readonly header: string | null;
  readonly trailer: string | null;
  readonly entries: readonly BatchEntry[];
}

export interface Batch {
  readonly fileHeader: string | null;
  readonly fileTrailer: string | null;
  readonly parts: readonly BatchPart[];
  readonly entries: readonly BatchEntry[];
  /** Counts in BTS-1 or FTS-1 that do not agree with what is there, and envelopes out of order. */
  readonly problems: readonly Hl7Error[];
}

type EnvelopeName = 'FHS' | 'BHS' | 'MSH' | 'BTS' | 'FTS';

interface Cut {
  name: EnvelopeName;
  start: number;
  end: number;
}

export function parseBatch(input: Uint8Array | string, options: ParseOptions = {}): Batch {
  const bytes = typeof input === 'string' ? Buffer.from(input, 'utf8') : input;
  const limits = limitsFrom(options.limits);
  checkSize(bytes.length, limits);
  const cuts = cutEnvelopes(bytes, limits.maxSegments);
  if (cuts.length === 0) {
    throw new Hl7Error('no-msh', 'There is no HL7 message in this.', { offset: 0 });
  }
  return assemble(bytes, cuts, options);
}

interface OpenPart {
  header: string | null;
  trailer: string | null;
  entries: BatchEntry[];
}

function assemble(bytes: Uint8Array, cuts: readonly Cut[], options: ParseOptions): Batch {
  const parts: OpenPart[] = [];
  const problems: Hl7Error[] = [];
  let fileHeader: string | null = null;
  let fileTrailer: string | null = null;
  let open: OpenPart | null = null;
  for (const cut of cuts) {
    const piece = bytes.subarray(cut.start, cut.end);
    const line = () => Buffer.from(piece).toString('utf8').trim();
    if (cut.name === 'FHS') {
      fileHeader = line();
    } else if (cut.name === 'FTS') {
      fileTrailer = line();
      checkCount(fileTrailer, fileHeader, parts.length, cut, problems);
    } else if (cut.name === 'BTS') {
      if (open === null) problems.push(outOfOrder(cut));
      else {
        open.trailer = line();
        checkCount(open.trailer, open.header ?? fileHeader, open.entries.length, cut, problems);
      }
      open = null;
    } else {
      if (open === null || cut.name === 'BHS') {
        open = { header: cut.name === 'BHS' ? line() : null, trailer: null, entries: [] };
        parts.push(open);
      }
      if (cut.name === 'MSH') {
        open.entries.push({ bytes: piece, offset: cut.start, parse: () => parseMessage(piece, options) });
      }
    }
  }
  const entries = parts.flatMap((part) => part.entries);
  return { fileHeader, fileTrailer, parts, entries, problems };
}

// Each piece runs from its envelope segment to the next one.
function cutEnvelopes(bytes: Uint8Array, max: number): Cut[] {
  const cuts: Cut[] = [];
  let lineStart = true;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    // Blanks, MLLP framing bytes and a byte order mark may stand before a segment.
    const blank = byte <= 0x20 || byte === 0xef || byte === 0xbb || byte === 0xbf;
    const name = lineStart && !blank ? envelopeAt(bytes, at) : null;
    if (name !== null) {
      const previous = cuts.at(-1);
      if (previous !== undefined) previous.end = at;
      if (cuts.length >= max) {
        throw new Hl7Error('too-many-segments', `The batch has more than ${max} messages.`, { offset: at });
      }
      cuts.push({ name, start: at, end: bytes.length });
    }
    lineStart = byte === 0x0d || byte === 0x0a || byte === 0x0b || (lineStart && blank);
  }
  return cuts;
}

function envelopeAt(bytes: Uint8Array, at: number): EnvelopeName | null {
  const next = bytes[at + 3];
  const name = String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0);
  if (name === 'FTS' || name === 'BTS') return next === undefined || isTrailerNext(next) ? name : null;
  if (next === undefined || next <= 0x20 || isWordByte(next)) return null;
  return name === 'FHS' || name === 'BHS' || name === 'MSH' ? name : null;
}

function isTrailerNext(byte: number): boolean {
  return byte === 0x0d || byte === 0x0a || (byte > 0x20 && !isWordByte(byte));
}

function isWordByte(byte: number): boolean {
  return /[A-Za-z0-9\x80-\xff]/.test(String.fromCharCode(byte));
}

function checkCount(
  trailer: string,
  header: string | null,
  found: number,
  cut: Cut,
  problems: Hl7Error[],
): void {
  const separator = header === null ? trailer.charAt(3) : readDelimiters(header).field;
  const written = trailer.split(separator)[1]?.trim() ?? '';
  if (written === '' || Number(written) === found) return;
  problems.push(
    new Hl7Error('batch-count', `${cut.name}-1 does not agree with the ${found} found.`, {
      segment: cut.name,
      field: 1,
      offset: cut.start,
    }),
  );
}

function outOfOrder(cut: Cut): Hl7Error {
  return new Hl7Error('batch-count', `${cut.name} stands without a batch before it.`, {
    segment: cut.name,
    offset: cut.start,
  });
}
