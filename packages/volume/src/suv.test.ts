import { describe, expect, it } from 'vitest';
import { type SuvFacts, suvFactor } from './suv.ts';

const facts: SuvFacts = {
  units: 'BQML',
  correctedImage: ['ATTN', 'DECY', 'SCAT'],
  decayCorrection: 'START',
  weightKg: 70,
  totalDoseBq: 3.7e8,
  halfLifeSeconds: 6586.2,
  seriesDate: '20260301',
  seriesTime: '101500',
  acquisitionDate: '20260301',
  acquisitionTime: '101500.00',
  injectionDateTime: null,
  injectionTime: '091500',
};

describe('SUV by body weight', () => {
  const anHour = 70_000 / (3.7e8 * 2 ** (-3600 / 6586.2));

  it('takes the decay from injection to scan into account', () => {
    expect(suvFactor(facts)).toBeCloseTo(anHour, 12);
    expect(
      suvFactor({ ...facts, injectionDateTime: '20260301091500.00+0800', injectionTime: null }),
    ).toBeCloseTo(anHour, 12);
  });

  it('does not take the time of a later reconstruction for the scan', () => {
    expect(suvFactor({ ...facts, seriesTime: '160000' })).toBeCloseTo(anHour, 12);
  });

  it('goes over midnight', () => {
    const night = { ...facts, seriesTime: '001500', acquisitionTime: '001500', injectionTime: '231500' };
    expect(suvFactor(night)).toBeCloseTo(anHour, 12);
  });

  it('knows values that are SUV already, or corrected to the injection', () => {
    expect(suvFactor({ ...facts, units: 'GML' })).toBe(1);
    expect(suvFactor({ ...facts, decayCorrection: 'ADMIN' })).toBeCloseTo(70_000 / 3.7e8, 15);
  });

  it.each<[string, Partial<SuvFacts>]>([
    ['counts', { units: 'CNTS' }],
    ['no weight', { weightKg: null }],
    ['no dose', { totalDoseBq: 0 }],
    ['no decay correction', { correctedImage: ['ATTN'] }],
    ['an injection two days before', { injectionDateTime: '20260227101500', injectionTime: null }],
    ['an injection after the scan', { injectionDateTime: '20260301120000', injectionTime: null }],
  ])('says nothing with %s', (_what, change) => {
    expect(suvFactor({ ...facts, ...change })).toBeNull();
  });
});
