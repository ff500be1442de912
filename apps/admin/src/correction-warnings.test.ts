import type { StudyStanding } from '@yunying/api';
import { expect, it } from 'vitest';
import { warningsOf } from './correction-warnings.ts';

const t = (key: string): string => key;
const standing = (examId: string | null, instanceCount = 1, published = true): StudyStanding => ({
  instanceCount,
  seriesCount: 1,
  linkState: examId === null ? 'unlinked' : 'linked',
  linkReason: examId === null ? 'patient-differs' : 'by-accession-number',
  exam:
    examId === null
      ? null
      : { id: examId, itemName: 'CT', accessionNumber: 'A', fromOrder: true, published, reportCount: 1 },
});

it('warns when a reported and published examination loses its pictures', () => {
  const studies = [{ studyInstanceUid: '1', before: standing('10'), after: standing(null) }];
  expect(warningsOf(t, { studies })).toEqual([
    'corrections.warn.reports',
    'corrections.warn.published',
    'corrections.warn.unlinked',
  ]);
});

it('warns when pictures come to an examination that its patient can see', () => {
  const studies = [{ studyInstanceUid: '1', before: standing(null), after: standing('10') }];
  expect(warningsOf(t, { studies })).toEqual(['corrections.warn.becomesPublished']);
  const merged = [
    { studyInstanceUid: '1', before: standing(null), after: null },
    { studyInstanceUid: '2', before: standing('10'), after: standing('10', 2) },
  ];
  expect(warningsOf(t, { studies: merged })).toEqual(['corrections.warn.becomesPublished']);
});

it('warns when a part of what a patient sees is hidden, and not when nobody sees it yet', () => {
  const of = (published: boolean) => [
    {
      studyInstanceUid: '1',
      before: standing('10', 5, published),
      after: standing('10', 3, published),
    },
  ];
  expect(warningsOf(t, { studies: of(true) })).toEqual(['corrections.warn.published']);
  expect(warningsOf(t, { studies: of(false) })).toEqual([]);
});

it('is silent while the pictures stay with their examination, as in a split or its undoing', () => {
  const rest = { studyInstanceUid: '1', before: standing('10', 5), after: standing('10', 3) };
  const split = { studyInstanceUid: null, before: null, after: standing('10', 2) };
  expect(warningsOf(t, { studies: [rest, split] })).toEqual([]);
  const back = { studyInstanceUid: '1', before: standing('10', 3), after: standing('10', 5) };
  const undone = { studyInstanceUid: '2', before: standing('10', 2), after: null };
  expect(warningsOf(t, { studies: [back, undone] })).toEqual([]);
});
