// How the elements of a data set are written (PS3.5 §7, Annex A), and the guess where nobody says:
// files without meta information, or whose transfer syntax does not tell the truth.
import { dictionaryEntry, isPrivateTag } from './dictionary.ts';
import { vrFromBytes } from './vr.ts';

export interface Encoding {
  explicit: boolean;
  bigEndian: boolean;
}

export const implicitLittle: Encoding = { explicit: false, bigEndian: false };
export const explicitLittle: Encoding = { explicit: true, bigEndian: false };
export const explicitBig: Encoding = { explicit: true, bigEndian: true };

export const undefinedLength = 0xffffffff;

const hex: readonly string[] = Array.from({ length: 256 }, (_, i) =>
  i.toString(16).toUpperCase().padStart(2, '0'),
);

export function tagText(group: number, element: number): string {
  return `${hex[group >> 8]}${hex[group & 255]}${hex[element >> 8]}${hex[element & 255]}`;
}

const maxFirstGroup = 0x3000; // the first element of a real object: 0002 … 300A
const maxFirstLength = 1024 * 1024;

/** Reads the first eight bytes of a data set. Null when they do not look like one. `declared` decides between equals. */
export function guessEncoding(
  bytes: Uint8Array,
  at: number,
  declared: Encoding | null = null,
): Encoding | null {
  if (bytes.length - at < 8) return null;
  const byte = (index: number) => bytes[at + index] ?? 0;
  const little = byte(0) | (byte(1) << 8);
  const big = (byte(0) << 8) | byte(1);
  if (vrFromBytes(byte(4), byte(5)) !== undefined) {
    const group = Math.min(little, big);
    if (group > maxFirstGroup) return null;
    // The smaller group, but for tags that the other order knows: (2110,0010) is no (1021,1000), (2000,0010) may be (0020,1000).
    const inLittle = isKnown(tagText(little, byte(2) | (byte(3) << 8)));
    const inBig = isKnown(tagText(big, (byte(2) << 8) | byte(3)));
    if (inLittle && inBig && declared?.explicit === true) return declared;
    const isLittle = inLittle === inBig ? little <= big : inLittle;
    return isLittle ? explicitLittle : explicitBig;
  }
  if (little > maxFirstGroup || little === 0) return null; // zeros are an empty preamble
  const tag = tagText(little, byte(2) | (byte(3) << 8));
  const length = (byte(4) | (byte(5) << 8) | (byte(6) << 16) | (byte(7) << 24)) >>> 0;
  const plausible =
    length <= maxFirstLength || (length === undefinedLength && dictionaryEntry(tag)?.vr === 'SQ');
  return isKnown(tag) && plausible ? implicitLittle : null;
}

function isKnown(tag: string): boolean {
  return dictionaryEntry(tag) !== undefined || (tag.endsWith('0000') && !isPrivateTag(tag));
}
