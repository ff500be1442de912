// DICOM JSON Model to data set (PS3.18 Annex F), little endian and ISO_IR 192. The JSON comes from outside:
// shape, depth and counts are checked. BulkDataURI becomes a bulk element only through `loadBulk`.
import { decodeBase64 } from './base64.ts';
import { createDataset, type Dataset, type DicomElement } from './dataset.ts';
import { DicomError } from './errors.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { setCharset } from './set-values.ts';
import { encodeNumbers, encodeTags, encodeTextValue } from './value-bytes.ts';
import { isBinaryNumber, isSingleText, isVr, type Vr } from './vr.ts';

export interface FromJsonOptions {
  limits?: Partial<Limits>;
  /** The bytes behind a BulkDataURI; null leaves the element out. */
  loadBulk?: (uri: string, path: string) => Uint8Array | null;
}

interface Reading {
  limits: Limits;
  loadBulk: FromJsonOptions['loadBulk'];
  elements: number;
}

export function fromDicomJson(json: unknown, options: FromJsonOptions = {}): Dataset {
  const reading: Reading = {
    limits: { ...defaultLimits, ...options.limits },
    loadBulk: options.loadBulk,
    elements: 0,
  };
  const dataset = createDataset();
  setCharset(dataset, 'ISO_IR 192');
  fill(dataset, json, reading, '', 0);
  setCharset(dataset, 'ISO_IR 192');
  return dataset;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function badJson(message: string, path: string): DicomError {
  return new DicomError('bad-json', path === '' ? message : `${message} at ${path.slice(0, 200)}`);
}

function fill(dataset: Dataset, json: unknown, reading: Reading, prefix: string, depth: number): void {
  if (!isRecord(json)) throw badJson('a data set is not an object', prefix);
  if (depth > reading.limits.maxDepth)
    throw new DicomError('depth-over-limit', `sequences nested more than ${reading.limits.maxDepth} deep`);
  for (const key of Object.keys(json).sort()) {
    if (!/^[0-9A-Fa-f]{8}$/.test(key)) throw badJson('a key is not a tag', prefix);
    const tag = key.toUpperCase();
    reading.elements++;
    if (reading.elements > reading.limits.maxElements)
      throw new DicomError('elements-over-limit', 'too many elements');
    if (tag.endsWith('0000')) continue;
    const element = readElement(dataset, tag, json[key], reading, prefix, depth);
    if (element !== null) dataset.elements.set(tag, element);
  }
}

function readElement(
  dataset: Dataset,
  tag: string,
  json: unknown,
  reading: Reading,
  prefix: string,
  depth: number,
): DicomElement | null {
  const path = prefix + tag;
  if (!isRecord(json)) throw badJson('an element is not an object', path);
  const vr = json.vr;
  if (typeof vr !== 'string' || !isVr(vr)) throw badJson('an element without a VR', path);
  const values = json.Value ?? [];
  if (!Array.isArray(values)) throw badJson('Value is not an array', path);
  if (vr === 'SQ') return readItems(dataset, tag, values, reading, path, depth);
  if (typeof json.BulkDataURI === 'string') {
    const bytes = reading.loadBulk?.(json.BulkDataURI, path) ?? null;
    return bytes === null ? null : { kind: 'value', tag, vr, value: bytes };
  }
  if (json.InlineBinary !== undefined) {
    const bytes = typeof json.InlineBinary === 'string' ? decodeBase64(json.InlineBinary) : null;
    if (bytes === null) throw badJson('InlineBinary is not base64', path);
    return { kind: 'value', tag, vr, value: bytes };
  }
  return { kind: 'value', tag, vr, value: readValue(vr, values, path) };
}

function readItems(
  dataset: Dataset,
  tag: string,
  values: unknown[],
  reading: Reading,
  path: string,
  depth: number,
): DicomElement {
  if (values.length > reading.limits.maxItemsPerSequence)
    throw new DicomError('items-over-limit', 'too many items', { tag });
  const items = values.map((value, index) => {
    const item = createDataset(dataset);
    fill(item, value ?? {}, reading, `${path}/${index}/`, depth + 1);
    return item;
  });
  return { kind: 'sequence', tag, vr: 'SQ', items };
}

function readValue(vr: Vr, values: unknown[], path: string): Uint8Array {
  if (vr === 'AT') return encodeTags(values.map((value) => readText(value, path)));
  if (isBinaryNumber(vr))
    return encodeNumbers(
      vr,
      values.filter((value) => value !== null && value !== '').map((value) => readNumber(value, path)),
    );
  const texts = values.map((value) => (vr === 'PN' ? readName(value, path) : readText(value, path)));
  if (isSingleText(vr) && texts.length > 1) throw badJson(`several values with VR ${vr}`, path);
  return encodeTextValue(texts, vr, 'utf-8');
}

function readText(value: unknown, path: string): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw badJson('a value is neither text nor number', path);
}

function readNumber(value: unknown, path: string): number | bigint {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) return BigInt(value);
  if (value === 'NaN') return Number.NaN;
  if (value === 'Infinity') return Number.POSITIVE_INFINITY;
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY;
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))
    return Number(value);
  throw badJson('a value is not a number', path);
}

function readName(value: unknown, path: string): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (!isRecord(value)) throw badJson('a person name is not an object', path);
  const groups = [value.Alphabetic, value.Ideographic, value.Phonetic].map((group) => {
    if (group === undefined || group === null) return '';
    if (typeof group !== 'string') throw badJson('a person name group is not text', path);
    return group;
  });
  return groups.join('=').replace(/=+$/, '');
}
