import { describe, expect, it } from 'vitest';
import { AppError, errorTable, sentence, toAppError } from './errors.ts';

describe('the error table', () => {
  it.each(Object.entries(errorTable))('%s has statuses and two sentences', (code, row) => {
    expect(code).toMatch(/^[a-z]+[a-z0-9]*\.[a-z0-9_]+$/);
    expect(row.http).toBeGreaterThanOrEqual(400);
    expect(row.dimse).toBeGreaterThan(0);
    expect(row.zh).toMatch(/[\u4e00-\u9fff]/);
    expect(row.en).toMatch(/^[\x20-\x7e]+$/);
  });

  it.each([
    ['57P01', 'platform.database_away'],
    ['53300', 'platform.database_away'],
    ['57014', 'platform.timeout'],
    ['40P01', 'platform.overloaded'],
    ['23505', 'platform.internal'],
  ])('tells a database that is away from a bug: SQLSTATE %s is %s', (code, expected) => {
    expect(toAppError(Object.assign(new Error('x'), { code })).code).toBe(expected);
  });

  it('keeps an AppError and hides anything else behind platform.internal', () => {
    const known = new AppError('storage.full', { freeBytes: 1 });
    expect(toAppError(known)).toBe(known);
    const hidden = toAppError(new Error('patient 张三'));
    expect(hidden.code).toBe('platform.internal');
    expect(hidden.message).not.toContain('张三');
    expect(sentence(hidden.code, 'zh')).not.toContain('张三');
  });
});
