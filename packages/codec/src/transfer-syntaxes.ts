// Transfer syntaxes by the way their frames are coded (PS3.5 Annex A, PS3.6 table A-1), retired ones included.

export type FrameCoding =
  | 'native'
  | 'deflated'
  | 'rle'
  | 'jpeg'
  | 'jpeg-ls'
  | 'jpeg-2000'
  | 'htj2k'
  | 'jpeg-xl';

const jpegRoot = '1.2.840.10008.1.2.4.';

const codings = new Map<string, FrameCoding>([
  ['1.2.840.10008.1.2', 'native'],
  ['1.2.840.10008.1.2.1', 'native'],
  ['1.2.840.10008.1.2.1.98', 'native'], // encapsulated uncompressed
  ['1.2.840.10008.1.2.1.99', 'native'], // the data set was deflated, its frames are plain
  ['1.2.840.10008.1.2.2', 'native'],
  ['1.2.840.113619.5.2', 'native'], // GE private: implicit little endian with big endian pixels
  ['1.2.840.10008.1.2.5', 'rle'],
  ['1.2.840.10008.1.2.8.1', 'deflated'],
  ...[50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 70].map(
    (n): [string, FrameCoding] => [`${jpegRoot}${n}`, 'jpeg'],
  ),
  ...[80, 81].map((n): [string, FrameCoding] => [`${jpegRoot}${n}`, 'jpeg-ls']),
  ...[90, 91, 92, 93].map((n): [string, FrameCoding] => [`${jpegRoot}${n}`, 'jpeg-2000']),
  ...[110, 111, 112].map((n): [string, FrameCoding] => [`${jpegRoot}${n}`, 'jpeg-xl']),
  ...[201, 202, 203].map((n): [string, FrameCoding] => [`${jpegRoot}${n}`, 'htj2k']),
]);

/** undefined: MPEG video, JPIP, SMPTE ST 2110 or an unknown syntax; none of those has still frames here. */
export function frameCoding(transferSyntaxUid: string): FrameCoding | undefined {
  return codings.get(transferSyntaxUid);
}

export function hasBigEndianPixels(transferSyntaxUid: string): boolean {
  return transferSyntaxUid === '1.2.840.10008.1.2.2' || transferSyntaxUid === '1.2.840.113619.5.2';
}
