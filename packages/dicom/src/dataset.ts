// The data set model: ordered elements by tag, values as the bytes that were sent. Text is decoded and
// numbers are read on access (values.ts), so nothing is lost or changed by reading a file.
import { toTag } from './dictionary.ts';
import type { Vr } from './vr.ts';

export interface Fragment {
  offset: number;
  length: number;
}

/** Where the bytes of a value lie in the stream. In a deflated data set, offsets count inflated bytes. */
export interface BulkRef {
  tag: string;
  /** 'TAG' or 'TAG/item index from 0/TAG…'. */
  path: string;
  vr: Vr;
  offset: number;
  /** Value length; for encapsulated values the sum of the fragments, offset table included. */
  length: number;
  /** Encapsulated values only; the first is the Basic Offset Table (PS3.5 §A.4). */
  fragments: Fragment[] | null;
}

export interface ValueElement {
  kind: 'value';
  tag: string;
  vr: Vr;
  value: Uint8Array;
}
export interface SequenceElement {
  kind: 'sequence';
  tag: string;
  vr: Vr;
  items: Dataset[];
}
export interface BulkElement {
  kind: 'bulk';
  tag: string;
  vr: Vr;
  bulk: BulkRef;
}
/** Encapsulated value held in memory; the first fragment is the Basic Offset Table. */
export interface FragmentsElement {
  kind: 'fragments';
  tag: string;
  vr: Vr;
  fragments: Uint8Array[];
}
export type DicomElement = ValueElement | SequenceElement | BulkElement | FragmentsElement;

export interface Dataset {
  elements: Map<string, DicomElement>;
  /** The data set this is an item of; Specific Character Set is inherited from it. */
  parent: Dataset | null;
  /** Byte order of the values as they are held. */
  bigEndian: boolean;
}

export function createDataset(
  parent: Dataset | null = null,
  bigEndian = parent?.bigEndian ?? false,
): Dataset {
  return { elements: new Map(), parent, bigEndian };
}

export function getElement(dataset: Dataset, tagOrKeyword: string): DicomElement | undefined {
  return dataset.elements.get(tagOrKeyword) ?? dataset.elements.get(toTag(tagOrKeyword));
}

export function hasElement(dataset: Dataset, tagOrKeyword: string): boolean {
  return getElement(dataset, tagOrKeyword) !== undefined;
}

export function deleteElement(dataset: Dataset, tagOrKeyword: string): void {
  dataset.elements.delete(toTag(tagOrKeyword));
}

/** Calls `visit` for every element, items included, with its path as in BulkRef. */
export function walkElements(
  dataset: Dataset,
  visit: (element: DicomElement, path: string, owner: Dataset) => void,
  prefix = '',
): void {
  for (const element of dataset.elements.values()) {
    const path = prefix + element.tag;
    visit(element, path, dataset);
    if (element.kind !== 'sequence') continue;
    for (const [index, item] of element.items.entries()) walkElements(item, visit, `${path}/${index}/`);
  }
}
