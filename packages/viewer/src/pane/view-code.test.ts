import { describe, expect, it } from 'vitest';
import { initialPresentation } from './presentation.ts';
import { readViewCode, viewCode } from './view-code.ts';

describe('the view in an address', () => {
  it('comes back as it was', () => {
    const shown = {
      ...initialPresentation,
      voi: { center: -600, width: 1500 },
      zoom: 2.5,
      panX: -31.5,
      panY: 12,
      rotation: 270 as const,
      flipVertical: true,
      invert: true,
      sharpen: false,
    };
    expect(readViewCode(viewCode(shown))).toEqual(shown);
    const upright = { ...initialPresentation, zoom: 2, sharpen: false };
    expect(readViewCode(viewCode(upright))).toEqual(upright);
  });

  it('says nothing of a picture as it opens, and takes no nonsense', () => {
    expect(viewCode(initialPresentation)).toBe('');
    for (const code of ['', 'x', '__1e9_0_0_0_', '0_0_1_0_0_0_', '__1_0_0_45_', '__-_0_0_0_'])
      expect(readViewCode(code)).toBeNull();
  });
});
