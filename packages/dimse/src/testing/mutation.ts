// Seeded mutation engine for byte streams: the same seed always gives the same bytes, so a failing round
// can be repeated by its number. Knows that length fields matter, and aims at them.

export type Random = () => number;

/** mulberry32: small, fast, good enough to choose places and values. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const values32 = [
  0, 1, 2, 3, 5, 6, 0x7f, 0xff, 0x400, 0xffff, 0x10000, 0x20000, 0x7fffffff, 0xfffffffe, 0xffffffff,
];
const values16 = [0, 1, 2, 3, 0x40, 0x41, 0xff, 0x100, 0x7fff, 0xfffe, 0xffff];

type Mutation = (bytes: Buffer, at: number, random: Random) => Buffer;

const below = (random: Random, limit: number): number => Math.floor(random() * limit);
const pick = (random: Random, list: readonly number[]): number => list[below(random, list.length)] ?? 0;

const mutations: readonly Mutation[] = [
  (bytes, at, random) => {
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << below(random, 8)), at);
    return bytes;
  },
  (bytes, at, random) => {
    bytes.writeUInt8(below(random, 256), at);
    return bytes;
  },
  (bytes, at, random) => {
    if (at + 2 <= bytes.length) bytes.writeUInt16BE(pick(random, values16), at);
    return bytes;
  },
  (bytes, at, random) => {
    if (at + 4 <= bytes.length) bytes.writeUInt32BE(pick(random, values32), at);
    return bytes;
  },
  (bytes, at) => bytes.subarray(0, at),
  (bytes, at, random) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(random, 64))]),
  (bytes, at, random) => {
    const again = bytes.subarray(at, at + 1 + below(random, 256));
    return Buffer.concat([bytes.subarray(0, at), again, bytes.subarray(at)]);
  },
  (bytes, at, random) => {
    const junk = Buffer.from(Array.from({ length: 1 + below(random, 32) }, () => below(random, 256)));
    return Buffer.concat([bytes.subarray(0, at), junk, bytes.subarray(at)]);
  },
];

/** One to four mutations on a copy of `bytes`. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let mutated = Buffer.from(bytes);
  const rounds = 1 + below(random, 4);
  for (let round = 0; round < rounds && mutated.length > 0; round += 1) {
    // Half of the mutations go where the fields are: the beginning.
    const reach = random() < 0.5 ? mutated.length : Math.min(mutated.length, 300);
    const mutation = mutations[below(random, mutations.length)];
    if (mutation !== undefined) mutated = Buffer.from(mutation(mutated, below(random, reach), random));
  }
  return mutated;
}
