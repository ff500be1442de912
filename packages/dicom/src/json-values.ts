// Reading values out of DICOM JSON (PS3.18 Annex F) by tag. The text may be anybody's: wrong types and missing values are
// answered with null or nothing, never with an exception.
import type { DicomJson, JsonPersonName } from './json-write.ts';

/** The first value as trimmed text; null when absent or empty. Of a person name, the groups joined by '='. */
export function textOf(json: DicomJson, tag: string): string | null {
  const value = json[tag]?.Value?.[0];
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'number') return plain(value) || null;
  const name = value as JsonPersonName; // items of sequences have tags, names have these groups
  const groups = [name.Alphabetic, name.Ideographic, name.Phonetic].map((group) =>
    typeof group === 'string' ? plain(group) : '',
  );
  return groups.join('=').replace(/=+$/, '') || null;
}

/** All values as trimmed text, empty ones left out. */
export function textsOf(json: DicomJson, tag: string): string[] {
  return (json[tag]?.Value ?? []).flatMap((value) =>
    (typeof value === 'string' || typeof value === 'number') && plain(value) !== '' ? [plain(value)] : [],
  );
}

/** All values that are numbers, also those written as text. */
export function numbersOf(json: DicomJson, tag: string): number[] {
  return textsOf(json, tag).map(Number).filter(Number.isFinite);
}

export function numberOf(json: DicomJson, tag: string): number | null {
  return numbersOf(json, tag)[0] ?? null;
}

/** The items of a sequence. */
export function itemsOf(json: DicomJson, tag: string): DicomJson[] {
  const element = json[tag];
  return element?.vr === 'SQ' ? (element.Value ?? []).filter(isJsonItem) : [];
}

export function isJsonItem(value: unknown): value is DicomJson {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Without control characters, which no value has by right and which a database refuses. */
function plain(value: string | number): string {
  return String(value)
    .replace(/\p{Cc}/gu, '')
    .trim();
}
