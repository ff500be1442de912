import { describe, expect, it } from 'vitest';
import { isNarrow } from './narrow-question.ts';

const asked = (keys: Record<string, string>) =>
  Object.fromEntries(Object.entries(keys).map(([tag, value]) => [tag, { vr: 'LO', Value: [value] }]));

describe('a C-FIND', () => {
  it.each([
    ['a patient id', { '00100020': 'P1' }],
    ['an accession number', { '00080050': 'A1' }],
    ['a study', { '0020000D': '1.2.3' }],
    ['one day', { '00080020': '20260301' }],
    ['31 days', { '00080020': '20260301-20260331' }],
    ['a name and a day', { '00100010': '*', '00080020': '20260301' }],
  ])('DN-2 is narrow with %s', (_what, keys) => {
    expect(isNarrow(asked(keys))).toBe(true);
  });

  it.each([
    ['nothing', {}],
    ['a name', { '00100010': 'ZHANG^SAN' }],
    ['a name of wildcards alone', { '00100010': '*' }],
    ['a patient id of wildcards', { '00100020': 'P*' }],
    ['any accession number', { '00080050': '?' }],
    ['32 days', { '00080020': '20260301-20260401' }],
    ['an open range', { '00080020': '20260301-' }],
    ['no date', { '00080020': '20269999' }],
    ['a modality', { '00080061': 'CT' }],
    ['an empty patient id', { '00100020': ' ' }],
  ])('DN-2 is not narrow with %s', (_what, keys) => {
    expect(isNarrow(asked(keys))).toBe(false);
  });
});
