// Value Representations (PS3.5 §6.2, §7.1.2): which have the 12-byte header, which are text, numbers or
// bulk, and how wide their words are when byte order matters.

export const vrs = [
  'AE', 'AS', 'AT', 'CS', 'DA', 'DS', 'DT', 'FD', 'FL', 'IS', 'LO', 'LT', 'OB', 'OD', 'OF', 'OL', 'OV', 'OW',
  'PN', 'SH', 'SL', 'SQ', 'SS', 'ST', 'SV', 'TM', 'UC', 'UI', 'UL', 'UN', 'UR', 'US', 'UT', 'UV',
] as const; // biome-ignore format: a table

export type Vr = (typeof vrs)[number];

const vrByCode = new Map<number, Vr>(vrs.map((vr) => [(vr.charCodeAt(0) << 8) | vr.charCodeAt(1), vr]));
const longForm: ReadonlySet<Vr> = new Set<Vr>([
  'OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV',
]); // biome-ignore format: a table
const bulky: ReadonlySet<Vr> = new Set<Vr>(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']);
const charsetText: ReadonlySet<Vr> = new Set<Vr>(['SH', 'LO', 'ST', 'LT', 'PN', 'UC', 'UT']);
const singleText: ReadonlySet<Vr> = new Set<Vr>(['ST', 'LT', 'UT', 'UR']);
const wordBytes: Partial<Record<Vr, number>> = {
  AT: 2, FD: 8, FL: 4, OD: 8, OF: 4, OL: 4, OV: 8, OW: 2, SL: 4, SS: 2, SV: 8, UL: 4, US: 2, UV: 8,
}; // biome-ignore format: a table
const numeric: ReadonlySet<Vr> = new Set<Vr>(['FD', 'FL', 'SL', 'SS', 'SV', 'UL', 'US', 'UV']);

export function vrFromBytes(first: number, second: number): Vr | undefined {
  return vrByCode.get((first << 8) | second);
}
export function isVr(text: string): text is Vr {
  return text.length === 2 && vrByCode.has((text.charCodeAt(0) << 8) | text.charCodeAt(1));
}
/** Explicit VR elements with two reserved bytes and a 32-bit length. */
export function hasLongForm(vr: Vr): boolean {
  return longForm.has(vr);
}
/** May be left out of memory and reported by position. */
export function isBulky(vr: Vr): boolean {
  return bulky.has(vr);
}
/** Governed by Specific Character Set. */
export function usesCharset(vr: Vr): boolean {
  return charsetText.has(vr);
}
/** A backslash is an ordinary character, not a value delimiter. */
export function isSingleText(vr: Vr): boolean {
  return singleText.has(vr);
}
export function isBinaryNumber(vr: Vr): boolean {
  return numeric.has(vr);
}
/** Bytes that swap together between byte orders; 1 where order does not matter. */
export function wordSize(vr: Vr): number {
  return wordBytes[vr] ?? 1;
}
