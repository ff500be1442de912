// Data sets to bytes in any transfer syntax that does not change pixels (PS3.5 §7). Sequences and items
// are written with undefined length: one pass, and every reader takes them. Group lengths are left out.

import { deflateRaw } from '#deflate';
import type { BulkElement, Dataset, DicomElement } from './dataset.ts';
import { type Encoding, implicitLittle, undefinedLength } from './encoding.ts';
import { DicomError, formatCount } from './errors.ts';
import { swapWords } from './swap.ts';
import { transferSyntax } from './transfer-syntaxes.ts';
import { padValue } from './value-bytes.ts';
import { byteOrderOf } from './values.ts';
import { hasLongForm, type Vr } from './vr.ts';

export interface EncodeOptions {
  /** Bytes of a value that was not kept in memory; for encapsulated ones, one array for each fragment. */
  loadBulk?: (element: DicomElement) => Uint8Array | Uint8Array[] | null;
  /** Write (gggg,0000) for groups that had it: command sets need theirs. */
  keepGroupLengths?: boolean;
}

export function encodeDataset(
  dataset: Dataset,
  transferSyntaxUid: string,
  options: EncodeOptions = {},
): Uint8Array {
  const syntax = transferSyntax(transferSyntaxUid);
  if (syntax === undefined)
    throw new DicomError('unknown-transfer-syntax', 'cannot write an unknown transfer syntax');
  const plain = encodeElements(dataset, syntax, options);
  return syntax.deflated ? padValue(deflateRaw(plain), 'OB') : plain;
}

/** The elements without deflating, for callers that know the encoding rather than a UID. */
export function encodeElements(
  dataset: Dataset,
  encoding: Encoding,
  options: EncodeOptions = {},
): Uint8Array {
  const out = new Output();
  writeDataset(out, dataset, encoding, options);
  return out.bytes();
}

class Output {
  #buffer = new Uint8Array(4096);
  #view = new DataView(this.#buffer.buffer);
  #length = 0;

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(this.#buffer.length * 2, this.#length + bytes));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
    this.#view = new DataView(grown.buffer);
  }

  write(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  write16(value: number, bigEndian: boolean): void {
    this.#room(2);
    this.#view.setUint16(this.#length, value, !bigEndian);
    this.#length += 2;
  }

  write32(value: number, bigEndian: boolean): void {
    this.#room(4);
    this.#view.setUint32(this.#length, value, !bigEndian);
    this.#length += 4;
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }
}

function writeDataset(out: Output, dataset: Dataset, encoding: Encoding, options: EncodeOptions): void {
  for (const tag of [...dataset.elements.keys()].sort()) {
    const element = dataset.elements.get(tag);
    if (element === undefined || (tag.endsWith('0000') && !options.keepGroupLengths)) continue;
    writeElement(out, dataset, element, encoding, options);
  }
}

function writeElement(
  out: Output,
  owner: Dataset,
  element: DicomElement,
  encoding: Encoding,
  options: EncodeOptions,
): void {
  const { tag, vr } = element;
  if (element.kind === 'sequence') writeSequence(out, tag, vr, element.items, encoding, options);
  else if (element.kind === 'fragments') writeFragments(out, tag, vr, element.fragments, encoding);
  else if (element.kind === 'bulk') {
    const bytes = loadBulk(element, options);
    if (Array.isArray(bytes)) writeFragments(out, tag, vr, bytes, encoding);
    else writeValue(out, tag, vr, bytes, owner.bigEndian, encoding);
  } else writeValue(out, tag, vr, element.value, byteOrderOf(owner, element), encoding);
}

function loadBulk(element: BulkElement, options: EncodeOptions): Uint8Array | Uint8Array[] {
  const bytes = options.loadBulk?.(element) ?? null;
  if (bytes !== null) return bytes;
  const { tag, bulk } = element;
  throw new DicomError('bulk-not-loaded', 'the value is not in memory', { tag, offset: bulk.offset });
}

function writeValue(
  out: Output,
  tag: string,
  vr: Vr,
  value: Uint8Array,
  heldBig: boolean,
  encoding: Encoding,
): void {
  const padded = padValue(value, vr);
  const ordered = vr !== 'UN' && heldBig !== encoding.bigEndian ? swapWords(padded, vr) : padded;
  // Too long for a 16-bit length: UN carries it (PS3.5 §6.2.2 note 3).
  const written = encoding.explicit && !hasLongForm(vr) && ordered.length > 0xfffe ? 'UN' : vr;
  if (ordered.length >= undefinedLength) {
    throw new DicomError('length-over-limit', `a value of ${formatCount(ordered.length)} bytes`, { tag });
  }
  writeHeader(out, tag, written, ordered.length, encoding);
  out.write(ordered);
}

function writeHeader(out: Output, tag: string, vr: Vr, length: number, encoding: Encoding): void {
  const { bigEndian, explicit } = encoding;
  writeTag(out, tag, bigEndian);
  if (explicit) {
    out.write(Uint8Array.of(vr.charCodeAt(0), vr.charCodeAt(1)));
    out.write16(hasLongForm(vr) ? 0 : length, bigEndian);
  }
  if (!explicit || hasLongForm(vr)) out.write32(length, bigEndian);
}

function writeTag(out: Output, tag: string, bigEndian: boolean): void {
  out.write16(Number.parseInt(tag.slice(0, 4), 16), bigEndian);
  out.write16(Number.parseInt(tag.slice(4), 16), bigEndian);
}

function writeDelimiter(out: Output, tag: string, length: number, bigEndian: boolean): void {
  writeTag(out, tag, bigEndian);
  out.write32(length, bigEndian);
}

function writeSequence(
  out: Output,
  tag: string,
  vr: Vr,
  items: readonly Dataset[],
  encoding: Encoding,
  options: EncodeOptions,
): void {
  writeHeader(out, tag, vr, undefinedLength, encoding);
  const inner = vr === 'UN' ? implicitLittle : encoding;
  for (const item of items) {
    writeDelimiter(out, 'FFFEE000', undefinedLength, inner.bigEndian);
    writeDataset(out, item, inner, options);
    writeDelimiter(out, 'FFFEE00D', 0, inner.bigEndian);
  }
  writeDelimiter(out, 'FFFEE0DD', 0, inner.bigEndian);
}

function writeFragments(
  out: Output,
  tag: string,
  vr: Vr,
  fragments: readonly Uint8Array[],
  encoding: Encoding,
): void {
  writeHeader(out, tag, vr, undefinedLength, encoding);
  for (const fragment of fragments) {
    const padded = padValue(fragment, 'OB');
    writeDelimiter(out, 'FFFEE000', padded.length, encoding.bigEndian);
    out.write(padded);
  }
  writeDelimiter(out, 'FFFEE0DD', 0, encoding.bigEndian);
}
