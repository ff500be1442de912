import { describe, expect, it } from 'vitest';
import { actionOf, keyConflict } from './keys.ts';

const press = (key: string, over: object = {}) =>
  actionOf({ key, ctrlKey: false, metaKey: false, altKey: false, ...over });

describe('keys', () => {
  it('choose presets by figures, tools by letters in either case', () => {
    expect(press('1')).toEqual({ kind: 'preset', index: 0 });
    expect(press('L')).toEqual({ kind: 'tool', tool: 'length' });
    expect(press('l')).toEqual({ kind: 'tool', tool: 'length' });
  });

  it('leave the browser’s own combinations alone', () => {
    expect(press('r', { ctrlKey: true })).toBeNull();
    expect(press('F5')).toBeNull();
  });

  it('do what the reader put on them, and what was there before no more', () => {
    const own = { 'tool.length': 'm', invert: '/' };
    const mine = (key: string) => actionOf({ key, ctrlKey: false, metaKey: false, altKey: false }, own);
    expect(mine('M')).toEqual({ kind: 'tool', tool: 'length' });
    expect(mine('l')).toBeNull();
    expect(mine('/')).toEqual({ kind: 'invert' });
    expect(mine('1')).toEqual({ kind: 'preset', index: 0 });
  });

  it('name the conflict, also with a key that was freed or taken by another choice', () => {
    expect(keyConflict('tool.length', 'a', {})).toBe('tool.angle');
    expect(keyConflict('tool.length', 'm', {})).toBeNull();
    expect(keyConflict('tool.length', 'm', { invert: 'm' })).toBe('invert');
    expect(keyConflict('tool.length', 'a', { 'tool.angle': 'm' })).toBeNull();
  });
});
