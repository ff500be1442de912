import type { ExamListItem } from '@yunying/api';
import { describe, expect, it } from 'vitest';
import { groupByYear } from './group-exams.ts';
import { isKind, kindsIn, queryOfKind, wordOfKind } from './kinds.ts';

const exam = (id: string, examAt: string, examType: ExamListItem['examType'], modality: string | null) =>
  ({
    id,
    examType,
    modality,
    itemName: '头颅CT平扫',
    examAt,
    status: 'published',
    institutionName: '',
    departmentName: null,
    accessionNumber: null,
    patientName: '王*明',
    patientId: '1',
    patientSex: '1',
    patientAge: null,
    hasReport: true,
    imageCount: 0,
    studyInstanceUids: [],
    keyImageUrl: null,
    isNew: false,
  }) satisfies ExamListItem;

const list = [
  exam('3', '2026-11-20T09:30:00+08:00', 'RAD', 'CT'),
  exam('2', '2026-01-02T09:30:00+08:00', 'US', 'US'),
  exam('1', '2025-12-31T23:30:00+08:00', 'RAD', 'DX'),
];

describe('the list of exams', () => {
  it('stands under its years, by the hospital clock', () => {
    expect(groupByYear(list).map(({ year, exams }) => [year, exams.length])).toEqual([
      ['2026', 2],
      ['2025', 1],
    ]);
    expect(groupByYear([])).toEqual([]);
  });
  it('offers only the kinds a person has, and none when there is one', () => {
    expect(kindsIn(list)).toEqual(['all', 'CT', 'RAD', 'US']);
    expect(kindsIn(list.slice(0, 1))).toEqual([]);
  });
  it('asks the server by exam type, and by modality inside radiology', () => {
    expect(queryOfKind('CT')).toEqual({ examType: 'RAD', modality: 'CT' });
    expect(queryOfKind('US')).toEqual({ examType: 'US' });
    expect(queryOfKind('all')).toEqual({});
  });
  it('takes from the address only what is a kind', () => {
    expect(isKind('CT')).toBe(true);
    expect(isKind('<script>')).toBe(false);
    expect(isKind(null)).toBe(false);
    expect(wordOfKind('MR')).toBe('exams.mr');
  });
});
