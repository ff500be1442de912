// A plain picture of a data set for comparing two of them in tests.
import type { Dataset, DicomElement } from '../dataset.ts';

export function outline(dataset: Dataset): unknown[] {
  return [...dataset.elements.values()].map((element) => [element.tag, element.vr, contentOf(element)]);
}

function contentOf(element: DicomElement): unknown {
  if (element.kind === 'value') return hex(element.value);
  if (element.kind === 'sequence') return element.items.map(outline);
  return element.kind === 'bulk' ? element.bulk : element.fragments.map(hex);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
