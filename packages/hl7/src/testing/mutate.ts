// Seeded damage for HL7 messages: the same seed always makes the same bytes, so a failure is repeated by its
// number. Used by the tests here and by longer soak runs.

/** A small generator (mulberry32): numbers in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Dice {
  below(n: number): number;
  pick<T>(list: readonly T[]): T | undefined;
}

type Mutation = (bytes: Buffer, dice: Dice) => Buffer;

/** `bytes` with one to four kinds of damage. */
export function mutateHl7(bytes: Uint8Array, seed: number): Uint8Array {
  const random = seededRandom(seed);
  const dice: Dice = {
    below: (n) => Math.floor(random() * n),
    pick: (list) => list[Math.floor(random() * list.length)],
  };
  let out: Buffer = Buffer.from(bytes);
  for (let n = 1 + dice.below(4); n > 0; n--) out = (dice.pick(mutations) ?? flipByte)(out, dice);
  return out;
}

const flipByte: Mutation = (bytes, dice) => {
  if (bytes.length > 0) bytes[dice.below(bytes.length)] = dice.below(256);
  return bytes;
};

const truncate: Mutation = (bytes, dice) => bytes.subarray(0, dice.below(bytes.length + 1));

const deleteRange: Mutation = (bytes, dice) => {
  const at = dice.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + dice.below(40))]);
};

const repeatRange: Mutation = (bytes, dice) => {
  const at = dice.below(bytes.length + 1);
  const piece = bytes.subarray(at, at + 1 + dice.below(60));
  const times = 1 + dice.below(50);
  return insert(bytes, at, Buffer.concat(Array.from({ length: times }, () => piece)));
};

const insertSpecial: Mutation = (bytes, dice) =>
  insert(bytes, dice.below(bytes.length + 1), Buffer.from(dice.pick(specials) ?? '|', 'latin1'));

const manySeparators: Mutation = (bytes, dice) =>
  insert(
    bytes,
    dice.below(bytes.length + 1),
    Buffer.alloc(dice.below(20_000), dice.pick(['|', '^', '~', '&', '\\', '\r']) ?? '|'),
  );

const breakDelimiters: Mutation = (bytes, dice) => {
  const at = 3 + dice.below(6);
  if (at < bytes.length)
    bytes[at] = (dice.pick(['|', '^', 'A', '"', '\r', ' ', '\\', '#', '\xff']) ?? '|').charCodeAt(0);
  return bytes;
};

const changeLineEnds: Mutation = (bytes, dice) =>
  Buffer.from(
    bytes
      .toString('latin1')
      .replace(/\r\n?|\n/g, dice.pick(['\r', '\n', '\r\n', '\n\r', '', '\r\r', '\x85']) ?? '\r'),
    'latin1',
  );

const changeCharset: Mutation = (bytes, dice) => {
  const lines = bytes.toString('latin1').split('\r');
  const fields = (lines[0] ?? '').split('|');
  while (fields.length < 18) fields.push('');
  fields[17] = dice.pick(charsets) ?? '';
  lines[0] = fields.join('|');
  return Buffer.from(lines.join('\r'), 'latin1');
};

const swapSegments: Mutation = (bytes, dice) => {
  const lines = bytes.toString('latin1').split('\r');
  const a = dice.below(lines.length);
  const b = dice.below(lines.length);
  const kept = lines[a] ?? '';
  lines[a] = lines[b] ?? '';
  lines[b] = kept;
  return Buffer.from(lines.join('\r'), 'latin1');
};

const insertRandom: Mutation = (bytes, dice) =>
  insert(
    bytes,
    dice.below(bytes.length + 1),
    Buffer.from(Array.from({ length: dice.below(200) }, () => dice.below(256))),
  );

const mutations: readonly Mutation[] = [
  flipByte,
  truncate,
  deleteRange,
  repeatRange,
  insertSpecial,
  insertSpecial,
  manySeparators,
  breakDelimiters,
  changeLineEnds,
  changeCharset,
  swapSegments,
  insertRandom,
];

// Escapes cut short, framing bytes, envelope segments, wrong and wide bytes.
const specials: readonly string[] = [
  '\\',
  '\\X\\',
  '\\XD5C5C8FD\\',
  '\\X0\\',
  '\\X00\\',
  '\\.br\\',
  '\\.sp99999\\',
  '\\C2842\\',
  '\\M2442\\0l\\C2842\\',
  '\\M242941\\',
  '\\Zxx\\',
  '""',
  '\x0b',
  '\x1c',
  '\x1c\r',
  '\x00',
  '\x1b$B',
  '\x1b(B',
  '\x81\x7c',
  '\x81\x30\x81',
  '\xe5\xbc',
  '\xed\xa0\x80',
  '\xef\xbb\xbf',
  '\xff\xfe',
  '\rMSH|^~\\&|X\r',
  '\rFHS|^~\\&\r',
  '\rBTS|9999999999\r',
  '\rOBX|1|ED|x||^application^pdf^Base64^JVBE*\r',
  '\rZZZ\r',
  '|||||||',
];

const charsets: readonly string[] = [
  '',
  'ASCII',
  'GB18030',
  'GBK',
  'UNICODE UTF-8',
  'BIG-5',
  '~ISO IR87',
  'ISO IR159',
  '8859/1',
  '8859/99',
  'UNICODE UTF-16',
  'KS X 1001',
  'constructor',
  '__proto__',
  '\xff\xff',
];

function insert(bytes: Buffer, at: number, piece: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
}
