// GB18030-2022 in the direction TextDecoder lacks: a table turned round once, on first use, from the
// platform's decoder. Code points of the 2005 edition's private use area are brought to the standard ones
// (GB18030-2022 changes; the fonts of today no longer draw the private ones).

const twoByteLeads = 126;
const privateUse2005: Readonly<Record<string, string>> = {
  '\ue78d': '\ufe10', '\ue78e': '\ufe12', '\ue78f': '\ufe11', '\ue790': '\ufe13', '\ue791': '\ufe14', '\ue792': '\ufe15',
  '\ue793': '\ufe16', '\ue794': '\ufe17', '\ue795': '\ufe18', '\ue796': '\ufe19', '\ue81e': '\u9fb4', '\ue826': '\u9fb5',
  '\ue82b': '\u9fb6', '\ue82c': '\u9fb7', '\ue832': '\u9fb8', '\ue843': '\u9fb9', '\ue854': '\u9fba', '\ue864': '\u9fbb',
  '\ue816': '\u{20087}', '\ue817': '\u{20089}', '\ue818': '\u{200cc}', '\ue831': '\u{215d7}', '\ue83b': '\u{2298f}',
  '\ue855': '\u{241fe}',
}; // biome-ignore format: a table
const privateUse = /[\ue78d-\ue864]/g;

/** Left-over private use code points of GB18030-2005 to the characters they stand for. */
export function normalizeChinese(text: string): string {
  return text.replace(privateUse, (c) => privateUse2005[c] ?? c);
}

let tables: { two: Uint16Array; four: Uint32Array } | null = null;

function load(): { two: Uint16Array; four: Uint32Array } {
  if (tables !== null) return tables;
  const decoder = new TextDecoder('gb18030');
  const two = new Uint16Array(0x10000);
  const pair = new Uint8Array(2);
  for (let lead = 0x81; lead < 0x81 + twoByteLeads; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail === 0x7f) continue;
      pair[0] = lead;
      pair[1] = trail;
      const text = decoder.decode(pair);
      const code = text.charCodeAt(0);
      if (text.length === 1 && code >= 0x80 && code !== 0xfffd && two[code] === 0)
        two[code] = (lead << 8) | trail;
    }
  }
  tables = { two, four: loadFourByte(decoder, two) };
  return tables;
}

/** The rest of the basic plane: four-byte codes 81308130 to 8431A439, numbered from 1. */
function loadFourByte(decoder: InstanceType<typeof TextDecoder>, two: Uint16Array): Uint32Array {
  const four = new Uint32Array(0x10000);
  const bytes = new Uint8Array(4);
  for (let index = 0; index < 39420; index++) {
    fourBytes(index, bytes);
    const text = decoder.decode(bytes);
    const code = text.charCodeAt(0);
    if (text.length === 1 && code >= 0x80 && code !== 0xfffd && two[code] === 0 && four[code] === 0)
      four[code] = index + 1;
  }
  return four;
}

function fourBytes(index: number, out: Uint8Array): void {
  out[3] = 0x30 + (index % 10);
  out[2] = 0x81 + (Math.floor(index / 10) % 126);
  out[1] = 0x30 + (Math.floor(index / 1260) % 10);
  out[0] = 0x81 + Math.floor(index / 12600);
}

const supplementaryIndex = 189_000; // 90308130 is U+10000

/** Every character has a code in GB18030; lone surrogates become '?'. */
export function encodeGb18030(text: string): Uint8Array {
  const out: number[] = [];
  const quad = new Uint8Array(4);
  for (const character of normalizeChinese(text)) {
    const code = character.codePointAt(0) ?? 0x3f;
    if (code < 0x80) {
      out.push(code);
      continue;
    }
    const { two, four } = load();
    const pair = two[code] ?? 0;
    const index = code > 0xffff ? supplementaryIndex + code - 0x10000 : (four[code] ?? 0) - 1;
    if (pair !== 0) out.push(pair >> 8, pair & 255);
    else if (index >= 0) {
      fourBytes(index, quad);
      out.push(...quad);
    } else if (code >= 0xd800 && code <= 0xdfff) out.push(0x3f);
    else out.push(0x84, 0x31, 0xa4, 0x37); // U+FFFD
  }
  return new Uint8Array(out);
}
