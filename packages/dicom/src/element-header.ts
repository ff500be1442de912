// Reads one element header (PS3.5 §7.1) and forgives what real writers get wrong: unknown VR letters,
// implicit elements inside explicit data sets. The caller has made sure of eight bytes in one piece.
import type { ByteQueue } from './byte-queue.ts';
import type { Dataset } from './dataset.ts';
import { dictionaryEntry, vrOf } from './dictionary.ts';
import { type Encoding, tagText, undefinedLength } from './encoding.ts';
import { hasLongForm, type Vr, vrFromBytes } from './vr.ts';

export type WarningCode =
  | 'syntax-mismatch'
  | 'unknown-vr'
  | 'implicit-in-explicit'
  | 'duplicate-element'
  | 'stray-delimiter'
  | 'missing-meta'
  | 'missing-preamble'
  | 'trailing-zeros'
  | 'odd-length'
  | 'not-a-sequence'
  | 'length-corrected';

export type Warn = (code: WarningCode, offset: number, tag: string) => void;

export interface ElementHeader {
  tag: string;
  vr: Vr;
  length: number;
  bytes: number;
}

const pixelTags: ReadonlySet<string> = new Set(['7FE00008', '7FE00009', '7FE00010']);

export function isPixelTag(tag: string): boolean {
  return pixelTags.has(tag);
}

/** Null: the header is longer than what has arrived. */
export function readHeader(
  queue: ByteQueue,
  encoding: Encoding,
  owner: Dataset,
  warn: Warn,
): ElementHeader | null {
  const { current, position } = queue;
  const { bigEndian } = encoding;
  const tag = tagText(read16(current, position, bigEndian), read16(current, position + 2, bigEndian));
  if (!encoding.explicit) return implicitHeader(queue, bigEndian, owner, tag, warn);
  const first = current[position + 4] ?? 0;
  const second = current[position + 5] ?? 0;
  const vr = vrFromBytes(first, second);
  const short = read16(current, position + 6, bigEndian);
  if (vr !== undefined) {
    return hasLongForm(vr) ? longHeader(queue, bigEndian, tag, vr) : { tag, vr, length: short, bytes: 8 };
  }
  if (isControl(first) || isControl(second)) {
    warn('implicit-in-explicit', queue.offset, tag);
    return implicitHeader(queue, bigEndian, owner, tag, warn);
  }
  warn('unknown-vr', queue.offset, tag);
  // A VR of the future has the long form (PS3.5 §7.1.2); anything else unknown is a slip in the letters.
  if (isUpper(first) && isUpper(second) && short === 0) return longHeader(queue, bigEndian, tag, 'UN');
  const meant = vrOf(tag);
  return { tag, vr: hasLongForm(meant) ? 'UN' : meant, length: short, bytes: 8 };
}

function longHeader(queue: ByteQueue, bigEndian: boolean, tag: string, vr: Vr): ElementHeader | null {
  if (!queue.ensure(12)) return null;
  return { tag, vr, length: read32(queue.current, queue.position + 8, bigEndian), bytes: 12 };
}

function implicitHeader(
  queue: ByteQueue,
  bigEndian: boolean,
  owner: Dataset,
  tag: string,
  warn: Warn,
): ElementHeader | null {
  const length = read32(queue.current, queue.position + 4, bigEndian);
  const entry = dictionaryEntry(tag);
  let vr = entry?.vr ?? vrOf(tag);
  if (entry?.signedByPixelRepresentation && isSigned(owner)) vr = 'SS';
  if (length === undefinedLength) vr = isPixelTag(tag) ? vr : 'SQ';
  else if (vr === 'SQ' && length > 0) {
    // The dictionary says sequence; what is inside decides (the tag may have been used for something else).
    const startsWithItem = length >= 8 ? peekItem(queue, bigEndian) : false;
    if (startsWithItem === null) return null;
    if (!startsWithItem) {
      warn('not-a-sequence', queue.offset, tag);
      vr = 'UN';
    }
  }
  return { tag, vr, length, bytes: 8 };
}

/** Whether an item tag follows the eight header bytes; null when it has not arrived. */
function peekItem(queue: ByteQueue, bigEndian: boolean): boolean | null {
  if (!queue.ensure(12)) return null;
  const { current, position } = queue;
  return (
    read16(current, position + 8, bigEndian) === 0xfffe && read16(current, position + 10, bigEndian) >= 0xe000
  );
}

function isSigned(dataset: Dataset): boolean {
  for (let at: Dataset | null = dataset; at !== null; at = at.parent) {
    const element = at.elements.get('00280103');
    if (element?.kind === 'value') return element.value[at.bigEndian ? 1 : 0] === 1;
  }
  return false;
}

export function read16(bytes: Uint8Array, at: number, bigEndian: boolean): number {
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  return bigEndian ? (first << 8) | second : first | (second << 8);
}

export function read32(bytes: Uint8Array, at: number, bigEndian: boolean): number {
  const low = read16(bytes, bigEndian ? at + 2 : at, bigEndian);
  const high = read16(bytes, bigEndian ? at : at + 2, bigEndian);
  return high * 65536 + low;
}

function isControl(byte: number): boolean {
  return byte < 0x20 || byte > 0x7e;
}

function isUpper(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}
