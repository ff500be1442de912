// Writing values into a data set, and changing its character set as a whole.
import { charsetOf } from './charset.ts';
import { createDataset, type Dataset, type DicomElement } from './dataset.ts';
import { toTag, vrOf } from './dictionary.ts';
import { DicomError } from './errors.ts';
import { encodeNumbers, encodeTags, encodeTextValue, padValue, type WritableCharset } from './value-bytes.ts';
import { effectiveVr, elementText } from './values.ts';
import { isBinaryNumber, isSingleText, usesCharset, type Vr } from './vr.ts';

export type SettableValue =
  | string
  | number
  | bigint
  | Uint8Array
  | readonly string[]
  | readonly number[]
  | readonly Dataset[];

/** Sets an element; VR from the dictionary unless given. Text is written in the data set's character set. */
export function setValue(dataset: Dataset, tagOrKeyword: string, value: SettableValue, vr?: Vr): void {
  const tag = toTag(tagOrKeyword);
  const used = vr ?? vrOf(tag);
  dataset.elements.set(tag, makeElement(dataset, tag, used, value));
}

function makeElement(dataset: Dataset, tag: string, vr: Vr, value: SettableValue): DicomElement {
  if (value instanceof Uint8Array) return { kind: 'value', tag, vr, value: padValue(value, vr) };
  const list = Array.isArray(value) ? value : [value];
  if (vr === 'SQ')
    return { kind: 'sequence', tag, vr, items: list.filter(isDataset).map((item) => adopt(item, dataset)) };
  if (list.some(isDataset)) throw new DicomError('bad-value', `VR ${vr} holds no items`, { tag });
  return { kind: 'value', tag, vr, value: encodeValue(dataset, tag, vr, list) };
}

function adopt(item: Dataset, parent: Dataset): Dataset {
  item.parent = parent;
  return item;
}

function isDataset(value: unknown): value is Dataset {
  return typeof value === 'object' && value !== null && 'elements' in value;
}

function encodeValue(dataset: Dataset, tag: string, vr: Vr, list: readonly unknown[]): Uint8Array {
  if (vr === 'AT') return encodeTags(list.map(String), dataset.bigEndian);
  if (isBinaryNumber(vr)) {
    const numbers = list.map((entry) => (typeof entry === 'bigint' ? entry : Number(entry)));
    return encodeNumbers(vr, numbers, dataset.bigEndian);
  }
  if (vr.startsWith('O') || vr === 'UN') throw new DicomError('bad-value', `VR ${vr} needs bytes`, { tag });
  const texts = list.map(String);
  if (isSingleText(vr) && texts.length > 1)
    throw new DicomError('bad-value', `VR ${vr} holds one value`, { tag });
  return encodeTextValue(texts, vr, writableCharset(dataset));
}

/** What new text may be written in without changing the character set. */
export function writableCharset(dataset: Dataset): WritableCharset {
  return charsetOf(dataset).whole ?? 'ascii';
}

export function setCharset(dataset: Dataset, term: 'ISO_IR 192' | 'GB18030'): void {
  const value = encodeTextValue([term], 'CS', 'ascii');
  dataset.elements.set('00080005', { kind: 'value', tag: '00080005', vr: 'CS', value });
}

/** Rewrites all text, items' too, in one of the two character sets we answer in. A copy; values are shared. */
export function recode(dataset: Dataset, term: 'ISO_IR 192' | 'GB18030'): Dataset {
  const charset = term === 'GB18030' ? 'gb18030' : 'utf-8';
  const copy = recodeInto(dataset, null, charset);
  setCharset(copy, term);
  return copy;
}

function recodeInto(dataset: Dataset, parent: Dataset | null, charset: WritableCharset): Dataset {
  const copy = createDataset(parent, dataset.bigEndian);
  for (const [tag, element] of dataset.elements) {
    if (tag === '00080005') continue;
    copy.elements.set(tag, recodeElement(dataset, element, copy, charset));
  }
  return copy;
}

function recodeElement(
  source: Dataset,
  element: DicomElement,
  copy: Dataset,
  charset: WritableCharset,
): DicomElement {
  if (element.kind === 'sequence') {
    return { ...element, items: element.items.map((item) => recodeInto(item, copy, charset)) };
  }
  if (element.kind !== 'value' || !usesCharset(effectiveVr(element))) return element;
  const decoded = elementText(source, element);
  if (decoded === null) return element;
  const vr = effectiveVr(element);
  return { ...element, vr, value: encodeTextValue([decoded.text.replace(/[\0 ]+$/, '')], vr, charset) };
}
