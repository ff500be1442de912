// Canonical Huffman codes as deflate uses them (RFC 1951 §3.2.2): a table for short codes, counting for
// the long ones.

const fastBits = 9;
const maxBits = 15;

export interface HuffmanCode {
  /** By the next nine bits: symbol << 4 | code length; 0 where the code is longer. */
  fast: Uint16Array;
  counts: Uint16Array;
  symbols: Uint16Array;
}

/** Null when the lengths are not a code. One lone code of one bit is allowed (§3.2.7). */
export function buildHuffman(lengths: Uint8Array): HuffmanCode | null {
  const counts = new Uint16Array(maxBits + 1);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  let left = 1;
  for (let bits = 1; bits <= maxBits; bits++) {
    left = left * 2 - (counts[bits] ?? 0);
    if (left < 0) return null;
  }
  const used = lengths.length - (counts[0] ?? 0);
  if (left > 0 && used > 1) return null;
  counts[0] = 0;
  const offsets = new Uint16Array(maxBits + 2);
  const nextCode = new Uint16Array(maxBits + 2);
  for (let bits = 1; bits <= maxBits; bits++) {
    offsets[bits + 1] = (offsets[bits] ?? 0) + (counts[bits] ?? 0);
    nextCode[bits + 1] = ((nextCode[bits] ?? 0) + (counts[bits] ?? 0)) << 1;
  }
  const symbols = new Uint16Array(used);
  const fast = new Uint16Array(1 << fastBits);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    const slot = offsets[length] ?? 0;
    symbols[slot] = symbol;
    offsets[length] = slot + 1;
    const code = nextCode[length] ?? 0;
    nextCode[length] = code + 1;
    if (length > fastBits) continue;
    for (let at = reverse(code, length); at < fast.length; at += 1 << length)
      fast[at] = (symbol << 4) | length;
  }
  return { fast, counts, symbols };
}

/** Symbol << 4 | length for the code at the low end of `bits`; -1 when there is none. */
export function matchHuffman(code: HuffmanCode, bits: number): number {
  const short = code.fast[bits & ((1 << fastBits) - 1)] ?? 0;
  if (short !== 0) return short;
  let value = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length <= maxBits; length++) {
    value |= (bits >> (length - 1)) & 1;
    const count = code.counts[length] ?? 0;
    if (value - count < first) return ((code.symbols[index + value - first] ?? 0) << 4) | length;
    index += count;
    first = (first + count) << 1;
    value <<= 1;
  }
  return -1;
}

function reverse(code: number, length: number): number {
  let out = 0;
  for (let bit = 0; bit < length; bit++) out |= ((code >> bit) & 1) << (length - 1 - bit);
  return out;
}
