// Entropy-coded bits and Huffman codes of ISO 10918-1 (F.2.2, Annex C). A 0xFF00 pair is a stuffed 0xFF; any other
// marker ends the segment. Reading past the end yields zero bits for a moment (look-ahead needs that) and then throws.
import { CodecError } from '../codec-error.ts';

/** Look-up by the next 16 bits: code length in the high byte, symbol in the low; 0 = no such code. */
export type HuffmanTable = Uint16Array;

export function buildHuffmanTable(counts: Uint8Array, symbols: Uint8Array, at: number): HuffmanTable {
  const table = new Uint16Array(65536);
  let code = 0;
  let next = 0;
  for (let length = 1; length <= 16; length++) {
    for (let i = 0; i < (counts[length - 1] ?? 0); i++) {
      const from = code << (16 - length);
      const to = from + (1 << (16 - length));
      if (to > 65536) throw new CodecError('corrupt', `Huffman table at byte ${at} has too many codes`);
      table.fill((length << 8) | (symbols[next] ?? 0), from, to);
      next++;
      code++;
    }
    code <<= 1;
  }
  return table;
}

export class BitReader {
  #bytes: Uint8Array;
  #at: number;
  #hold = 0;
  #bits = 0;
  #invented = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Byte position; exact only when no bits are held (after `align`). */
  get at(): number {
    return this.#at;
  }

  decode(table: HuffmanTable): number {
    if (this.#bits < 16) this.#fill();
    const entry = table[(this.#hold >>> (this.#bits - 16)) & 0xffff] ?? 0;
    if (entry === 0) throw new CodecError('corrupt', `undefined Huffman code near byte ${this.#at}`);
    this.#bits -= entry >> 8;
    return entry & 0xff;
  }

  read(count: number): number {
    if (count === 0) return 0;
    if (this.#bits < count) this.#fill();
    this.#bits -= count;
    return (this.#hold >>> this.#bits) & ((1 << count) - 1);
  }

  /** RECEIVE and EXTEND (F.2.2.1): a signed difference of `count` bits. */
  readSigned(count: number): number {
    if (count === 0) return 0;
    const value = this.read(count);
    return value < 1 << (count - 1) ? value - (1 << count) + 1 : value;
  }

  /** Drops held bits and steps over an expected RSTn marker. */
  restart(): void {
    this.align();
    const marker = this.#bytes[this.#at + 1] ?? 0;
    if (this.#bytes[this.#at] !== 0xff || marker < 0xd0 || marker > 0xd7) {
      throw new CodecError('corrupt', `expected a restart marker at byte ${this.#at}`);
    }
    this.#at += 2;
  }

  /** Forgets held bits; whole unread bytes can only be fill before the next marker, which is searched for. */
  align(): void {
    this.#hold = 0;
    this.#bits = 0;
    this.#invented = 0;
    while (this.#at + 1 < this.#bytes.length && !this.#isMarker()) this.#at++;
  }

  #isMarker(): boolean {
    const next = this.#bytes[this.#at + 1];
    return this.#bytes[this.#at] === 0xff && next !== 0x00 && next !== 0xff;
  }

  #fill(): void {
    while (this.#bits <= 24) {
      let byte = 0;
      if (this.#at < this.#bytes.length && !this.#isMarker()) {
        byte = this.#bytes[this.#at++] ?? 0;
        if (byte === 0xff && this.#bytes[this.#at] === 0x00) this.#at++;
      } else if (++this.#invented > 8) {
        throw new CodecError('corrupt', `entropy-coded data ends early at byte ${this.#at}`);
      }
      this.#hold = (this.#hold << 8) | byte;
      this.#bits += 8;
    }
  }
}
