// Small pixel descriptions and patterns for unit tests.
import type { PixelDescription, Samples } from '../pixel-description.ts';
import { explicitLittleEndian, newSamples, sampleCount } from '../pixel-description.ts';

/** A grey 8-bit frame of 4x4 unless told otherwise; bitsStored and highBit follow bitsAllocated. */
export function describePixels(change: Partial<PixelDescription> = {}): PixelDescription {
  const bitsAllocated = change.bitsAllocated ?? 8;
  const bitsStored = change.bitsStored ?? bitsAllocated;
  return {
    transferSyntaxUid: explicitLittleEndian,
    rows: 4,
    columns: 4,
    samplesPerPixel: 1,
    pixelRepresentation: 0,
    photometricInterpretation: 'MONOCHROME2',
    ...change,
    bitsAllocated,
    bitsStored,
    highBit: change.highBit ?? bitsStored - 1,
  };
}

/** Waves with noise on top, over the whole range of BitsStored; the same for the same description. */
export function patternFor(d: PixelDescription): Samples {
  const pixels = newSamples(sampleCount(d), d.bitsAllocated, d.pixelRepresentation === 1);
  const span = 2 ** d.bitsStored - 1;
  const low = d.pixelRepresentation === 1 ? -(2 ** (d.bitsStored - 1)) : 0;
  let seed = 12345;
  for (let i = 0; i < pixels.length; i++) {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    const wave = (Math.sin(i / 50) + 1) / 2;
    pixels[i] = low + Math.floor(wave * span * 0.9 + (seed / 0x80000000) * span * 0.1);
  }
  return pixels;
}
