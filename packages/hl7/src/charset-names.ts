// Character set names: HL7 table 0211 (MSH-18), the spellings senders really use, and IANA names from a
// node's setting, all to one Charset. Only `label` decides how bytes are read.

export interface Charset {
  /** Name as table 0211 writes it; goes into MSH-18 of what we send. */
  readonly name: string;
  /** WHATWG label, or `iso-2022` for our own decoder, or `binary` for bytes 0-255 = U+0000-00FF. */
  readonly label: string;
}

export const utf8: Charset = { name: 'UNICODE UTF-8', label: 'utf-8' };
export const ascii: Charset = { name: 'ASCII', label: 'ascii' };
export const gb18030: Charset = { name: 'GB 18030-2000', label: 'gb18030' };

const iso2022: Charset = { name: 'ISO IR87', label: 'iso-2022' };
const utf16be: Charset = { name: 'UNICODE UTF-16', label: 'utf-16be' };

// Keys have letters and digits only, upper case.
const known: Record<string, Charset> = {
  ASCII: ascii,
  USASCII: ascii,
  ISOIR6: ascii,
  ISO646: ascii,
  '7BIT': ascii,
  UNICODEUTF8: utf8,
  UTF8: utf8,
  UNICODE: utf8,
  ISOIR192: utf8,
  UNICODEUTF16: utf16be,
  UTF16: utf16be,
  UTF16BE: utf16be,
  UTF16LE: { name: 'UNICODE UTF-16', label: 'utf-16le' },
  GB18030: gb18030,
  GB180302000: gb18030,
  GB180302005: gb18030,
  GB180302022: gb18030,
  GBK: { name: 'GBK', label: 'gbk' },
  CP936: { name: 'GBK', label: 'gbk' },
  MS936: { name: 'GBK', label: 'gbk' },
  WINDOWS936: { name: 'GBK', label: 'gbk' },
  GB13000: { name: 'GBK', label: 'gbk' },
  // What is declared GB2312 is code page 936 in practice.
  GB2312: { name: 'GB2312', label: 'gbk' },
  GB231280: { name: 'GB2312', label: 'gbk' },
  EUCCN: { name: 'GB2312', label: 'gbk' },
  ISOIR58: { name: 'GB2312', label: 'gbk' },
  BIG5: { name: 'BIG-5', label: 'big5' },
  CP950: { name: 'BIG-5', label: 'big5' },
  KSX1001: { name: 'KS X 1001', label: 'euc-kr' },
  KSC5601: { name: 'KS X 1001', label: 'euc-kr' },
  EUCKR: { name: 'KS X 1001', label: 'euc-kr' },
  ISOIR149: { name: 'KS X 1001', label: 'euc-kr' },
  ISOIR13: { name: 'ISO IR13', label: 'shift_jis' },
  SHIFTJIS: { name: 'ISO IR13', label: 'shift_jis' },
  SJIS: { name: 'ISO IR13', label: 'shift_jis' },
  EUCJP: { name: 'ISO IR87', label: 'euc-jp' },
  ISOIR14: iso2022,
  ISOIR87: iso2022,
  ISOIR159: iso2022,
  JAS2020: iso2022,
  JISX0202: iso2022,
  ISO2022JP: iso2022,
  ISOIR100: { name: '8859/1', label: 'binary' },
  LATIN1: { name: '8859/1', label: 'binary' },
  WINDOWS1252: { name: '8859/1', label: 'windows-1252' },
  CP1252: { name: '8859/1', label: 'windows-1252' },
  WINDOWS1251: { name: '8859/5', label: 'windows-1251' },
  TIS620: { name: 'ISO IR166', label: 'windows-874' },
  ISOIR166: { name: 'ISO IR166', label: 'windows-874' },
};

const iso8859 = /^(?:ISO)?8859(\d{1,2})$/;
const parts8859 = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16]);

/** The character set of a name, or null when the name is not one we know. */
export function charsetNamed(name: string): Charset | null {
  const key = name
    .slice(0, 40)
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '');
  const direct = Object.hasOwn(known, key) ? known[key] : undefined;
  if (direct !== undefined) return direct;
  const part = Number(iso8859.exec(key)?.[1] ?? 0);
  if (!parts8859.has(part)) return null;
  if (part === 1) return { name: '8859/1', label: 'binary' };
  // WHATWG folds ISO 8859-9 into windows-1254, which is the same above 0x9F.
  return { name: `8859/${part}`, label: `iso-8859-${part}` };
}

/**
 * The set that MSH-18 asks for. It may repeat: the first is the default and the others are switched to by
 * escape sequences. What decides the bytes is the first that is more than ASCII.
 * Null: nothing declared. `unknown`: something declared that we cannot read.
 */
export function charsetDeclared(repetitions: readonly string[]): Charset | 'unknown' | null {
  const names = repetitions.map((r) => r.trim()).filter((r) => r !== '' && r !== '""');
  if (names.length === 0) return null;
  const sets = names.map(charsetNamed);
  const wide = sets.find((set) => set !== null && set.label !== 'ascii');
  if (wide !== undefined && wide !== null) return wide;
  return sets.some((set) => set === null) ? 'unknown' : ascii;
}
