import { describe, expect, it } from 'vitest';
import type { JsonItem } from '../geometry/dicom-json.ts';
import { readSuv } from './suv.ts';

const value = (...values: unknown[]) => ({ Value: values });

/** 70 kg, 370 MBq of F-18 one hour before the scan. */
function slice(change: Record<string, { Value: unknown[] } | undefined> = {}): JsonItem {
  return {
    '00080060': value('PT'),
    '00541001': value('BQML'),
    '00280051': value('NORM', 'DECY', 'ATTN', 'SCAT'),
    '00101030': value(70),
    '00541102': value('START'),
    '00080021': value('20260301'),
    '00080031': value('100000'),
    '00080022': value('20260301'),
    '00080032': value('100000'),
    '00540016': value({
      '00181074': value(370e6),
      '00181075': value(6588),
      '00181072': value('090000'),
    }),
    ...change,
  };
}

describe('SUV of the metadata of a PET series', () => {
  it('decays the dose from injection to the start of the series', () => {
    const suv = readSuv([slice()]);
    const left = 370e6 * 2 ** (-3600 / 6588);
    expect(suv.ok && suv.factor).toBeCloseTo(70_000 / left, 12);
  });

  it('takes the earliest slice when the series was written later than it was acquired', () => {
    const suv = readSuv([
      slice({ '00080031': value('120000'), '00080032': value('101000') }),
      slice({ '00080031': value('120000') }),
    ]);
    const left = 370e6 * 2 ** (-3600 / 6588);
    expect(suv.ok && suv.factor).toBeCloseTo(70_000 / left, 12);
  });

  it('knows an injection before midnight', () => {
    const drug = value({
      '00181074': value(370e6),
      '00181075': value(6588),
      '00181072': value('233000.00'),
    });
    const at = { '00080031': value('003000'), '00080032': value('003000') };
    const suv = readSuv([slice({ ...at, '00540016': drug })]);
    expect(suv.ok && suv.factor).toBeCloseTo(70_000 / (370e6 * 2 ** (-3600 / 6588)), 12);
  });

  it('does not decay the dose where pixels are corrected to the injection', () => {
    const suv = readSuv([slice({ '00541102': value('ADMIN') })]);
    expect(suv.ok && suv.factor).toBeCloseTo(70_000 / 370e6, 12);
  });

  it('names what is missing instead of guessing', () => {
    const reasons = [
      slice({ '00101030': undefined }),
      slice({ '00541001': value('CNTS') }),
      slice({ '00280051': value('NORM') }),
      slice({ '00541102': value('NONE') }),
      slice({ '00540016': value({ '00181074': value(370e6) }) }),
      slice({ '00080060': value('CT') }),
    ].map((one) => readSuv([one]));
    expect(reasons.map((suv) => (suv.ok ? 'ok' : suv.reason))).toEqual([
      'weight',
      'units',
      'not-corrected',
      'decay-correction',
      'half-life',
      'not-pet',
    ]);
  });
});
