// Reading the bytes of an SCP-ECG record (EN 1064): sections found by the pointers of section 0, numbers little endian,
// every position checked, checksums compared (CRC-CCITT, clause 5.2).
import { EcgFormatError } from './ecg-recording.ts';

export type Section = {
  id: number;
  bytes: Buffer /** Of the section in the file, for messages. */;
  at: number;
};

const recordHeadBytes = 6;
const sectionHeadBytes = 16;
const mostSections = 1024;

export function isScpEcg(start: Uint8Array): boolean {
  return (
    Buffer.from(start.buffer, start.byteOffset, start.byteLength).toString('latin1', 16, 22) === 'SCPECG'
  );
}

export function readSections(file: Buffer): Map<number, Section> {
  if (file.length < recordHeadBytes + sectionHeadBytes || !isScpEcg(file))
    throw new EcgFormatError('not an SCP-ECG record');
  const size = file.readUInt32LE(2);
  if (size > file.length) throw new EcgFormatError(`the record of ${size} bytes is cut at ${file.length}`);
  const record = file.subarray(0, size);
  if (size < recordHeadBytes + sectionHeadBytes) throw new EcgFormatError('the record has no section 0');
  if (checksum(record.subarray(2)) !== record.readUInt16LE(0))
    throw new EcgFormatError('the checksum of the record is wrong');
  const pointersEnd = Math.min(record.length, recordHeadBytes + record.readUInt32LE(recordHeadBytes + 4));
  const sections = new Map<number, Section>();
  for (let at = recordHeadBytes + sectionHeadBytes; at + 10 <= pointersEnd; at += 10) {
    if (sections.size >= mostSections) throw new EcgFormatError('too many sections');
    const id = record.readUInt16LE(at);
    const length = record.readUInt32LE(at + 2);
    const start = record.readUInt32LE(at + 6) - 1; // counted from 1
    if (id === 0 || length === 0) continue;
    if (start < recordHeadBytes || length < sectionHeadBytes || start + length > record.length)
      throw new EcgFormatError(`section ${id} lies outside the record`);
    const whole = record.subarray(start, start + length);
    if (whole.readUInt16LE(2) !== id) throw new EcgFormatError(`section ${id} is not where section 0 says`);
    sections.set(id, { id, bytes: whole.subarray(sectionHeadBytes), at: start + sectionHeadBytes });
  }
  return sections;
}

/** x¹⁶ + x¹² + x⁵ + 1, begun with ones. */
export function checksum(bytes: Uint8Array): number {
  let sum = 0xffff;
  for (const byte of bytes) {
    let mixed = ((sum >> 8) ^ byte) & 0xff;
    mixed ^= mixed >> 4;
    sum = ((sum << 8) ^ (mixed << 12) ^ (mixed << 5) ^ mixed) & 0xffff;
  }
  return sum;
}

/** Numbers one after the other; running out is an error that says where. */
export class Cursor {
  readonly #section: Section;
  #at = 0;

  constructor(section: Section) {
    this.#section = section;
  }

  get left(): number {
    return this.#section.bytes.length - this.#at;
  }

  u8(): number {
    return this.take(1).readUInt8(0);
  }
  u16(): number {
    return this.take(2).readUInt16LE(0);
  }
  i16(): number {
    return this.take(2).readInt16LE(0);
  }
  u32(): number {
    return this.take(4).readUInt32LE(0);
  }

  take(length: number): Buffer {
    const { bytes, id, at } = this.#section;
    if (length > this.left)
      throw new EcgFormatError(`section ${id} ends early, at byte ${at + bytes.length}`);
    const found = bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return found;
  }
}

/** Zero-terminated; in UTF-8 or GB 18030 where it is not plain, and Latin-1 when it is neither. */
export function scpText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const used = end < 0 ? bytes : bytes.subarray(0, end);
  for (const charset of ['utf-8', 'gb18030']) {
    try {
      return clean(new TextDecoder(charset, { fatal: true }).decode(used));
    } catch {
      // the next one
    }
  }
  return clean(Buffer.from(used).toString('latin1'));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const controls = /[\u0000-\u001f\u007f\\^=]+/g;

export function clean(text: string): string {
  return text.replace(controls, ' ').trim().slice(0, 200);
}
