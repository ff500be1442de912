// Samples of SCP-ECG sections 5 and 6 (EN 1064 clauses 5.8, 5.9): Huffman coded, of first or second differences, in the
// default table of annex C.3.7.6 or in one that section 2 brings.
import { EcgFormatError } from './ecg-recording.ts';
import { Cursor, type Section } from './scp-bytes.ts';

type Code = { prefixBits: number; totalBits: number; isSwitch: boolean; value: number; code: number };
type Table = Code[];

const defaultTable = 19_999;

/** null: the samples are 16 bit numbers, not coded. */
export function readTables(section: Section | undefined): Table[] | null {
  if (section === undefined) return null;
  const cursor = new Cursor(section);
  const count = cursor.u16();
  if (count === defaultTable) return [annexTable()];
  if (count === 0 || count > 64) throw new EcgFormatError(`section 2 has ${count} tables`);
  return Array.from({ length: count }, () => readTable(cursor));
}

function readTable(cursor: Cursor): Table {
  const count = cursor.u16();
  if (count === 0 || count > 4096) throw new EcgFormatError(`a table of section 2 has ${count} codes`);
  return Array.from({ length: count }, (): Code => {
    const prefixBits = cursor.u8();
    const totalBits = cursor.u8();
    const isSwitch = cursor.u8() === 0;
    const value = cursor.i16();
    const code = cursor.u32();
    if (prefixBits === 0 || prefixBits > 32 || totalBits < prefixBits || totalBits - prefixBits > 24)
      throw new EcgFormatError('a code of section 2 has an impossible length');
    return { prefixBits, totalBits, isSwitch, value, code: mirrored(code, prefixBits) };
  });
}

/** Codes are written with the first bit lowest. */
function mirrored(code: number, bits: number): number {
  let out = 0;
  for (let bit = 0; bit < bits; bit += 1) if ((code / 2 ** bit) & 1) out += 2 ** (bits - 1 - bit);
  return out;
}

/** n ones, a zero, the sign; eight bits follow nine ones and a zero, sixteen follow ten ones. */
function annexTable(): Table {
  const table: Table = [{ prefixBits: 1, totalBits: 1, isSwitch: false, value: 0, code: 0 }];
  for (let size = 1; size <= 8; size += 1) {
    const bits = size + 2;
    const ones = (2 ** size - 1) * 4;
    table.push({ prefixBits: bits, totalBits: bits, isSwitch: false, value: size, code: ones });
    table.push({ prefixBits: bits, totalBits: bits, isSwitch: false, value: -size, code: ones + 1 });
  }
  table.push({ prefixBits: 10, totalBits: 18, isSwitch: false, value: 0, code: 0b1111111110 });
  table.push({ prefixBits: 10, totalBits: 26, isSwitch: false, value: 0, code: 0b1111111111 });
  return table;
}

export function decodeSamples(
  bytes: Buffer,
  count: number,
  differences: number,
  tables: Table[] | null,
): Int32Array {
  const coded = tables === null ? plain(bytes, count) : huffman(bytes, count, tables);
  return undo(coded, differences);
}

function plain(bytes: Buffer, count: number): Int32Array {
  if (bytes.length < count * 2) throw new EcgFormatError('the samples of a lead end early');
  return Int32Array.from({ length: count }, (_, at) => bytes.readInt16LE(at * 2));
}

function huffman(bytes: Buffer, count: number, tables: readonly Table[]): Int32Array {
  const lookups = tables.map(lookupOf);
  const out = new Int32Array(count);
  let current = 0;
  let bit = 0;
  const last = bytes.length * 8;
  const read = (bits: number): number => {
    if (bit + bits > last) throw new EcgFormatError('the samples of a lead end early');
    let value = 0;
    for (let index = 0; index < bits; index += 1, bit += 1)
      value = value * 2 + (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
    return value;
  };
  for (let at = 0; at < count; ) {
    const lookup = lookups[current];
    if (lookup === undefined) throw new EcgFormatError(`table ${current + 1} of section 2 is not there`);
    let prefix = 0;
    let length = 0;
    let found: Code | undefined;
    while (found === undefined) {
      if (length >= 32) throw new EcgFormatError('a sample has no code in the table');
      prefix = prefix * 2 + read(1);
      length += 1;
      found = lookup.get(length * 2 ** 33 + prefix);
    }
    if (found.isSwitch) {
      current = found.value - 1;
      continue;
    }
    const more = found.totalBits - found.prefixBits;
    out[at] = more === 0 ? found.value : signed(read(more), more);
    at += 1;
  }
  return out;
}

/** By length and bits. */
function lookupOf(table: Table): Map<number, Code> {
  return new Map(table.map((code) => [code.prefixBits * 2 ** 33 + code.code, code]));
}

function signed(value: number, bits: number): number {
  return value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
}

function undo(values: Int32Array, differences: number): Int32Array {
  if (differences === 1)
    for (let at = 1; at < values.length; at += 1) values[at] = (values[at] ?? 0) + (values[at - 1] ?? 0);
  if (differences === 2)
    for (let at = 2; at < values.length; at += 1)
      values[at] = (values[at] ?? 0) + 2 * (values[at - 1] ?? 0) - (values[at - 2] ?? 0);
  return values;
}
