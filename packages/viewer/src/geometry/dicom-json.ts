// Reading values out of WADO-RS metadata (DICOM JSON, PS3.18 Annex F). The text comes from our server but describes
// what any device wrote: wrong types and missing values are answered with null, never with an exception.

export type JsonAttribute = { vr?: unknown; Value?: unknown; InlineBinary?: unknown; BulkDataURI?: unknown };
export type JsonItem = Record<string, JsonAttribute | undefined>;

export function isItem(value: unknown): value is JsonItem {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function valuesOf(item: JsonItem, tag: string): unknown[] {
  const attribute = item[tag];
  const values: unknown = isItem(attribute) ? attribute.Value : undefined;
  return Array.isArray(values) ? values : [];
}

export function numbersOf(item: JsonItem, tag: string): number[] | null {
  const numbers = valuesOf(item, tag).map((value) =>
    typeof value === 'number' || (typeof value === 'string' && value.trim() !== '')
      ? Number(value)
      : Number.NaN,
  );
  return numbers.length > 0 && numbers.every(Number.isFinite) ? numbers : null;
}

export function numberOf(item: JsonItem, tag: string): number | null {
  const [value] = valuesOf(item, tag);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || value.trim() === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

export function textOf(item: JsonItem, tag: string): string | null {
  const [value] = valuesOf(item, tag);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

export function textsOf(item: JsonItem, tag: string): string[] | null {
  const texts = valuesOf(item, tag).filter((value): value is string => typeof value === 'string');
  return texts.length > 0 ? texts : null;
}

export function itemsOf(item: JsonItem, tag: string): JsonItem[] {
  return valuesOf(item, tag).filter(isItem);
}

export type BinarySource = { kind: 'inline'; base64: string } | { kind: 'uri'; uri: string };

export function binaryOf(item: JsonItem, tag: string): BinarySource | null {
  const attribute = item[tag];
  if (!isItem(attribute)) return null;
  if (typeof attribute.InlineBinary === 'string') return { kind: 'inline', base64: attribute.InlineBinary };
  if (typeof attribute.BulkDataURI === 'string') return { kind: 'uri', uri: attribute.BulkDataURI };
  const numbers = numbersOf(item, tag);
  if (numbers === null) return null;
  // US values written as numbers instead of binary.
  const bytes = new Uint8Array(new Uint16Array(numbers).buffer);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return { kind: 'inline', base64: btoa(binary) };
}
