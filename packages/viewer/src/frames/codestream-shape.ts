// Whether the bytes are a whole JPEG 2000 codestream (ITU-T T.800 annex A): the tile-parts follow one another by their
// lengths (Psot) from the end of the main header to the end-of-codestream marker, with nothing missing or strange
// between. A decoder is lenient and shows what it can; a reader must not be shown half a frame as a whole one.
const soc = 0xff4f;
const sot = 0xff90;
const eoc = 0xffd9;

export function isWholeCodestream(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length;
  // Fragments are padded to even length (PS3.5 A.4).
  if (bytes[end - 1] === 0) end -= 1;
  if (end < 4 || view.getUint16(0) !== soc || view.getUint16(end - 2) !== eoc) return false;
  let at = 2;
  while (at + 4 <= end && view.getUint16(at) !== sot) {
    const length = view.getUint16(at + 2);
    if (view.getUint16(at) < 0xff00 || length < 2) return false;
    at += 2 + length;
  }
  while (at + 12 <= end && view.getUint16(at) === sot) {
    const length = view.getUint32(at + 6);
    // 0: this tile-part goes on to the end.
    if (length === 0) return true;
    if (length < 14) return false;
    at += length;
  }
  return at === end - 2;
}
