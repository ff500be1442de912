// Just enough of a Part 10 reader for tests of this package: cuts a file into its meta information (the
// three UIDs that C-STORE needs) and its dataset (PS3.10 §7.1). Not for foreign files.

export interface Part10 {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly dataset: Buffer;
}

const longVrs: ReadonlySet<string> = new Set(['OB', 'UN', 'SQ', 'OW']);

export function readPart10(file: Buffer): Part10 {
  if (file.toString('latin1', 128, 132) !== 'DICM') throw new Error('not a Part 10 file');
  const uids = new Map<number, string>();
  let at = 132;
  while (at + 8 <= file.length && file.readUInt16LE(at) === 2) {
    const element = file.readUInt16LE(at + 2);
    const long = longVrs.has(file.toString('latin1', at + 4, at + 6));
    const length = long ? file.readUInt32LE(at + 8) : file.readUInt16LE(at + 6);
    const start = at + (long ? 12 : 8);
    uids.set(element, file.toString('latin1', start, start + length).replace(/\0+$/, ''));
    at = start + length;
  }
  return {
    sopClassUid: uids.get(0x0002) ?? '',
    sopInstanceUid: uids.get(0x0003) ?? '',
    transferSyntaxUid: uids.get(0x0010) ?? '',
    dataset: file.subarray(at),
  };
}
