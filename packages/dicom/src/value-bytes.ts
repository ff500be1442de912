// Values to bytes, little endian: text under UTF-8, GB18030 or a single-byte set, numbers, tags. Every
// value comes out with even length, padded as its VR wants (PS3.5 §6.2).
import { DicomError } from './errors.ts';
import { encodeGb18030, normalizeChinese } from './gb18030.ts';
import { usesCharset, type Vr, wordSize } from './vr.ts';

export type WritableCharset = 'utf-8' | 'gb18030' | 'ascii';

const utf8 = new TextEncoder();

export function encodeText(text: string, charset: WritableCharset): Uint8Array {
  if (charset === 'gb18030') return encodeGb18030(text);
  if (charset === 'ascii' && !isAscii(text)) {
    throw new DicomError(
      'charset-not-writable',
      'text beyond ASCII needs ISO_IR 192 or GB18030 as character set',
    );
  }
  return utf8.encode(normalizeChinese(text));
}

export function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >= 0x80) return false;
  return true;
}

/** Values joined by backslash, padded to even length. */
export function encodeTextValue(values: readonly string[], vr: Vr, charset: WritableCharset): Uint8Array {
  return padValue(encodeText(values.join('\\'), usesCharset(vr) ? charset : 'ascii'), vr);
}

export function padValue(value: Uint8Array, vr: Vr): Uint8Array {
  if (value.length % 2 === 0) return value;
  const out = new Uint8Array(value.length + 1);
  out.set(value);
  const zero = vr === 'UI' || vr === 'UN' || vr.startsWith('O');
  out[value.length] = zero ? 0 : 0x20;
  return out;
}

export function encodeNumbers(vr: Vr, values: readonly (number | bigint)[], bigEndian = false): Uint8Array {
  const size = wordSize(vr);
  const out = new Uint8Array(size * values.length);
  const view = new DataView(out.buffer);
  for (const [index, value] of values.entries()) writeNumber(view, index * size, vr, value, !bigEndian);
  return out;
}

const integerRange: Partial<Record<Vr, readonly [bigint, bigint]>> = {
  US: [0n, 0xffffn],
  SS: [-0x8000n, 0x7fffn],
  UL: [0n, 0xffffffffn],
  SL: [-0x80000000n, 0x7fffffffn],
  UV: [0n, 0xffffffffffffffffn],
  SV: [-0x8000000000000000n, 0x7fffffffffffffffn],
};

function writeNumber(view: DataView, at: number, vr: Vr, value: number | bigint, little: boolean): void {
  if (vr === 'FL') view.setFloat32(at, Number(value), little);
  else if (vr === 'FD') view.setFloat64(at, Number(value), little);
  else writeInteger(view, at, vr, value, little);
}

function writeInteger(view: DataView, at: number, vr: Vr, value: number | bigint, little: boolean): void {
  const range = integerRange[vr];
  const whole = typeof value === 'bigint' ? value : Number.isInteger(value) ? BigInt(value) : null;
  if (range === undefined || whole === null || whole < range[0] || whole > range[1]) {
    throw new DicomError('bad-value', `a number that VR ${vr} cannot hold`);
  }
  if (vr === 'US' || vr === 'SS') view.setUint16(at, Number(BigInt.asUintN(16, whole)), little);
  else if (vr === 'UL' || vr === 'SL') view.setUint32(at, Number(BigInt.asUintN(32, whole)), little);
  else view.setBigUint64(at, BigInt.asUintN(64, whole), little);
}

export function encodeTags(tags: readonly string[], bigEndian = false): Uint8Array {
  const words: number[] = [];
  for (const tag of tags) {
    if (!/^[0-9A-Fa-f]{8}$/.test(tag)) throw new DicomError('bad-value', 'a value of VR AT is not a tag');
    words.push(Number.parseInt(tag.slice(0, 4), 16), Number.parseInt(tag.slice(4), 16));
  }
  return encodeNumbers('US', words, bigEndian);
}
