import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDataset } from './dataset.ts';
import { DicomError } from './errors.ts';
import { fromDicomJson } from './json-read.ts';
import { toDicomJson } from './json-write.ts';
import { parseDataset, parseDicom } from './read.ts';
import { setValue } from './set-values.ts';
import { DicomStream } from './stream.ts';
import { corpusAbsent, corpusFiles, corpusRoot, readCorpus } from './testing/corpus.ts';
import { explicitVrBigEndian } from './transfer-syntaxes.ts';
import { encodeDataset } from './write.ts';

/** Key order, and what JSON writers may differ in: empty values, and the character set we always state. */
function settle(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(settle);
  if (typeof json === 'number') return json + 0;
  if (typeof json !== 'object' || json === null) return json;
  const entries = Object.entries(json).filter(([key]) => key !== '00080005' && key !== '00020000');
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, settle(value)]),
  );
}

describe.skipIf(corpusAbsent)('DICOM JSON of real files (skipped: no corpus beside this checkout)', () => {
  it('round-trips the sample of the JSON model', () => {
    const sample: unknown = JSON.parse(readFileSync(join(corpusRoot, 'dicom-json/test1.json'), 'utf8'));
    const loadBulk = (uri: string) =>
      new TextEncoder().encode(`${uri} `.slice(0, uri.length + (uri.length % 2)));
    const bulkUri = (_path: string, _bulk: unknown, length: number) => (length > 1_000_000 ? 'x' : null);
    const json = toDicomJson(fromDicomJson(sample, { loadBulk }), { bulkUri });
    const expected = settle(sample);
    const got = settle(json);
    if (typeof expected !== 'object' || expected === null || typeof got !== 'object' || got === null)
      throw new Error('no object');
    for (const [tag, value] of Object.entries(expected)) {
      if (/BulkDataURI|null|""/.test(JSON.stringify(value))) continue; // empties may be written in several ways
      expect([tag, Reflect.get(got, tag)]).toEqual([tag, value]);
    }
  });

  it('is the same after reading it back, for every small file', () => {
    let compared = 0;
    for (const path of corpusFiles()) {
      const bytes = readCorpus(path);
      if (bytes.length > 60_000) continue;
      const stream = new DicomStream();
      let json: ReturnType<typeof toDicomJson>;
      try {
        stream.write(bytes);
        json = toDicomJson(stream.end().dataset);
      } catch (error) {
        if (error instanceof DicomError) continue;
        throw error;
      }
      expect(toDicomJson(fromDicomJson(JSON.parse(JSON.stringify(json)))), path).toEqual(json);
      compared++;
    }
    expect(compared).toBeGreaterThan(230);
  });

  it('writes Chinese names by component group', () => {
    const { dataset } = parseDicom(readCorpus('charsets/chrX2.dcm'));
    expect(toDicomJson(dataset)['00100010']).toEqual({
      vr: 'PN',
      Value: [{ Alphabetic: 'Wang^XiaoDong', Ideographic: '王^小东' }],
    });
  });
});

describe('the DICOM JSON model', () => {
  it('writes numbers as numbers, tags as text, empties without Value, and binary as base64', () => {
    const dataset = createDataset();
    setValue(dataset, 'SliceThickness', '1.5 ');
    setValue(dataset, 'InstanceNumber', '+7');
    setValue(dataset, 'ImageType', ['A', '', 'B']);
    setValue(dataset, 'FrameIncrementPointer', '00181063');
    setValue(dataset, 'StudyDate', '');
    setValue(dataset, 'Rows', 512);
    setValue(dataset, '00091001', Uint8Array.of(1, 2, 3, 4), 'UN');
    setValue(dataset, 'PixelData', Uint8Array.of(1, 2, 3, 4), 'OW');
    expect(toDicomJson(dataset)).toEqual({
      '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
      '00080008': { vr: 'CS', Value: ['A', null, 'B'] },
      '00080020': { vr: 'DA' },
      '00091001': { vr: 'UN', InlineBinary: 'AQIDBA==' },
      '00180050': { vr: 'DS', Value: [1.5] },
      '00200013': { vr: 'IS', Value: [7] },
      '00280009': { vr: 'AT', Value: ['00181063'] },
      '00280010': { vr: 'US', Value: [512] },
      '7FE00010': { vr: 'OW', InlineBinary: 'AQIDBA==' },
    });
    const big = parseDataset(encodeDataset(dataset, explicitVrBigEndian), explicitVrBigEndian);
    expect(toDicomJson(big)).toEqual(toDicomJson(dataset));
  });

  it('gives a URI for what is not in memory, by path', () => {
    const dataset = createDataset();
    setValue(dataset, 'PixelData', new Uint8Array(8), 'OW');
    const json = toDicomJson(dataset, { bulkUri: (path, _bulk, length) => `/bulk/${path}?${length}` });
    expect(json['7FE00010']).toEqual({ vr: 'OW', BulkDataURI: '/bulk/7FE00010?8' });
  });

  it.each([
    ['a list', []],
    ['a key that is no tag', { PatientName: { vr: 'PN' } }],
    ['no VR', { '00100010': {} }],
    ['an unknown VR', { '00100010': { vr: 'XX' } }],
    ['text for a number', { '00280010': { vr: 'US', Value: ['many'] } }],
    ['a number out of range', { '00280010': { vr: 'US', Value: [70000] } }],
    ['binary that is not base64', { '7FE00010': { vr: 'OB', InlineBinary: '***' } }],
    ['an object as text', { '00100020': { vr: 'LO', Value: [{}] } }],
  ])('refuses %s', (_what, json) => {
    expect(() => fromDicomJson(json)).toThrow(DicomError);
  });

  it('refuses sequences nested without end', () => {
    let json: unknown = {};
    for (let n = 0; n < 50; n++) json = { '00081140': { vr: 'SQ', Value: [json] } };
    expect(() => fromDicomJson(json)).toThrow(/nested/);
  });
});
