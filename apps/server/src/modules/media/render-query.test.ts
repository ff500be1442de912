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
    { window: '1,2,cubic' },
    { viewport: '10,10,-1,0,5,5' },
    { viewport: '10,10,0,0,0,5' },
  ])('refuses %j', (query) => {
    expect(codeOf(() => readRenderQuery(query))).toBe('request.invalid');
  });

  it('reads a region, mirrored where a size is negative, and windows of other shapes', () => {
    expect(readRenderQuery({ viewport: '100,200,10,20,-30,40', window: '1,2,SIGMOID' })).toEqual({
      viewport: { width: 100, height: 200 },
      region: { left: 10, top: 20, width: 30, height: 40, flipX: true, flipY: false },
      window: { center: 1, width: 2, shape: 'sigmoid' },
    });
    expect(readRenderQuery({ annotation: 'patient,unknown', iccprofile: 'srgb' })).toEqual({
      annotations: ['patient'],
      srgb: true,
    });
  });

  it('says that other colour profiles are not built', () => {
    expect(codeOf(() => readRenderQuery({ iccprofile: 'adobergb' }))).toBe('platform.not_built');
  });
});
