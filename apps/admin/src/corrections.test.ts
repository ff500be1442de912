import { describe, expect, it } from 'vitest';
import { attributeValue, dicomDay } from './corrections.ts';

const t = (key: string): string => (key === 'sex.M' ? '男' : key);

describe('attribute values as people write them', () => {
  it.each([
    ['PatientName', 'WANG^XIAOMING=王^小明', '王小明'],
    ['PatientName', 'Buc^Jérôme', 'Buc Jérôme'],
    ['PatientName', '王*明', '王*明'],
    ['PatientSex', 'M', '男'],
    ['PatientSex', 'X', 'X'],
    ['StudyDate', '20261124', '2026-11-24'],
    ['PatientBirthDate', '1980****', '1980-**-**'],
    ['StudyTime', '093015.25', '09:30:15'],
    ['StudyTime', '0930', '09:30'],
    ['ProtocolName', 'A^B', 'A^B'],
    ['AccessionNumber', '', '—'],
    ['AccessionNumber', null, '—'],
  ])('%s %s', (keyword, value, shown) => {
    expect(attributeValue(t, keyword, value)).toBe(shown);
  });

  it('leaves what is no date as it is', () => {
    expect(dicomDay('2026')).toBe('2026');
  });
});
