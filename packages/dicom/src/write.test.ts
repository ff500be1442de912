import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDataset, type Dataset } from './dataset.ts';
import { encodeFileMeta, patchDataset, writePart10 } from './part10.ts';
import { parseDataset, parseDicom } from './read.ts';
import { type SettableValue, setValue } from './set-values.ts';
import { outline } from './testing/same.ts';
import {
  deflatedExplicitVrLittleEndian,
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
} from './transfer-syntaxes.ts';
import { implementationClassUid, isUid, newUid } from './uids.ts';
import { getNumbers, getString, getStrings } from './values.ts';
import { encodeDataset } from './write.ts';

const syntaxes = [
  implicitVrLittleEndian,
  explicitVrLittleEndian,
  explicitVrBigEndian,
  deflatedExplicitVrLittleEndian,
];

type Field = [tag: string, value: SettableValue];
const word = fc.stringMatching(/^[A-Za-z0-9.][A-Za-z0-9 .]{0,20}[A-Za-z0-9]$/);
const fields: fc.Arbitrary<Field>[] = [
  fc.tuple(fc.constant('PatientID'), word),
  fc.tuple(fc.constant('ImageComments'), word),
  fc.tuple(fc.constant('PatientName'), fc.constantFrom('王^小东', 'A^B=甲^乙', 'Doe^Jane')),
  fc.tuple(fc.constant('Rows'), fc.integer({ min: 0, max: 65535 })),
  fc.tuple(fc.constant('ReferencePixelX0'), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  fc.tuple(fc.constant('RecommendedDisplayFrameRateInFloat'), fc.float({ noNaN: true })),
  fc.tuple(fc.constant('EventTimeOffset'), fc.double({ noNaN: true })),
  fc.tuple(fc.constant('FrameIncrementPointer'), fc.constantFrom('00181063', '00540010')),
  fc.tuple(fc.constant('ImageType'), fc.array(word, { minLength: 1, maxLength: 4 })),
  fc.tuple(
    fc.constant('PixelData'),
    fc.uint8Array({ minLength: 2, maxLength: 64 }).map((b) => b.slice(0, b.length & ~1)),
  ),
];

interface Shape {
  fields: Field[];
  items: Shape[];
}
function shapes(depth: number): fc.Arbitrary<Shape> {
  const items = depth === 0 ? fc.constant<Shape[]>([]) : fc.array(shapes(depth - 1), { maxLength: 2 });
  return fc.record({ fields: fc.array(fc.oneof(...fields), { maxLength: 8 }), items });
}

function build(from: Shape, parent: Dataset | null): Dataset {
  const dataset = createDataset(parent);
  if (parent === null) setValue(dataset, 'SpecificCharacterSet', 'ISO_IR 192');
  for (const [tag, value] of from.fields) setValue(dataset, tag, value);
  const items = from.items.map((item) => build(item, dataset));
  if (items.length > 0) setValue(dataset, 'ReferencedStudySequence', items);
  return dataset;
}

function sorted(dataset: Dataset): unknown[] {
  return outline(parseDataset(encodeDataset(dataset, explicitVrLittleEndian), explicitVrLittleEndian));
}

describe('encodeDataset', () => {
  it.each(syntaxes)('writes in %s what is read back the same', (uid) => {
    fc.assert(
      fc.property(shapes(3), (from) => {
        const dataset = build(from, null);
        const bytes = encodeDataset(dataset, uid);
        const back = parseDataset(bytes, uid);
        expect(sorted(back)).toEqual(sorted(dataset));
      }),
      { numRuns: 120, seed: 20240611 },
    );
  });

  it('swaps words when the byte order changes, and carries overlong text as UN', () => {
    const dataset = createDataset();
    setValue(dataset, 'Rows', [1, 258]);
    setValue(dataset, 'PatientID', 'x'.repeat(70_000));
    const big = parseDataset(encodeDataset(dataset, explicitVrBigEndian), explicitVrBigEndian);
    expect(big.elements.get('00280010')).toMatchObject({ value: Uint8Array.of(0, 1, 1, 2) });
    expect(getNumbers(big, 'Rows')).toEqual([1, 258]);
    expect(getString(big, 'PatientID')).toHaveLength(70_000);
  });

  it('does not write what it has not got', () => {
    const dataset = createDataset();
    const bulk = {
      tag: '7FE00010',
      path: '7FE00010',
      vr: 'OW' as const,
      offset: 9,
      length: 2,
      fragments: null,
    };
    dataset.elements.set('7FE00010', { kind: 'bulk', tag: '7FE00010', vr: 'OW', bulk });
    expect(() => encodeDataset(dataset, explicitVrLittleEndian)).toThrow(/not in memory/);
    const loadBulk = () => Uint8Array.of(5, 6);
    const back = parseDataset(
      encodeDataset(dataset, explicitVrLittleEndian, { loadBulk }),
      explicitVrLittleEndian,
    );
    expect(back.elements.get('7FE00010')).toMatchObject({ value: Uint8Array.of(5, 6) });
  });

  it('refuses text its character set cannot hold, and numbers its VR cannot hold', () => {
    const dataset = createDataset();
    expect(() => setValue(dataset, 'PatientName', '王')).toThrow(/character set/);
    expect(() => setValue(dataset, 'Rows', 65536)).toThrow(/cannot hold/);
    expect(() => setValue(dataset, 'NoSuchKeyword', 'x')).toThrow(/neither a tag nor a keyword/);
  });
});

describe('Part 10', () => {
  it('writes a head that any data set may follow verbatim', () => {
    const fields = {
      sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
      sopInstanceUid: newUid(),
      transferSyntaxUid: implicitVrLittleEndian,
    };
    const head = encodeFileMeta({ ...fields, sendingAeTitle: 'CT1', receivingAeTitle: 'YUNYING' });
    const dataset = createDataset();
    setValue(dataset, 'PatientID', 'P1');
    const parsed = parseDicom(Buffer.concat([head, encodeDataset(dataset, implicitVrLittleEndian)]));
    expect(parsed.datasetOffset).toBe(head.length);
    expect(parsed.meta && getString(parsed.meta, 'ImplementationClassUID')).toBe(implementationClassUid);
    expect(parsed.meta && getString(parsed.meta, 'SendingApplicationEntityTitle')).toBe('CT1');
    expect(parsed.meta && getNumbers(parsed.meta, '00020000')).toEqual([head.length - 144]);
    expect(getString(parsed.dataset, 'PatientID')).toBe('P1');
  });

  it('patches values, deletes elements, and keeps GB18030 where it was declared', () => {
    const dataset = createDataset();
    setValue(dataset, 'SpecificCharacterSet', 'GB18030');
    setValue(dataset, 'SOPClassUID', '1.2');
    setValue(dataset, 'SOPInstanceUID', '1.3');
    setValue(dataset, 'OtherPatientIDs', ['a', 'b']);
    const meta = { sopClassUid: '1.2', sopInstanceUid: '1.3', transferSyntaxUid: explicitVrLittleEndian };
    const bytes = writePart10(meta, encodeDataset(dataset, explicitVrLittleEndian));
    const after = parseDicom(patchDataset(bytes, { PatientName: '王^小东', OtherPatientIDs: null })).dataset;
    expect(getString(after, 'SpecificCharacterSet')).toBe('GB18030');
    expect(getString(after, 'PatientName')).toBe('王^小东');
    expect(getStrings(after, 'OtherPatientIDs')).toEqual([]);
  });

  it('makes UIDs that are valid and never twice the same', () => {
    const uids = new Set(Array.from({ length: 1000 }, newUid));
    expect(uids.size).toBe(1000);
    expect([...uids].every(isUid)).toBe(true);
    expect(isUid(implementationClassUid)).toBe(true);
  });
});
