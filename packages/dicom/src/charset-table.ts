// Specific Character Set defined terms and their ISO 2022 escape sequences (PS3.3 C.12.1.1.2), with how
// the bytes of each code element are decoded. Tables only; the state machine is in charset.ts.

/** A code element that can be designated to G0 (bytes 21–7E) or G1 (bytes A1–FE). */
export interface CodeElement {
  name: string;
  slot: 'G0' | 'G1';
  bytesPerCharacter: 1 | 2;
  decode: (bytes: Uint8Array) => string;
}

const decoders = new Map<string, InstanceType<typeof TextDecoder>>();

export function decodeWith(label: string, bytes: Uint8Array): string {
  let decoder = decoders.get(label);
  if (decoder === undefined) {
    decoder = new TextDecoder(label, { ignoreBOM: true });
    decoders.set(label, decoder);
  }
  return decoder.decode(bytes);
}

/** ISO 8859-1 proper; the web's label of that name means windows-1252. */
export function decodeLatin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096)
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}

function katakana(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes)
    text += byte >= 0xa1 && byte <= 0xdf ? String.fromCharCode(0xff61 + byte - 0xa1) : '\ufffd';
  return text;
}

function eucJp(bytes: Uint8Array, prefix: boolean): string {
  const out: number[] = [];
  for (const [index, byte] of bytes.entries()) {
    if (prefix && index % 2 === 0) out.push(0x8f); // JIS X 0212 in EUC
    out.push(byte | 0x80);
  }
  return decodeWith('euc-jp', new Uint8Array(out));
}

function single(name: string, label: string): CodeElement {
  return { name, slot: 'G1', bytesPerCharacter: 1, decode: (bytes) => decodeWith(label, bytes) };
}

export const ascii: CodeElement = { name: 'IR 6', slot: 'G0', bytesPerCharacter: 1, decode: decodeLatin1 };
const romaji: CodeElement = { ...ascii, name: 'IR 14' };
const kana: CodeElement = { name: 'IR 13', slot: 'G1', bytesPerCharacter: 1, decode: katakana };
const latin1: CodeElement = { name: 'IR 100', slot: 'G1', bytesPerCharacter: 1, decode: decodeLatin1 };
const kanji: CodeElement = {
  name: 'IR 87',
  slot: 'G0',
  bytesPerCharacter: 2,
  decode: (b) => eucJp(b, false),
};
const kanji2: CodeElement = {
  name: 'IR 159',
  slot: 'G0',
  bytesPerCharacter: 2,
  decode: (b) => eucJp(b, true),
};
const hangul: CodeElement = {
  name: 'IR 149',
  slot: 'G1',
  bytesPerCharacter: 2,
  decode: (b) => decodeWith('euc-kr', b),
};
const hanzi: CodeElement = {
  name: 'IR 58',
  slot: 'G1',
  bytesPerCharacter: 2,
  decode: (b) => decodeWith('gb18030', b),
};
const latin2 = single('IR 101', 'iso-8859-2');
const latin3 = single('IR 109', 'iso-8859-3');
const latin4 = single('IR 110', 'iso-8859-4');
const cyrillic = single('IR 144', 'iso-8859-5');
const arabic = single('IR 127', 'iso-8859-6');
const greek = single('IR 126', 'iso-8859-7');
const hebrew = single('IR 138', 'iso-8859-8');
const latin5 = single('IR 148', 'windows-1254');
const latin9 = single('IR 203', 'iso-8859-15');
const thai = single('IR 166', 'windows-874');

/** By the characters after ESC. */
export const escapes: ReadonlyMap<string, CodeElement> = new Map([
  ['(B', ascii], ['(J', romaji], [')I', kana], ['-A', latin1], ['-B', latin2], ['-C', latin3], ['-D', latin4],
  ['-L', cyrillic], ['-G', arabic], ['-F', greek], ['-H', hebrew], ['-M', latin5], ['-b', latin9], ['-T', thai],
  ['$B', kanji], ['$@', kanji], ['$(D', kanji2], ['$)C', hangul], ['$)A', hanzi],
]); // biome-ignore format: a table

/** G1 at the start of each value, by the number in the defined term (ISO_IR n, ISO 2022 IR n). */
export const initialG1: ReadonlyMap<number, CodeElement | null> = new Map([
  [6, null], [100, latin1], [101, latin2], [109, latin3], [110, latin4], [144, cyrillic], [127, arabic],
  [126, greek], [138, hebrew], [148, latin5], [203, latin9], [166, thai], [13, kana],
  [87, null], [159, null], [149, hangul], [58, hanzi],
]); // biome-ignore format: a table

/** Encodings that are used alone, by defined term; GBK and spellings with spaces or case differences occur. */
export function wholeEncoding(term: string): 'utf-8' | 'gb18030' | null {
  const plain = term.toUpperCase().replace(/[^A-Z0-9]/g, '');
  if (plain === 'ISOIR192' || plain === 'UTF8' || plain === 'ISO2022IR192') return 'utf-8';
  if (plain === 'GB18030' || plain === 'GBK' || plain === 'GB2312' || plain === 'CP936') return 'gb18030';
  return null;
}
