// Walks the tile-parts of a single-tile codestream (ISO 15444-1 A.4.2 SOT, A.7.1 TLM) written with one tile-part per
// resolution, and tells how many bytes reach to the end of each resolution.
import { CodecError } from './codec-error.ts';

const sot = 0xff90;
const eoc = 0xffd9;

export function readPrefixLengths(codestream: Uint8Array): number[] {
  const view = new DataView(codestream.buffer, codestream.byteOffset, codestream.byteLength);
  const u16 = (at: number) => (at + 2 <= view.byteLength ? view.getUint16(at) : eoc);
  let at = 2;
  while (u16(at) !== sot) {
    if (u16(at) === eoc || u16(at) < 0xff00)
      throw new CodecError('corrupt', `no SOT marker, stopped at byte ${at}`);
    at += 2 + u16(at + 2);
  }
  const ends: number[] = [];
  while (u16(at) === sot && at + 12 <= view.byteLength) {
    const tile = u16(at + 4);
    const length = view.getUint32(at + 6);
    if (tile !== 0)
      throw new CodecError('unsupported-syntax', `codestream has several tiles (SOT at byte ${at})`);
    if (length < 14 || at + length > view.byteLength) {
      throw new CodecError('corrupt', `tile-part at byte ${at} has length ${length}`);
    }
    at += length;
    ends.push(at);
  }
  if (ends.length === 0) throw new CodecError('corrupt', 'codestream has no tile-part');
  ends[ends.length - 1] = codestream.length;
  return ends;
}
