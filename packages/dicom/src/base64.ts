// Base64 for InlineBinary (RFC 4648 §4), without Node's Buffer so that it runs in the browser.

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const valueOfCode = new Int16Array(128).fill(-1);
for (let at = 0; at < alphabet.length; at++) valueOfCode[alphabet.charCodeAt(at)] = at;

export function encodeBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const word = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const left = bytes.length - at;
    parts.push(
      alphabet.charAt(word >> 18) + alphabet.charAt((word >> 12) & 63),
      left > 1 ? alphabet.charAt((word >> 6) & 63) : '=',
      left > 2 ? alphabet.charAt(word & 63) : '=',
    );
  }
  return parts.join('');
}

/** Null when the text is not base64. */
export function decodeBase64(text: string): Uint8Array | null {
  const plain = text.replace(/\s+/g, '').replace(/={1,2}$/, '');
  if (plain.length % 4 === 1) return null;
  const out = new Uint8Array(Math.floor((plain.length * 3) / 4));
  let word = 0;
  let bits = 0;
  let to = 0;
  for (let at = 0; at < plain.length; at++) {
    const value = valueOfCode[plain.charCodeAt(at)] ?? -1;
    if (value < 0) return null;
    word = ((word << 6) | value) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out[to++] = (word >> bits) & 255;
  }
  return out;
}
