// Byte order change of values whose VR has words wider than a byte (PS3.5 §7.3).
import { type Vr, wordSize } from './vr.ts';

export function swapWords(value: Uint8Array, vr: Vr): Uint8Array {
  const size = wordSize(vr);
  if (size === 1) return value;
  const out = new Uint8Array(value); // a copy, also of a Buffer
  for (let at = 0; at + size <= out.length; at += size) out.subarray(at, at + size).reverse();
  return out;
}
