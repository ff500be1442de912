// Reading values out of DICOM JSON (PS3.18 Annex F) of our own making, by tag.
import type { DicomJson } from '@yunying/dicom';

type Element = { Value?: unknown };

function valuesOf(json: DicomJson, tag: string): unknown[] {
  const element: unknown = json[tag];
  if (typeof element !== 'object' || element === null) return [];
  const { Value } = element as Element; // checked above
  return Array.isArray(Value) ? Value : [];
}

export function numbersOf(json: DicomJson, tag: string): number[] {
  return valuesOf(json, tag)
    .map((value) => (typeof value === 'string' ? Number(value) : value))
    .filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
}

export function numberOf(json: DicomJson, tag: string): number | null {
  return numbersOf(json, tag)[0] ?? null;
}

export function textsOf(json: DicomJson, tag: string): string[] {
  return valuesOf(json, tag).filter((value): value is string => typeof value === 'string');
}

export function textOf(json: DicomJson, tag: string): string | null {
  return textsOf(json, tag)[0] ?? null;
}

export function itemsOf(json: DicomJson, tag: string): DicomJson[] {
  return valuesOf(json, tag).filter(isItem);
}

export function isItem(value: unknown): value is DicomJson {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
