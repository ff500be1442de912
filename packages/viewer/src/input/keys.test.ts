import { describe, expect, it } from 'vitest';
import { actionOf } from './keys.ts';

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
});
