import { describe, expect, it } from 'vitest';
import { filterRows, tagRows } from './tag-rows.ts';

const instance = {
  '00080060': { vr: 'CS', Value: ['CT'] },
  '00081140': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2.3'] } }] },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'A^B', Ideographic: '甲^乙' }] },
  '00280030': { vr: 'DS', Value: [0.5, 0.25] },
  '7FE00010': { vr: 'OW', BulkDataURI: '/x' },
};
const rows = tagRows(instance, (tag) => (tag === '00080060' ? 'Modality' : ''));

describe('the tag browser', () => {
  it('lists attributes in order, items of sequences deeper, values as they stand', () => {
    expect(rows.map(({ tag, value, depth }) => `${depth} ${tag} ${value}`)).toEqual([
      '0 (0008,0060) CT',
      '0 (0008,1140) 1',
      '1 #1 ',
      '2 (0008,1155) 1.2.3',
      '0 (0010,0010) A^B=甲^乙',
      '0 (0028,0030) 0.5\\0.25',
      '0 (7FE0,0010) …',
    ]);
  });

  it('finds by name, value and by the bare figures of a tag, and keeps the way to it', () => {
    expect(filterRows(rows, 'modal').map(({ tag }) => tag)).toEqual(['(0008,0060)']);
    expect(filterRows(rows, '1.2.3').map(({ tag }) => tag)).toEqual(['(0008,1140)', '#1', '(0008,1155)']);
    expect(filterRows(rows, '00280030')).toHaveLength(1);
    expect(filterRows(rows, ' ')).toHaveLength(rows.length);
  });
});
