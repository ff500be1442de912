// Data set to DICOM JSON Model (PS3.18 Annex F). Always UTF-8, so Specific Character Set is rewritten.
// Group lengths are left out (§F.2.2); UN of a standard element is written under its real VR where the
// bytes can be read so. An IS or DS that is no number becomes a string, as §F.2.3 allows.
import { encodeBase64 } from './base64.ts';
import type { BulkRef, Dataset, DicomElement, ValueElement } from './dataset.ts';
import { swapWords } from './swap.ts';
import {
  byteOrderOf,
  effectiveVr,
  elementStrings,
  parsePersonName,
  readBigInts,
  readNumbers,
  readUnknownSequence,
} from './values.ts';
import { isBinaryNumber, type Vr } from './vr.ts';

export interface JsonPersonName {
  Alphabetic?: string;
  Ideographic?: string;
  Phonetic?: string;
}
export type JsonValue = string | number | null | JsonPersonName | DicomJson;
export interface JsonElement {
  vr: string;
  Value?: JsonValue[];
  InlineBinary?: string;
  BulkDataURI?: string;
}
export interface DicomJson {
  [tag: string]: JsonElement;
}

export interface ToJsonOptions {
  /** The URI for a value that is not in memory, or for a kept one that should not be inline; null: inline or left out. */
  bulkUri?: (path: string, bulk: BulkRef | null, valueLength: number) => string | null;
}

export function toDicomJson(dataset: Dataset, options: ToJsonOptions = {}): DicomJson {
  return writeDataset(dataset, options, '', true);
}

function writeDataset(dataset: Dataset, options: ToJsonOptions, prefix: string, isRoot: boolean): DicomJson {
  const json: DicomJson = {};
  const tags = [...dataset.elements.keys()].sort();
  const needsCharset = isRoot && !dataset.elements.has('00080005');
  for (const tag of tags) {
    const element = dataset.elements.get(tag);
    if (element === undefined || tag.endsWith('0000') || tag === '00080005') continue;
    json[tag] = writeElement(dataset, element, options, prefix + tag);
  }
  if (!isRoot || (needsCharset && tags.every((tag) => tag < '00040000'))) return json;
  return inOrder(json, '00080005', { vr: 'CS', Value: ['ISO_IR 192'] });
}

function inOrder(json: DicomJson, tag: string, element: JsonElement): DicomJson {
  const out: DicomJson = {};
  for (const [key, value] of Object.entries(json)) if (key < tag) out[key] = value;
  out[tag] = element;
  for (const [key, value] of Object.entries(json)) if (key > tag) out[key] = value;
  return out;
}

function writeElement(
  dataset: Dataset,
  element: DicomElement,
  options: ToJsonOptions,
  path: string,
): JsonElement {
  const vr = effectiveVr(element);
  switch (element.kind) {
    case 'sequence':
      return writeItems(element.items, options, path);
    case 'bulk':
      return withUri(vr, options.bulkUri?.(path, element.bulk, element.bulk.length) ?? null);
    case 'fragments': {
      const length = element.fragments.reduce((sum, fragment) => sum + fragment.length, 0);
      return withUri(vr, options.bulkUri?.(path, null, length) ?? null);
    }
    case 'value':
      return writeValue(dataset, element, vr, options, path);
  }
}

function withUri(vr: Vr, uri: string | null): JsonElement {
  return uri === null ? { vr } : { vr, BulkDataURI: uri };
}

function writeItems(items: Dataset[], options: ToJsonOptions, path: string): JsonElement {
  if (items.length === 0) return { vr: 'SQ' };
  return {
    vr: 'SQ',
    Value: items.map((item, index) => writeDataset(item, options, `${path}/${index}/`, false)),
  };
}

function writeValue(
  dataset: Dataset,
  element: ValueElement,
  vr: Vr,
  options: ToJsonOptions,
  path: string,
): JsonElement {
  const { value } = element;
  if (value.length === 0) return { vr };
  if (vr === 'SQ') {
    const items = readUnknownSequence(dataset, element);
    return items === null
      ? { vr: 'UN', InlineBinary: encodeBase64(value) }
      : writeItems(items, options, path);
  }
  const bigEndian = byteOrderOf(dataset, element);
  if (isBinaryNumber(vr)) {
    const numbers = writeNumbers(value, vr, bigEndian);
    return numbers.length === 0 ? { vr } : { vr, Value: numbers };
  }
  if (vr.startsWith('O') || vr === 'UN') {
    const uri = options.bulkUri?.(path, null, value.length) ?? null;
    if (uri !== null) return { vr, BulkDataURI: uri };
    return { vr, InlineBinary: encodeBase64(bigEndian ? swapWords(value, vr) : value) };
  }
  const strings = elementStrings(dataset, element);
  if (strings.length === 0) return { vr };
  if (vr === 'PN') {
    const names = strings.map(writeName);
    return names.every((name) => name === null) ? { vr } : { vr, Value: names };
  }
  if (vr === 'DS' || vr === 'IS') return { vr, Value: strings.map(writeDecimal) };
  return { vr, Value: strings.map((text) => (text === '' ? null : text)) };
}

function writeNumbers(value: Uint8Array, vr: Vr, bigEndian: boolean): (number | string)[] {
  if (vr === 'SV' || vr === 'UV') {
    // Beyond 2^53 a JSON number would lose digits; §F.2.3 allows a string.
    return readBigInts(value, vr, bigEndian).map((n) =>
      Number.isSafeInteger(Number(n)) ? Number(n) : String(n),
    );
  }
  // NaN and infinities have no JSON form; strings keep them (as PS3.19 does).
  return readNumbers(value, vr, bigEndian).map((n) =>
    Number.isFinite(n) ? shortFloat(n, vr) + 0 : String(n),
  );
}

/** A 32-bit float in its shortest decimal form that reads back the same. */
function shortFloat(value: number, vr: Vr): number {
  if (vr !== 'FL') return value;
  for (let digits = 6; digits < 10; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function writeDecimal(text: string): number | string | null {
  if (text === '') return null;
  return /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text))
    ? Number(text) + 0 // JSON has no -0
    : text;
}

function writeName(text: string): JsonPersonName | null {
  const { alphabetic, ideographic, phonetic } = parsePersonName(text);
  const name: JsonPersonName = {};
  if (alphabetic !== '') name.Alphabetic = alphabetic;
  if (ideographic !== '') name.Ideographic = ideographic;
  if (phonetic !== '') name.Phonetic = phonetic;
  return Object.keys(name).length === 0 ? null : name;
}
