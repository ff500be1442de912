// Reading values: text under the right character set, numbers in the right byte order, person names by
// component group. Absent, empty and not-loaded values all answer null or an empty list, never throw.
import { charsetOf, type DecodedText, decodeText } from './charset.ts';
import { decodeLatin1 } from './charset-table.ts';
import { type Dataset, type DicomElement, getElement, type ValueElement } from './dataset.ts';
import { dictionaryEntry } from './dictionary.ts';
import { tagText } from './encoding.ts';
import { DicomError } from './errors.ts';
import { DicomStream } from './stream.ts';
import { implicitVrLittleEndian } from './transfer-syntaxes.ts';
import { isBinaryNumber, isSingleText, usesCharset, type Vr, wordSize } from './vr.ts';

export interface PersonName {
  alphabetic: string;
  ideographic: string;
  phonetic: string;
}

/** UN of a standard element is read as what the dictionary says (PS3.5 §6.2.2 note 2). */
export function effectiveVr(element: DicomElement): Vr {
  if (element.vr !== 'UN') return element.vr;
  return dictionaryEntry(element.tag)?.vr ?? 'UN';
}

function filledElement(dataset: Dataset, tagOrKeyword: string): ValueElement | null {
  const element = getElement(dataset, tagOrKeyword);
  return element?.kind === 'value' && element.value.length > 0 ? element : null;
}

/** The text of a value with the character set that was really used. Null when absent or not text. */
export function getText(dataset: Dataset, tagOrKeyword: string): DecodedText | null {
  const element = filledElement(dataset, tagOrKeyword);
  return element === null ? null : elementText(dataset, element);
}

export function elementText(dataset: Dataset, element: ValueElement): DecodedText | null {
  const vr = effectiveVr(element);
  if (usesCharset(vr)) return decodeText(element.value, charsetOf(dataset), !isSingleText(vr), vr === 'PN');
  if (wordSize(vr) > 1 || vr === 'OB' || vr === 'UN' || vr === 'SQ') return null;
  return { text: decodeLatin1(element.value), declared: '', used: '', repaired: false };
}

/** All values as text; numbers in decimal, AT as tags. Padding is removed. */
export function getStrings(dataset: Dataset, tagOrKeyword: string): string[] {
  const element = filledElement(dataset, tagOrKeyword);
  return element === null ? [] : elementStrings(dataset, element);
}

export function elementStrings(dataset: Dataset, element: ValueElement): string[] {
  const vr = effectiveVr(element);
  if (vr === 'AT') return attributeTags(element.value, byteOrderOf(dataset, element));
  if (vr === 'SV' || vr === 'UV')
    return readBigInts(element.value, vr, byteOrderOf(dataset, element)).map(String);
  if (isBinaryNumber(vr)) return readNumbers(element.value, vr, byteOrderOf(dataset, element)).map(String);
  const decoded = elementText(dataset, element);
  if (decoded === null || decoded.text.length === 0) return [];
  if (isSingleText(vr)) return [trimEnd(decoded.text)];
  const parts = decoded.text.split('\\').map((part) => (vr === 'UC' ? trimEnd(part) : trim(part)));
  return parts.length === 1 && parts[0] === '' ? [] : parts;
}

/** The first value; null when absent or empty. */
export function getString(dataset: Dataset, tagOrKeyword: string): string | null {
  const first = getStrings(dataset, tagOrKeyword)[0];
  return first === undefined || first === '' ? null : first;
}

/** Values of number VRs and of DS and IS; what is not a number is left out. */
export function getNumbers(dataset: Dataset, tagOrKeyword: string): number[] {
  const element = filledElement(dataset, tagOrKeyword);
  if (element === null) return [];
  const vr = effectiveVr(element);
  if (vr === 'SV' || vr === 'UV')
    return readBigInts(element.value, vr, byteOrderOf(dataset, element)).map(Number);
  if (isBinaryNumber(vr) || vr === 'OW') return readNumbers(element.value, vr, byteOrderOf(dataset, element));
  return elementStrings(dataset, element)
    .filter((text) => text !== '')
    .map(Number)
    .filter(Number.isFinite);
}

export function getNumber(dataset: Dataset, tagOrKeyword: string): number | null {
  return getNumbers(dataset, tagOrKeyword)[0] ?? null;
}

/** Items; also of a sequence that was sent as UN with a length. */
export function getSequence(dataset: Dataset, tagOrKeyword: string): Dataset[] {
  const element = getElement(dataset, tagOrKeyword);
  if (element?.kind === 'sequence') return element.items;
  if (element?.kind !== 'value' || element.vr !== 'UN' || effectiveVr(element) !== 'SQ') return [];
  return readUnknownSequence(dataset, element) ?? [];
}

/** The items inside a UN value, which is Implicit VR Little Endian; null when it is not a sequence. */
export function readUnknownSequence(dataset: Dataset, element: ValueElement): Dataset[] | null {
  const { value, tag } = element;
  const header = new Uint8Array(8);
  const view = new DataView(header.buffer);
  view.setUint16(0, Number.parseInt(tag.slice(0, 4), 16), true);
  view.setUint16(2, Number.parseInt(tag.slice(4), 16), true);
  view.setUint32(4, value.length, true);
  try {
    const stream = new DicomStream({
      transferSyntaxUid: implicitVrLittleEndian,
      keepBulk: true,
      copyValues: false,
    });
    stream.write(header);
    stream.write(value);
    const sequence = stream.end().dataset.elements.get(tag);
    if (sequence?.kind !== 'sequence') return null;
    for (const item of sequence.items) item.parent = dataset;
    return sequence.items;
  } catch (error) {
    if (error instanceof DicomError) return null;
    throw error;
  }
}

export function getPersonName(dataset: Dataset, tagOrKeyword: string): PersonName | null {
  const text = getString(dataset, tagOrKeyword);
  return text === null ? null : parsePersonName(text);
}

/** 'Wang^XiaoDong=王^小东' by component group; empty components at the end are dropped (PS3.5 §6.2.1). */
export function parsePersonName(text: string): PersonName {
  const [alphabetic = '', ideographic = '', phonetic = ''] = text
    .split('=')
    .map((g) => g.trim().replace(/\^+$/, ''));
  return { alphabetic, ideographic, phonetic };
}

/** UN values are little endian whatever the data set is. */
export function byteOrderOf(dataset: Dataset, element: DicomElement): boolean {
  return element.vr === 'UN' ? false : dataset.bigEndian;
}

export function readNumbers(value: Uint8Array, vr: Vr, bigEndian: boolean): number[] {
  const size = wordSize(vr);
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const numbers: number[] = [];
  for (let at = 0; at + size <= value.length; at += size) numbers.push(readNumber(view, at, vr, !bigEndian));
  return numbers;
}

function readNumber(view: DataView, at: number, vr: Vr, little: boolean): number {
  switch (vr) {
    case 'SS':
      return view.getInt16(at, little);
    case 'UL':
      return view.getUint32(at, little);
    case 'SL':
      return view.getInt32(at, little);
    case 'FL':
      return view.getFloat32(at, little);
    case 'FD':
      return view.getFloat64(at, little);
    default:
      return view.getUint16(at, little);
  }
}

export function readBigInts(value: Uint8Array, vr: 'SV' | 'UV', bigEndian: boolean): bigint[] {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const numbers: bigint[] = [];
  for (let at = 0; at + 8 <= value.length; at += 8) {
    numbers.push(vr === 'SV' ? view.getBigInt64(at, !bigEndian) : view.getBigUint64(at, !bigEndian));
  }
  return numbers;
}

function attributeTags(value: Uint8Array, bigEndian: boolean): string[] {
  const words = readNumbers(value, 'US', bigEndian);
  const tags: string[] = [];
  for (let at = 0; at + 1 < words.length; at += 2) tags.push(tagText(words[at] ?? 0, words[at + 1] ?? 0));
  return tags;
}

function trim(text: string): string {
  return trimEnd(text).trimStart();
}

function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === 0x20 || text.charCodeAt(end - 1) === 0)) end--;
  return text.slice(0, end);
}
