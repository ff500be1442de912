// A small streaming inflater (RFC 1951) for the deflated transfer syntaxes (PS3.5 §A.5). Ours rather than
// zlib because the parser is synchronous, runs in the browser too, and must stop at a size and a ratio.
// It decodes only while a whole symbol (48 bits at most) has arrived, so it may be fed any pieces.
import { DicomError, formatCount } from './errors.ts';
import { buildHuffman, type HuffmanCode, matchHuffman } from './huffman.ts';
import type { Limits } from './limits.ts';

const windowBytes = 32 * 1024;
const bufferBytes = 128 * 1024;
const longestMatch = 258;
const symbolBits = 48;
const dynamicHeaderBits = 14 + 19 * 3 + 320 * 14;
const ratioGraceBytes = 1024 * 1024;

const codeOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const lengthBase = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBase = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
];
const distanceExtra = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];

type State = 'start' | 'block' | 'stored' | 'codes' | 'done';

export class Inflater {
  readonly #onOutput: (chunk: Uint8Array) => void;
  readonly #limits: Limits;
  #state: State = 'start';
  #ended = false;
  #last = false;
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;
  #bits = 0;
  #bitCount = 0;
  #storedLeft = 0;
  #literals: HuffmanCode | null = null;
  #distances: HuffmanCode | null = null;
  readonly #out = new Uint8Array(bufferBytes);
  #outAt = 0;
  #flushed = 0;
  #totalIn = 0;
  #totalOut = 0;

  constructor(onOutput: (chunk: Uint8Array) => void, limits: Limits) {
    this.#onOutput = onOutput;
    this.#limits = limits;
  }

  write(chunk: Uint8Array): void {
    if (this.#state === 'done') return; // padding after the last block
    this.#totalIn += chunk.length;
    const rest = this.#input.subarray(this.#at);
    const joined = rest.length === 0 ? chunk : new Uint8Array(rest.length + chunk.length);
    if (rest.length > 0) {
      joined.set(rest);
      joined.set(chunk, rest.length);
    }
    this.#input = joined;
    this.#at = 0;
    this.#run();
    this.#flush();
  }

  /** What is not used yet is copied: the memory of the chunks is their writer's again. */
  letGo(): void {
    this.#input = new Uint8Array(this.#input.subarray(this.#at));
    this.#at = 0;
  }

  end(): void {
    this.#ended = true;
    this.#run();
    this.#flush();
    if (this.#state !== 'done') throw this.#error('the deflated data set is cut short');
  }

  #error(message: string): DicomError {
    return new DicomError('bad-deflate', `${message}, ${formatCount(this.#totalIn)} deflated bytes in`);
  }

  #has(bits: number): boolean {
    return this.#ended || this.#bitCount + (this.#input.length - this.#at) * 8 >= bits;
  }

  #run(): void {
    while (this.#state !== 'done') {
      if (this.#state === 'start') {
        if (!this.#has(16)) return;
        this.#skipZlibHeader();
        this.#state = 'block';
      } else if (this.#state === 'block') {
        if (!this.#has(3 + dynamicHeaderBits)) return;
        this.#openBlock();
      } else if (this.#state === 'stored') {
        if (!this.#copyStored()) return;
      } else if (!this.#decodeSymbols()) return;
    }
  }

  /** Raw deflate is the rule; some writers put a zlib header before it. */
  #skipZlibHeader(): void {
    const first = this.#input[this.#at] ?? 0;
    const second = this.#input[this.#at + 1] ?? 0;
    if ((first & 0x8f) === 0x08 && ((first << 8) | second) % 31 === 0) this.#at += 2;
  }

  #need(count: number): void {
    while (this.#bitCount < count) {
      const byte = this.#input[this.#at];
      if (byte === undefined) throw this.#error('the deflated data set is cut short');
      this.#at++;
      this.#bits |= byte << this.#bitCount;
      this.#bitCount += 8;
    }
  }

  #take(count: number): number {
    if (count === 0) return 0;
    this.#need(count);
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#bitCount -= count;
    return value;
  }

  #symbol(code: HuffmanCode): number {
    while (this.#bitCount < 15 && this.#at < this.#input.length) {
      this.#bits |= (this.#input[this.#at++] ?? 0) << this.#bitCount;
      this.#bitCount += 8;
    }
    const match = matchHuffman(code, this.#bits);
    const length = match & 15;
    if (match < 0) throw this.#error('a code that does not exist');
    if (length > this.#bitCount) throw this.#error('the deflated data set is cut short');
    this.#bits >>>= length;
    this.#bitCount -= length;
    return match >> 4;
  }

  #openBlock(): void {
    this.#last = this.#take(1) === 1;
    const type = this.#take(2);
    if (type === 0) {
      this.#take(this.#bitCount & 7);
      const length = this.#take(16);
      if ((length ^ this.#take(16)) !== 0xffff) throw this.#error('a stored block with a wrong length');
      this.#storedLeft = length;
      this.#state = 'stored';
      return;
    }
    if (type === 3) throw this.#error('a block of unknown type');
    if (type === 1) this.#fixedCodes();
    else this.#dynamicCodes();
    this.#state = 'codes';
  }

  #fixedCodes(): void {
    const lengths = new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280);
    this.#literals = buildHuffman(lengths);
    this.#distances = buildHuffman(new Uint8Array(32).fill(5));
  }

  #dynamicCodes(): void {
    const literalCount = this.#take(5) + 257;
    const distanceCount = this.#take(5) + 1;
    const codeCount = this.#take(4) + 4;
    if (literalCount > 286 || distanceCount > 30) throw this.#error('a block with too many codes');
    const codeLengths = new Uint8Array(19);
    for (const index of codeOrder.slice(0, codeCount)) codeLengths[index] = this.#take(3);
    const lengthCode = buildHuffman(codeLengths);
    if (lengthCode === null) throw this.#error('a block with a bad code table');
    const lengths = new Uint8Array(literalCount + distanceCount);
    for (let index = 0; index < lengths.length; ) {
      const symbol = this.#symbol(lengthCode);
      if (symbol < 16) {
        lengths[index++] = symbol;
        continue;
      }
      if (symbol === 16 && index === 0) throw this.#error('a block that repeats nothing');
      const value = symbol === 16 ? (lengths[index - 1] ?? 0) : 0;
      const times =
        symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      if (index + times > lengths.length) throw this.#error('a block with too many code lengths');
      lengths.fill(value, index, index + times);
      index += times;
    }
    if (lengths[256] === 0) throw this.#error('a block without an end');
    this.#literals = buildHuffman(lengths.subarray(0, literalCount));
    this.#distances = buildHuffman(lengths.subarray(literalCount));
    if (this.#literals === null || this.#distances === null)
      throw this.#error('a block with a bad code table');
  }

  #copyStored(): boolean {
    while (this.#storedLeft > 0 && this.#bitCount >= 8) this.#put(this.#takeStoredByte());
    while (this.#storedLeft > 0) {
      const room = Math.min(this.#storedLeft, this.#input.length - this.#at, bufferBytes - this.#outAt);
      if (room === 0 && this.#outAt < bufferBytes) {
        if (this.#ended) throw this.#error('the deflated data set is cut short');
        return false;
      }
      this.#out.set(this.#input.subarray(this.#at, this.#at + room), this.#outAt);
      this.#at += room;
      this.#outAt += room;
      this.#storedLeft -= room;
      this.#makeRoom();
    }
    this.#state = this.#last ? 'done' : 'block';
    return true;
  }

  #takeStoredByte(): number {
    this.#storedLeft--;
    return this.#take(8);
  }

  #decodeSymbols(): boolean {
    const literals = this.#literals;
    const distances = this.#distances;
    if (literals === null || distances === null) throw this.#error('a block with a bad code table');
    while (this.#has(symbolBits)) {
      const symbol = this.#symbol(literals);
      if (symbol < 256) this.#put(symbol);
      else if (symbol === 256) {
        this.#state = this.#last ? 'done' : 'block';
        return true;
      } else this.#copyMatch(symbol - 257, distances);
    }
    return false;
  }

  #copyMatch(lengthCode: number, distances: HuffmanCode): void {
    const base = lengthBase[lengthCode];
    if (base === undefined) throw this.#error('a length that does not exist');
    const length = base + this.#take(lengthExtra[lengthCode] ?? 0);
    const distanceCode = this.#symbol(distances);
    const from = distanceBase[distanceCode];
    if (from === undefined) throw this.#error('a distance that does not exist');
    const distance = from + this.#take(distanceExtra[distanceCode] ?? 0);
    if (distance > this.#outAt) throw this.#error('a distance before the start');
    this.#makeRoom();
    const out = this.#out;
    let to = this.#outAt;
    for (let at = to - distance, end = at + length; at < end; at++) out[to++] = out[at] ?? 0;
    this.#outAt = to;
  }

  #put(byte: number): void {
    this.#makeRoom();
    this.#out[this.#outAt++] = byte;
  }

  #makeRoom(): void {
    if (this.#outAt + longestMatch <= bufferBytes) return;
    this.#flush();
    this.#out.copyWithin(0, this.#outAt - windowBytes, this.#outAt);
    this.#outAt = windowBytes;
    this.#flushed = windowBytes;
  }

  #flush(): void {
    if (this.#outAt === this.#flushed) return;
    const chunk = this.#out.slice(this.#flushed, this.#outAt);
    this.#flushed = this.#outAt;
    this.#totalOut += chunk.length;
    const { maxInflatedBytes, maxInflateRatio } = this.#limits;
    if (this.#totalOut > maxInflatedBytes) {
      throw new DicomError(
        'length-over-limit',
        `the data set inflates past ${formatCount(maxInflatedBytes)} bytes`,
      );
    }
    if (this.#totalOut > ratioGraceBytes && this.#totalOut > this.#totalIn * maxInflateRatio) {
      throw new DicomError('length-over-limit', `the data set inflates more than ${maxInflateRatio} times`);
    }
    this.#onOutput(chunk);
  }
}

/** Inflates a whole raw deflate stream. */
export function inflate(bytes: Uint8Array, limits: Limits): Uint8Array {
  const chunks: Uint8Array[] = [];
  let total = 0;
  const inflater = new Inflater((chunk) => {
    chunks.push(chunk);
    total += chunk.length;
  }, limits);
  inflater.write(bytes);
  inflater.end();
  const out = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}
