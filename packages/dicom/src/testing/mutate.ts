// Seeded damage to byte strings, for fuzzing any parser of this house: the same seed always makes the same
// bytes, so a failure is reported as a seed. Knows nothing of the format but that lengths are often
// little-endian words.

export type Random = () => number;

/** mulberry32: small, fast, good enough for damage. Answers in [0, 1). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function randomInt(random: Random, below: number): number {
  return Math.floor(random() * below);
}

const telling = [0x00, 0xff, 0x7f, 0x80, 0xfe, 0x5c, 0x1b, 0x0d, 0x51, 0x53];
const tellingWords = [
  0, 1, 7, 0xffff, 0xfffe, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0xe000fffe, 0xe0ddfffe,
];

type Damage = (bytes: Uint8Array, random: Random) => Uint8Array;

const flipBits: Damage = (bytes, random) => {
  const out = new Uint8Array(bytes);
  for (let n = 1 + randomInt(random, 8); n > 0; n--) {
    const at = randomInt(random, out.length);
    out[at] = (out[at] ?? 0) ^ (1 << randomInt(random, 8));
  }
  return out;
};

const setBytes: Damage = (bytes, random) => {
  const out = new Uint8Array(bytes);
  for (let n = 1 + randomInt(random, 4); n > 0; n--) {
    out[randomInt(random, out.length)] = telling[randomInt(random, telling.length)] ?? randomInt(random, 256);
  }
  return out;
};

const setWord: Damage = (bytes, random) => {
  const out = new Uint8Array(bytes);
  if (out.length < 4) return out;
  const view = new DataView(out.buffer);
  view.setUint32(
    randomInt(random, out.length - 3),
    tellingWords[randomInt(random, tellingWords.length)] ?? 0,
    true,
  );
  return out;
};

const cutEnd: Damage = (bytes, random) => bytes.subarray(0, randomInt(random, bytes.length));

const dropRange: Damage = (bytes, random) => {
  const from = randomInt(random, bytes.length);
  return join(bytes.subarray(0, from), bytes.subarray(from + 1 + randomInt(random, 64)));
};

const repeatRange: Damage = (bytes, random) => {
  const from = randomInt(random, bytes.length);
  const to = Math.min(bytes.length, from + 1 + randomInt(random, 512));
  return join(bytes.subarray(0, to), bytes.subarray(from));
};

const insertNoise: Damage = (bytes, random) => {
  const noise = Uint8Array.from({ length: 1 + randomInt(random, 32) }, () => randomInt(random, 256));
  const at = randomInt(random, bytes.length);
  return join(bytes.subarray(0, at), join(noise, bytes.subarray(at)));
};

const damages: readonly Damage[] = [
  flipBits,
  setBytes,
  setWord,
  setWord,
  cutEnd,
  dropRange,
  repeatRange,
  insertNoise,
];

/** One to three kinds of damage. `near` keeps most of it in the first bytes, where the structure is. */
export function mutate(bytes: Uint8Array, seed: number, near = 4096): Uint8Array {
  const random = seededRandom(seed);
  let out = bytes;
  for (let n = 1 + randomInt(random, 3); n > 0; n--) {
    if (out.length === 0) return out;
    const damage = damages[randomInt(random, damages.length)] ?? flipBits;
    const isNear = out.length > near && random() < 0.8;
    out = isNear ? join(damage(out.subarray(0, near), random), out.subarray(near)) : damage(out, random);
  }
  return out;
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const out = new Uint8Array(first.length + second.length);
  out.set(first);
  out.set(second, first.length);
  return out;
}
