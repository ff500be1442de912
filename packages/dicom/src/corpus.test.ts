// Every real file of the corpus, held against dicom-parser as an independent reader.
import dicomParser from 'dicom-parser';
import { describe, expect, it } from 'vitest';
import { type Dataset, walkElements } from './dataset.ts';
import { DicomError } from './errors.ts';
import { patchDataset } from './part10.ts';
import { parseDicom } from './read.ts';
import { DicomStream } from './stream.ts';
import { corpusAbsent, corpusFiles, readCorpus } from './testing/corpus.ts';
import { outline } from './testing/same.ts';
import { transferSyntax } from './transfer-syntaxes.ts';
import { getString } from './values.ts';

const refused: Record<string, string> = {
  'dicom-json/test1.json': 'not-dicom',
  'dicom-json/test_PN.json': 'not-dicom',
  'dicomdir/DICOMDIR-nooffset': 'truncated',
  'odd/3gb-bulk-data-truncated.dcm': 'truncated',
  'odd/MR_truncated.dcm': 'truncated',
  'odd/no_meta.dcm': 'not-dicom', // one stray byte before the data set
  'odd/rtplan_truncated.dcm': 'truncated',
  'odd/zipMR.gz': 'not-dicom',
  'transfer-syntaxes/more/emri_small_jpeg_2k_lossless_too_short.dcm': 'truncated',
};
const readable = corpusFiles().filter((path) => !(path in refused));

function stream(bytes: Uint8Array) {
  const parser = new DicomStream();
  for (let at = 0; at < bytes.length; at += 4099) parser.write(bytes.subarray(at, at + 4099));
  return parser.end();
}

interface OracleElement {
  tag: string;
  dataOffset: number;
  length: number;
  items?: { dataSet?: OracleDataSet }[];
  fragments?: { position: number; length: number }[];
}
interface OracleDataSet {
  elements: Record<string, OracleElement>;
}

/** Every element of the oracle's view by our kind of path, items included, without delimiters. */
function oracleElements(dataSet: OracleDataSet, prefix = ''): [string, OracleElement][] {
  return Object.values(dataSet.elements).flatMap((element): [string, OracleElement][] => {
    const path = prefix + element.tag.slice(1).toUpperCase();
    if (path.includes('FFFE')) return [];
    const items = element.items ?? [];
    const inner = items.flatMap((item, n) =>
      item.dataSet ? oracleElements(item.dataSet, `${path}/${n}/`) : [],
    );
    return [[path, element], ...inner];
  });
}

describe.skipIf(corpusAbsent)('the corpus (skipped: it does not lie beside this checkout)', () => {
  it('is read without an error, in pieces and whole alike', () => {
    expect(readable.length).toBeGreaterThan(700);
    for (const path of readable) {
      const bytes = readCorpus(path);
      const parsed = stream(bytes);
      expect(parsed.byteLength, path).toBe(bytes.length);
      const whole = new DicomStream();
      whole.write(bytes);
      expect(outline(whole.end().dataset), path).toEqual(outline(parsed.dataset));
    }
  });

  it.each(Object.entries(refused))('refuses %s as %s', (path, code) => {
    const error = (() => {
      try {
        return stream(readCorpus(path));
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(DicomError);
    expect(error).toMatchObject({ code });
  });

  it('has the same elements, items and fragments as dicom-parser sees', () => {
    let compared = 0;
    for (const path of readable) {
      const bytes = readCorpus(path);
      const parsed = stream(bytes);
      if (parsed.guessed || parsed.deflated || parsed.warnings.length > 0) continue; // read otherwise there
      const oracle = dicomParser.parseDicom(bytes);
      const theirs = new Map(oracleElements(oracle).filter(([p]) => !p.startsWith('0002')));
      const ours: string[] = [];
      walkElements(parsed.dataset, (element, at) => {
        ours.push(at);
        const other = theirs.get(at);
        if (element.kind !== 'value' || other === undefined) return;
        const value = bytes.subarray(other.dataOffset, other.dataOffset + other.length);
        expect(Buffer.compare(element.value, value), `${path} ${at}`).toBe(0);
      });
      expect(ours.sort(), path).toEqual([...theirs.keys()].sort());
      const pixels = parsed.dataset.elements.get('7FE00010');
      const pixelsSeen = theirs.get('7FE00010');
      if (pixels?.kind === 'bulk' && pixelsSeen !== undefined) {
        expect(pixels.bulk.offset, path).toBe(pixelsSeen.dataOffset);
        const fragments = pixels.bulk.fragments?.slice(1) ?? [];
        expect(
          fragments.map((f) => f.length),
          path,
        ).toEqual((pixelsSeen.fragments ?? []).map((f) => f.length));
      }
      compared++;
    }
    expect(compared).toBeGreaterThan(750);
  });

  it('keeps pixel data bit for bit when a file is patched, in every transfer syntax', () => {
    const seen = new Set<string>();
    for (const path of readable) {
      const bytes = readCorpus(path);
      const before = parseDicom(bytes);
      const syntax = transferSyntax(before.transferSyntaxUid);
      if (before.guessed || seen.has(before.transferSyntaxUid) || syntax === undefined) continue;
      if (!before.dataset.elements.has('7FE00010') || getString(before.dataset, 'SOPInstanceUID') === null)
        continue;
      seen.add(before.transferSyntaxUid);
      const after = parseDicom(
        patchDataset(bytes, { PatientName: 'Zhang^San=张^三', SOPInstanceUID: '2.25.77', PatientID: 'P1' }),
      );
      expect(after.transferSyntaxUid, path).toBe(before.transferSyntaxUid);
      expect(getString(after.dataset, 'PatientName'), path).toBe('Zhang^San=张^三');
      expect(after.meta && getString(after.meta, 'MediaStorageSOPInstanceUID'), path).toBe('2.25.77');
      const pixels = (ds: Dataset) => outline(ds).filter((e) => Array.isArray(e) && e[0] === '7FE00010');
      expect(pixels(after.dataset), path).toEqual(pixels(before.dataset));
    }
    expect(seen.size).toBeGreaterThanOrEqual(14);
  });
});
