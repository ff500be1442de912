import { describe, expect, it } from 'vitest';
import { type GraphicsFacts, tierOf } from './graphics-probe.ts';

const card: GraphicsFacts = {
  hasWebGl2: true,
  isSoftware: false,
  mostTextureSide: 16384,
  mostVolumeSide: 2048,
  hasLinear16: true,
  hasLinearFloat: true,
};

describe('the tier of a device', () => {
  it('is A where the card interpolates 16 bits, B where it only draws', () => {
    expect(tierOf(card, true)).toBe('A');
    expect(tierOf({ ...card, hasLinear16: false }, true)).toBe('B');
  });

  it('is C where a processor plays the card, where textures are too small and where there is no WebGL', () => {
    expect(tierOf({ ...card, isSoftware: true }, true)).toBe('C');
    expect(tierOf({ ...card, mostTextureSide: 1024 }, true)).toBe('C');
    expect(tierOf({ ...card, hasWebGl2: false }, true)).toBe('C');
  });

  it('is D without a decoder, whatever the card', () => {
    expect(tierOf(card, false)).toBe('D');
  });
});
