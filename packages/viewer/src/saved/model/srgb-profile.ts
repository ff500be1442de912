// The ICC profile that a colour presentation state must carry (PS3.3 C.11.15): sRGB as three primaries and one curve,
// written here because it is 400 bytes and the same every time (ICC.1:2001-04).

const primaries = {
  wtpt: [0.9505, 1, 1.0891],
  rXYZ: [0.4361, 0.2225, 0.0139],
  gXYZ: [0.3851, 0.7169, 0.0971],
  bXYZ: [0.1431, 0.0606, 0.7141],
} as const;

export function srgbProfile(): Uint8Array {
  const tags: [string, Uint8Array][] = [
    ['desc', description('sRGB')],
    ['cprt', block('text', ascii('No copyright\0'))],
    ...Object.entries(primaries).map(([name, xyz]): [string, Uint8Array] => [
      name,
      block('XYZ ', fixed(xyz)),
    ]),
    ...['rTRC', 'gTRC', 'bTRC'].map((name): [string, Uint8Array] => [name, curve()]),
  ];
  const tableLength = 4 + tags.length * 12;
  const total = 128 + tableLength + tags.reduce((sum, [, bytes]) => sum + padded(bytes.length), 0);
  const profile = new Uint8Array(total);
  const view = new DataView(profile.buffer);
  view.setUint32(0, total);
  view.setUint32(8, 0x02400000); // version 2.4
  profile.set(ascii('mntrRGB XYZ '), 12);
  for (const [at, part] of [2026, 1, 1].entries()) view.setUint16(24 + at * 2, part);
  profile.set(ascii('acsp'), 36);
  profile.set(fixed([0.9642, 1, 0.8249]), 68);
  view.setUint32(128, tags.length);
  let at = 128 + tableLength;
  for (const [index, [name, bytes]] of tags.entries()) {
    const entry = 132 + index * 12;
    profile.set(ascii(name), entry);
    view.setUint32(entry + 4, at);
    view.setUint32(entry + 8, bytes.length);
    profile.set(bytes, at);
    at += padded(bytes.length);
  }
  return profile;
}

export function srgbProfileBase64(): string {
  let binary = '';
  for (const byte of srgbProfile()) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function block(type: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + content.length);
  bytes.set(ascii(type));
  bytes.set(content, 8);
  return bytes;
}

/** s15Fixed16Number. */
function fixed(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of values.entries()) view.setInt32(at * 4, Math.round(value * 65536));
  return bytes;
}

/** One gamma of 2.2 (u8Fixed8Number). */
function curve(): Uint8Array {
  const bytes = new Uint8Array(6);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 1);
  view.setUint16(4, Math.round(2.2 * 256));
  return block('curv', bytes);
}

/** textDescriptionType: ASCII, then empty Unicode and ScriptCode parts. */
function description(text: string): Uint8Array {
  const content = new Uint8Array(4 + text.length + 1 + 4 + 4 + 2 + 1 + 67);
  new DataView(content.buffer).setUint32(0, text.length + 1);
  content.set(ascii(text), 4);
  return block('desc', content);
}
