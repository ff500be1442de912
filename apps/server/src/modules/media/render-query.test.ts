import { describe, expect, it } from 'vitest';
import { AppError } from '../../errors.ts';
import { readRenderQuery } from './render-query.ts';

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'none';
  } catch (error) {
    return error instanceof AppError ? error.code : 'other';
  }
}

describe('the query of rendered pictures', () => {
  it('reads viewport, window and quality', () => {
    expect(readRenderQuery({ viewport: '512,512', window: '40,400,linear', quality: 70 })).toEqual({
      viewport: { width: 512, height: 512 },
      window: { center: 40, width: 400 },
      quality: 70,
    });
    expect(readRenderQuery({ viewport: '100,200,,,,', window: '-600,1500' })).toEqual({
      viewport: { width: 100, height: 200 },
      window: { center: -600, width: 1500 },
    });
    expect(readRenderQuery({})).toEqual({});
  });

  it.each([
    { viewport: '0,10' },
    { viewport: '512' },
    { viewport: '100000,10' },
    { viewport: 'a,b' },
    { window: '40' },
    { window: '40,0' },
    { window: ',400' },
  ])('refuses %j', (query) => {
    expect(codeOf(() => readRenderQuery(query))).toBe('request.invalid');
  });

  it.each([
    { viewport: '10,10,0,0,5,5' },
    { window: '1,2,sigmoid' },
    { annotation: 'patient' },
    { iccprofile: 'srgb' },
  ])('says that %j is not built', (query) => {
    expect(codeOf(() => readRenderQuery(query))).toBe('platform.not_built');
  });
});
