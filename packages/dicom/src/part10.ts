// Part 10 files (PS3.10 §7): meta information in front of a data set whose bytes stay as they are, and
// changed copies of whole files for tests and demonstrations.
import { createDataset, type Dataset, deleteElement } from './dataset.ts';
import { toTag, vrOf } from './dictionary.ts';
import { explicitLittle } from './encoding.ts';
import { DicomError } from './errors.ts';
import { parseDicom } from './read.ts';
import { recode, type SettableValue, setValue, writableCharset } from './set-values.ts';
import { implementationClassUid, implementationVersionName } from './uids.ts';
import { encodeNumbers, isAscii } from './value-bytes.ts';
import { getString } from './values.ts';
import { usesCharset } from './vr.ts';
import { encodeDataset, encodeElements } from './write.ts';

export interface FileMeta {
  sopClassUid: string;
  sopInstanceUid: string;
  transferSyntaxUid: string;
  /** AE title of the program that wrote the content (0002,0016). */
  sourceAeTitle?: string;
  /** AE titles of the association it came by (0002,0017) and (0002,0018). */
  sendingAeTitle?: string;
  receivingAeTitle?: string;
}

const preambleBytes = 128;

/** Preamble, DICM and group 0002 with its length: what stands before the data set in a file. */
export function encodeFileMeta(fields: FileMeta): Uint8Array {
  const meta = createDataset();
  setValue(meta, '00020001', Uint8Array.of(0, 1));
  setValue(meta, '00020002', fields.sopClassUid);
  setValue(meta, '00020003', fields.sopInstanceUid);
  setValue(meta, '00020010', fields.transferSyntaxUid);
  setValue(meta, '00020012', implementationClassUid);
  setValue(meta, '00020013', implementationVersionName);
  if (fields.sourceAeTitle) setValue(meta, '00020016', fields.sourceAeTitle);
  if (fields.sendingAeTitle) setValue(meta, '00020017', fields.sendingAeTitle);
  if (fields.receivingAeTitle) setValue(meta, '00020018', fields.receivingAeTitle);
  return encodeMetaDataset(meta);
}

/** Any group 0002 with preamble; its length is worked out afresh. */
export function encodeMetaDataset(meta: Dataset): Uint8Array {
  const body = encodeElements(meta, explicitLittle);
  const lengthElement = createDataset();
  setValue(lengthElement, '00020000', encodeNumbers('UL', [body.length]), 'UL');
  const head = encodeElements(lengthElement, explicitLittle, { keepGroupLengths: true });
  const out = new Uint8Array(preambleBytes + 4 + head.length + body.length);
  out.set([0x44, 0x49, 0x43, 0x4d], preambleBytes);
  out.set(head, preambleBytes + 4);
  out.set(body, preambleBytes + 4 + head.length);
  return out;
}

/** A whole file from encoded data set bytes. To stream, write encodeFileMeta() and then the bytes. */
export function writePart10(fields: FileMeta, dataset: Uint8Array): Uint8Array {
  return concat(encodeFileMeta(fields), dataset);
}

/** null deletes the element. Keys are keywords or tags of root elements. */
export type Changes = Readonly<Record<string, SettableValue | null>>;

/**
 * A copy of a Part 10 file with root elements changed. Transfer syntax and pixel data stay; the character
 * set becomes ISO_IR 192 only when new text needs it. Element order and group lengths are normalised.
 */
export function patchDataset(bytes: Uint8Array, changes: Changes): Uint8Array {
  const parsed = parseDicom(bytes);
  const needsUnicode = Object.entries(changes).some(([key, value]) => isWideText(key, value));
  const isNarrow =
    needsUnicode && writableCharset(parsed.dataset) === 'ascii' && !('SpecificCharacterSet' in changes);
  const dataset = isNarrow ? recode(parsed.dataset, 'ISO_IR 192') : parsed.dataset;
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) deleteElement(dataset, key);
    else setValue(dataset, key, value);
  }
  const body = encodeDataset(dataset, parsed.transferSyntaxUid);
  return concat(encodeMetaDataset(patchedMeta(parsed.meta, dataset, parsed.transferSyntaxUid)), body);
}

function isWideText(key: string, value: SettableValue | null): boolean {
  if (!usesCharset(vrOf(toTag(key)))) return false;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.some((entry) => typeof entry === 'string' && !isAscii(entry));
}

function patchedMeta(meta: Dataset | null, dataset: Dataset, transferSyntaxUid: string): Dataset {
  const copy = createDataset();
  for (const [tag, element] of meta?.elements ?? []) if (tag !== '00020000') copy.elements.set(tag, element);
  const sopClassUid = getString(dataset, '00080016') ?? (meta && getString(meta, '00020002'));
  const sopInstanceUid = getString(dataset, '00080018') ?? (meta && getString(meta, '00020003'));
  if (!sopClassUid || !sopInstanceUid)
    throw new DicomError('missing-uid', 'the object has no SOP Class or Instance UID');
  if (!copy.elements.has('00020001')) setValue(copy, '00020001', Uint8Array.of(0, 1));
  setValue(copy, '00020002', sopClassUid);
  setValue(copy, '00020003', sopInstanceUid);
  setValue(copy, '00020010', transferSyntaxUid);
  setValue(copy, '00020012', implementationClassUid);
  setValue(copy, '00020013', implementationVersionName);
  return copy;
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const out = new Uint8Array(first.length + second.length);
  out.set(first);
  out.set(second, first.length);
  return out;
}
