import { expect, it } from 'vitest';
import { refusalRows, savingRows } from './compression-figures.ts';

const sums = { objects: 2, bytesBefore: 1000, bytesAfter: 400 };
const figures = [
  { modality: 'CT', outcome: 'replaced', reason: '', ...sums },
  { modality: 'CT', outcome: 'previewed', reason: '', ...sums },
  { modality: 'CT', outcome: 'refused', reason: 'unused-bits', ...sums },
  { modality: 'MR', outcome: 'refused', reason: 'no-gain', ...sums, objects: 3 },
  { modality: 'MR', outcome: 'refused', reason: 'unused-bits', ...sums },
  { modality: 'MR', outcome: 'rolled-back', reason: '', ...sums },
] as const;

it('says what a replacement saved, and nothing of the kind for a preview', () => {
  expect(savingRows(figures).map((row) => [row.key, row.savedPercent])).toEqual([
    ['CT replaced', 60],
    ['CT previewed', null],
  ]);
});

it('adds refusals up by reason, the most frequent first', () => {
  expect(refusalRows(figures).map((row) => [row.reason, row.objects])).toEqual([
    ['unused-bits', 4],
    ['no-gain', 3],
  ]);
});
