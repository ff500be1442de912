// Saved objects of other systems, from the corpus of real files, as the viewer reads them.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseDicom, toDicomJson } from '@yunying/dicom';
import { describe, expect, it } from 'vitest';
import type { JsonItem } from '../packages/viewer/src/geometry/dicom-json.ts';
import { readKeyImages } from '../packages/viewer/src/saved/model/key-images.ts';
import { readMeasurements } from '../packages/viewer/src/saved/model/sr-read.ts';

const root = resolve(import.meta.dirname, '..');
const corpus = resolve(root, process.env.YUNYING_CORPUS ?? '../shared/corpus', 'dicom');
const ofCorpus = (path: string): JsonItem =>
  JSON.parse(JSON.stringify(toDicomJson(parseDicom(readFileSync(resolve(corpus, path))).dataset)));

describe.skipIf(!existsSync(corpus))('objects of other systems (need the corpus of real files)', () => {
  it('measurements: circle, line, point in space', () => {
    const { marks, spaceMarks } = readMeasurements(ofCorpus('sr/sr_document_with_multiple_groups.dcm'));
    expect(marks.map((mark) => [mark.shape, mark.text])).toEqual([
      ['circle', 'Nodule'],
      ['polyline', 'Aorta'],
    ]);
    expect(marks[0]?.values).toEqual([{ concept: 'Diameter', value: 10, unit: 'mm' }]);
    expect(spaceMarks[0]?.points[0]?.map(Math.round)).toEqual([124, 234, -24]);
    const single = readMeasurements(ofCorpus('sr/sr_document.dcm'));
    expect(single.marks[0]?.shape).toBe('circle');
    expect(single.marks[0]?.values).toEqual([{ concept: 'area', value: 1.7, unit: 'cm²' }]);
  });

  it('key images', () => {
    const path = 'xdsi-studies/mr-ihe-dept002/KOS-52342449726056264552113473327672641971.dcm';
    expect(readKeyImages(ofCorpus(path)).images.length).toBeGreaterThan(5);
  });
});
