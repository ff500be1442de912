// Tells what bytes really are when Specific Character Set is missing or says ISO_IR 100 and a Chinese HIS
// has written UTF-8 or GBK all the same. European names must survive: accented letters in Latin-1 stand
// alone between ASCII letters, hanzi in GBK stand in pairs of high bytes.

export type FoundCharset = 'utf-8' | 'gb18030' | null;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const strictGb = new TextDecoder('gb18030', { fatal: true });

export function decodeStrictly(charset: 'utf-8' | 'gb18030', bytes: Uint8Array): string | null {
  try {
    return (charset === 'utf-8' ? strictUtf8 : strictGb).decode(bytes);
  } catch {
    return null;
  }
}

export function hasHighBytes(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte >= 0x80) return true;
  return false;
}

/** Null: nothing better than the declared set. */
export function detectCharset(bytes: Uint8Array): FoundCharset {
  const asUtf8 = decodeStrictly('utf-8', bytes);
  const isGb = looksLikeGb(bytes);
  if (asUtf8 === null) return isGb ? 'gb18030' : null;
  if (!isGb || hasThreeByteCharacter(asUtf8)) return 'utf-8';
  return isOneScript(asUtf8) ? 'utf-8' : 'gb18030';
}

function hasThreeByteCharacter(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >= 0x800) return true;
  return false;
}

/** Two-byte UTF-8 of one alphabet (Latin, Greek, Cyrillic, Hebrew, Arabic) against hanzi read by chance. */
function isOneScript(text: string): boolean {
  const letters = [...text].filter((c) => c >= '\u0080');
  if (/[A-Za-z]/.test(text) && letters.every((c) => c >= '\u00c0' && c < '\u0180')) return true;
  if (letters.length < 3) return false;
  const scripts = [/^[\u0370-\u03ff]$/, /^[\u0400-\u047f]$/, /^[\u05d0-\u05ea]$/, /^[\u0600-\u06ff]$/];
  return scripts.some((script) => letters.every((c) => script.test(c)));
}

interface Tally {
  /** Pairs of two high bytes with a GB 2312 hanzi or symbol in them. */
  strong: number;
  /** Pairs with a low trail byte, or outside GB 2312: GBK's rarer hanzi, or Latin-1 by chance. */
  weak: number;
  /** Lone pairs glued to ASCII letters and readable as two Latin-1 letters. */
  latin: number;
}

function looksLikeGb(bytes: Uint8Array): boolean {
  if (decodeStrictly('gb18030', bytes)?.includes('\ufffd') ?? true) return false;
  const tally: Tally = { strong: 0, weak: 0, latin: 0 };
  for (let at = 0; at < bytes.length; ) {
    if ((bytes[at] ?? 0) < 0x80) at++;
    else at = tallyRun(bytes, at, tally);
  }
  return tally.latin === 0 ? tally.strong > tally.weak : tally.strong > tally.weak + tally.latin * 2;
}

/** One run of multi-byte characters from `start`; answers where it ends. */
function tallyRun(bytes: Uint8Array, start: number, tally: Tally): number {
  let at = start;
  let strong = 0;
  let weak = 0;
  while ((bytes[at] ?? 0) >= 0x81) {
    const lead = bytes[at] ?? 0;
    const trail = bytes[at + 1] ?? 0;
    const isFour = trail >= 0x30 && trail <= 0x39;
    if (lead >= 0xa1 && lead <= 0xf7 && trail >= 0xa1) strong++;
    else weak++;
    at += isFour ? 4 : 2;
  }
  const touchesLetter = isLetter(bytes[start - 1]) || isLetter(bytes[at]);
  const lone = strong + weak === 1;
  if (lone && strong === 1 && touchesLetter && bothLatinLetters(bytes, start)) tally.latin++;
  else {
    tally.strong += strong;
    tally.weak += weak;
  }
  return Math.max(at, start + 1);
}

function isLetter(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function bothLatinLetters(bytes: Uint8Array, at: number): boolean {
  return (bytes[at] ?? 0) >= 0xc0 && (bytes[at + 1] ?? 0) >= 0xc0;
}
