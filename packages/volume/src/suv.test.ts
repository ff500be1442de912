import { describe, expect, it } from 'vitest';
import { type SuvFacts, suvOf } from './suv.ts';

const factorOf = (facts: SuvFacts) => {
  const suv = suvOf(facts);
  return suv.ok ? suv.factor : suv.reason;
};

const facts: SuvFacts = {
  modality: 'PT',
  units: 'BQML',
  correctedImage: ['ATTN', 'DECY', 'SCAT'],
  decayCorrection: 'START',
  weightKg: 70,
  totalDoseBq: 3.7e8,
  halfLifeSeconds: 6586.2,
  seriesAt: '20260301101500',
  acquiredAt: ['20260301101700', '20260301101500.00'],
  scanAt: null,
  countsFactor: null,
  injectedAt: null,
  injectionTime: '091500',
};

describe('SUV by body weight', () => {
  const anHour = 70_000 / (3.7e8 * 2 ** (-3600 / 6586.2));

  it('takes the decay from injection to scan into account', () => {
    expect(factorOf(facts)).toBeCloseTo(anHour, 12);
    expect(factorOf({ ...facts, injectedAt: '20260301091500.00+0800', injectionTime: null })).toBeCloseTo(
      anHour,
      12,
    );
  });

  it('does not take the time of a later reconstruction for the scan', () => {
    expect(factorOf({ ...facts, seriesAt: '20260301160000' })).toBeCloseTo(anHour, 12);
  });

  it('goes over midnight', () => {
    const night = {
      ...facts,
      seriesAt: '20260301001500',
      acquiredAt: ['20260301001500'],
      injectionTime: '231500',
    };
    expect(factorOf(night)).toBeCloseTo(anHour, 12);
  });

  it('knows values that are SUV already, or corrected to the injection', () => {
    expect(factorOf({ ...facts, units: 'GML' })).toBe(1);
    expect(factorOf({ ...facts, decayCorrection: 'ADMIN' })).toBeCloseTo(70_000 / 3.7e8, 15);
  });

  it('takes what a maker says of counts and of the start of the scan', () => {
    expect(factorOf({ ...facts, units: 'CNTS', countsFactor: 0.002 })).toBe(0.002);
    const late = {
      ...facts,
      seriesAt: '20260301160000',
      acquiredAt: ['20260301101700'],
      scanAt: '20260301101500.00',
    };
    expect(factorOf(late)).toBeCloseTo(anHour, 12);
  });

  it.each<[string, Partial<SuvFacts>, string]>([
    ['another modality', { modality: 'NM' }, 'not-pet'],
    ['counts', { units: 'CNTS' }, 'units'],
    ['no weight', { weightKg: null }, 'weight'],
    ['no dose', { totalDoseBq: 0 }, 'dose'],
    ['no half-life', { halfLifeSeconds: null }, 'half-life'],
    ['no decay correction', { correctedImage: ['ATTN'] }, 'not-corrected'],
    ['no time of the scan', { seriesAt: null, acquiredAt: [] }, 'scan-time'],
    ['an injection two days before', { injectedAt: '20260227101500', injectionTime: null }, 'injection-time'],
    ['an injection after the scan', { injectedAt: '20260301120000', injectionTime: null }, 'injection-time'],
  ])('names what is wrong with %s', (_what, change, reason) => {
    expect(factorOf({ ...facts, ...change })).toBe(reason);
  });
});
