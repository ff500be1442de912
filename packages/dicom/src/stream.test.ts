import { describe, expect, it } from 'vitest';
import { createDataset } from './dataset.ts';
import { DicomError } from './errors.ts';
import { encodeFileMeta, writePart10 } from './part10.ts';
import { parseDataset, parseDicom, readHead, requireIdentity } from './read.ts';
import { setCharset, setValue } from './set-values.ts';
import { DicomStream, type DicomStreamOptions } from './stream.ts';
import { outline } from './testing/same.ts';
import {
  deflatedExplicitVrLittleEndian,
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
} from './transfer-syntaxes.ts';
import { getNumbers, getSequence, getString } from './values.ts';
import { encodeDataset } from './write.ts';

function sample() {
  const inner = createDataset();
  setValue(inner, 'ReferencedSOPInstanceUID', '1.2.3.4');
  const dataset = createDataset();
  setCharset(dataset, 'ISO_IR 192');
  setValue(dataset, 'SOPClassUID', '1.2.840.10008.5.1.4.1.1.2');
  setValue(dataset, 'SOPInstanceUID', '1.2.3');
  setValue(dataset, 'PatientName', 'Wang^XiaoDong=王^小东');
  setValue(dataset, 'ReferencedImageSequence', [inner, createDataset()]);
  setValue(dataset, 'StudyInstanceUID', '1.2');
  setValue(dataset, 'SeriesInstanceUID', '1.2.1');
  setValue(dataset, 'Rows', 2);
  setValue(
    dataset,
    'PixelData',
    Uint8Array.from({ length: 300 }, (_, i) => i & 255),
    'OW',
  );
  return dataset;
}

function file(transferSyntaxUid: string): Uint8Array {
  const meta = { sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: '1.2.3', transferSyntaxUid };
  return writePart10(meta, encodeDataset(sample(), transferSyntaxUid));
}

function readInPieces(bytes: Uint8Array, cuts: number[], options: DicomStreamOptions = {}) {
  const stream = new DicomStream(options);
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    stream.write(bytes.subarray(from, cut));
    from = cut;
  }
  return stream.end();
}

function errorOf(read: () => unknown): DicomError {
  try {
    read();
  } catch (error) {
    if (error instanceof DicomError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const syntaxes = [
  implicitVrLittleEndian,
  explicitVrLittleEndian,
  explicitVrBigEndian,
  deflatedExplicitVrLittleEndian,
];

/** Raw explicit little endian elements from hex, spaces allowed. */
function raw(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replace(/\s+/g, ''), 'hex'));
}

describe('DicomStream', () => {
  it.each(syntaxes)('reads %s the same wherever the bytes are cut in two', (uid) => {
    const bytes = file(uid);
    const whole = outline(readInPieces(bytes, []).dataset);
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(outline(readInPieces(bytes, [cut]).dataset)).toEqual(whole);
    }
  });

  it.each(syntaxes)('reads %s one byte at a time', (uid) => {
    const bytes = file(uid);
    const cuts = Array.from({ length: bytes.length - 1 }, (_, i) => i + 1);
    expect(outline(readInPieces(bytes, cuts).dataset)).toEqual(outline(readInPieces(bytes, []).dataset));
  });

  it.each(syntaxes)('reads %s from memory that is used again for every piece', (uid) => {
    const bytes = file(uid);
    const whole = outline(readInPieces(bytes, []).dataset);
    for (const size of [1, 2, 3, 5, 7, 11, 30, 64, 100, 250]) {
      const stream = new DicomStream({ letChunksGo: true });
      const memory = new Uint8Array(size);
      for (let at = 0; at < bytes.length; at += size) {
        const piece = bytes.subarray(at, at + size);
        memory.set(piece);
        stream.write(memory.subarray(0, piece.length));
        memory.fill(0xee);
      }
      expect(outline(stream.end().dataset)).toEqual(whole);
    }
  });

  it('reports where pixel data lies instead of keeping it', () => {
    const bytes = file(explicitVrLittleEndian);
    const seen: string[] = [];
    const parsed = readInPieces(bytes, [], { onBulk: (bulk) => seen.push(bulk.path) });
    const element = parsed.dataset.elements.get('7FE00010');
    if (element?.kind !== 'bulk') throw new Error('pixel data was kept');
    expect(seen).toEqual(['7FE00010']);
    expect([...bytes.subarray(element.bulk.offset, element.bulk.offset + 4)]).toEqual([0, 1, 2, 3]);
    expect(element.bulk.offset + element.bulk.length).toBe(bytes.length);
  });

  it('reports fragments of encapsulated pixel data by offset and length', () => {
    const bytes = raw(
      'e07f1000 4f42 0000 ffffffff feff00e0 00000000 feff00e0 04000000 01020304 feffdde0 00000000',
    );
    const bulk = readInPieces(bytes, [], {
      transferSyntaxUid: '1.2.840.10008.1.2.4.50',
    }).dataset.elements.get('7FE00010');
    expect(bulk?.kind === 'bulk' && bulk.bulk.fragments).toEqual([
      { offset: 20, length: 0 },
      { offset: 28, length: 4 },
    ]);
  });

  it('tells the head as soon as pixel data begins, and stops there when only the head is wanted', async () => {
    const bytes = file(explicitVrLittleEndian);
    let rows: number | null = null;
    const stream = new DicomStream({ onHead: (head) => (rows = getNumbers(head, 'Rows')[0] ?? null) });
    stream.write(bytes.subarray(0, bytes.length - 290));
    expect(rows).toBe(2);
    const head = await readHead(bytes.subarray(0, bytes.length - 290));
    expect(head.dataset.elements.has('7FE00010')).toBe(false);
    expect(requireIdentity(head.dataset).studyInstanceUid).toBe('1.2');
  });

  it('reads UN of undefined length as an implicit sequence, and an explicit one that some writers send', () => {
    const implicit = raw(
      '09001010 554e 0000 ffffffff feff00e0 ffffffff 10002000 02000000 4120 feff0de0 00000000 feffdde0 00000000',
    );
    const explicit = raw(
      '09001010 554e 0000 ffffffff feff00e0 ffffffff 10002000 4c4f 0200 4120 feff0de0 00000000 feffdde0 00000000',
    );
    for (const bytes of [implicit, explicit]) {
      const dataset = parseDataset(bytes, explicitVrLittleEndian);
      expect(getString(getSequence(dataset, '00091010')[0] ?? createDataset(), 'PatientID')).toBe('A');
    }
  });

  it('opens a sequence that was sent as UN with a length', () => {
    const bytes = raw('08004011 554e 0000 12000000 feff00e0 0a000000 08005511 02000000 3120');
    const items = getSequence(parseDataset(bytes, explicitVrLittleEndian), 'ReferencedImageSequence');
    expect(items.map((item) => getString(item, 'ReferencedSOPInstanceUID'))).toEqual(['1']);
  });

  it('goes by what the data set is when the transfer syntax is wrong', () => {
    for (const real of [implicitVrLittleEndian, explicitVrLittleEndian, explicitVrBigEndian]) {
      for (const said of [implicitVrLittleEndian, explicitVrLittleEndian, explicitVrBigEndian]) {
        const dataset = parseDataset(encodeDataset(sample(), real), said);
        expect(getNumbers(dataset, 'Rows')).toEqual([2]);
      }
    }
  });

  it('takes a first tag whose groups read either way in the declared order', () => {
    for (const keyword of ['PrinterStatus', 'NumberOfCopies', 'SeriesInStudy']) {
      for (const syntax of [explicitVrLittleEndian, explicitVrBigEndian]) {
        const dataset = createDataset(null, syntax === explicitVrBigEndian);
        setValue(dataset, keyword, '1');
        expect(getString(parseDataset(encodeDataset(dataset, syntax), syntax), keyword)).toBe('1');
      }
    }
  });

  it('accepts a bare data set, marks it as guessed, and refuses other files', () => {
    for (const uid of [implicitVrLittleEndian, explicitVrLittleEndian, explicitVrBigEndian]) {
      const parsed = parseDicom(encodeDataset(sample(), uid));
      expect([parsed.guessed, parsed.transferSyntaxUid, parsed.meta]).toEqual([true, uid, null]);
    }
    for (const text of ['%PDF-1.7 and then a lot', '{"a":1}', 'PK\u0003\u0004 zip', 'MSH|^~\\&|HIS', '']) {
      expect(errorOf(() => parseDicom(new TextEncoder().encode(text))).code).toBe('not-dicom');
    }
  });

  it('passes over zeros after the last element but not over other bytes', () => {
    const bytes = file(explicitVrLittleEndian);
    for (const extra of [1, 3, 8, 2048]) {
      const padded = new Uint8Array(bytes.length + extra);
      padded.set(bytes);
      expect(parseDicom(padded).warnings.map((w) => w.code)).toEqual(['trailing-zeros']);
      padded[padded.length - 1] = 7;
      expect(() => parseDicom(padded)).toThrow();
    }
  });

  it('says how much of a value arrived before the stream broke off, and keeps what was read', () => {
    const bytes = file(explicitVrLittleEndian);
    const stream = new DicomStream();
    stream.write(bytes.subarray(0, bytes.length - 100));
    const error = errorOf(() => stream.end());
    expect(error).toMatchObject({ code: 'truncated', tag: '7FE00010', offset: bytes.length - 300 });
    expect(error.message).toContain('pixel data ends at byte 200 of 300 announced');
    expect(getString(stream.salvage()?.dataset ?? createDataset(), 'SOPInstanceUID')).toBe('1.2.3');
  });

  it('holds every length, depth and count against its limit', () => {
    const long = raw('08000501 5554 0000 00000040');
    expect(errorOf(() => readInPieces(long, [], { transferSyntaxUid: explicitVrLittleEndian })).code).toBe(
      'length-over-limit',
    );
    const deep = raw('08004011 5351 0000 ffffffff feff00e0 ffffffff'.repeat(40));
    expect(errorOf(() => parseDataset(deep, explicitVrLittleEndian)).code).toBe('depth-over-limit');
    const wide = raw(`08004011 5351 0000 ffffffff ${'feff00e0 00000000'.repeat(20)}`);
    const limits = { maxItemsPerSequence: 10 };
    expect(errorOf(() => parseDataset(wide, explicitVrLittleEndian, { limits })).code).toBe(
      'items-over-limit',
    );
    const tooMany = { limits: { maxElements: 3 } };
    expect(errorOf(() => parseDicom(file(explicitVrLittleEndian), tooMany)).code).toBe('elements-over-limit');
    const overlong = raw('08004011 5351 0000 08000000 feff00e0 10000000');
    expect(errorOf(() => parseDataset(overlong, explicitVrLittleEndian)).code).toBe('truncated');
    const outgrown = raw('08004011 5351 0000 10000000 feff00e0 08000000 08005511 5549 0c00');
    expect(errorOf(() => parseDataset(outgrown, explicitVrLittleEndian)).code).toBe('bad-length');
  });

  it('names an unknown transfer syntax only when the data set cannot be guessed', () => {
    const meta = { sopClassUid: '1.2', sopInstanceUid: '1.2.3', transferSyntaxUid: '1.3.9.9' };
    expect(parseDicom(writePart10(meta, encodeDataset(sample(), explicitVrLittleEndian))).guessed).toBe(true);
    const junk = new Uint8Array(64).fill(0xee);
    expect(errorOf(() => parseDicom(writePart10(meta, junk))).code).toBe('unknown-transfer-syntax');
  });

  it('answers missing-uid when an object cannot be filed', () => {
    const parsed = parseDicom(
      encodeFileMeta({
        sopClassUid: '1.2',
        sopInstanceUid: '1.3',
        transferSyntaxUid: explicitVrLittleEndian,
      }),
    );
    expect(errorOf(() => requireIdentity(parsed.dataset)).code).toBe('missing-uid');
  });

  it('keeps copies of values, so that a socket may let go of its buffers', () => {
    const bytes = Buffer.from(file(explicitVrLittleEndian));
    const parsed = readInPieces(bytes, []);
    bytes.fill(0x58);
    expect(getString(parsed.dataset, 'PatientName')).toBe('Wang^XiaoDong=王^小东');
  });

  it('keeps its memory while 64 MB of pixel data pass by', () => {
    const header = raw('e07f1000 4f57 0000 00000004');
    const chunk = new Uint8Array(65536);
    const stream = new DicomStream({ transferSyntaxUid: explicitVrLittleEndian });
    stream.write(header);
    const before = process.memoryUsage().arrayBuffers;
    for (let n = 0; n < 1024; n++) stream.write(chunk);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
    expect(stream.end().byteLength).toBe(12 + 64 * 1024 * 1024);
  });
});
