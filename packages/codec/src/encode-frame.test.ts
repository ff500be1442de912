import { describe, expect, it } from 'vitest';
import { decodeFrame } from './decode-frame.ts';
import { canEncode, encodeFrame } from './encode-frame.ts';
import type { PixelDescription } from './pixel-description.ts';
import { describePixels, patternFor } from './testing/descriptions.ts';

const root = '1.2.840.10008.1.2.4.';
const syntaxes = [
  '1.2.840.10008.1.2.5',
  ...[57, 70, 80, 81, 90, 91, 201, 202, 203].map((n) => `${root}${n}`),
];
const size = { rows: 53, columns: 67 };
const colour = { ...size, samplesPerPixel: 3 };
const grey: [string, PixelDescription][] = [8, 9, 10, 11, 12, 13, 14, 15, 16].flatMap((bitsStored) =>
  ([0, 1] as const).map((pixelRepresentation): [string, PixelDescription] => [
    `${bitsStored} bits ${pixelRepresentation === 1 ? 'signed' : 'unsigned'}`,
    describePixels({ ...size, bitsAllocated: bitsStored > 8 ? 16 : 8, bitsStored, pixelRepresentation }),
  ]),
);
const layouts: [string, PixelDescription][] = [
  ...grey,
  ['6 bits in a word', describePixels({ ...size, bitsAllocated: 16, bitsStored: 6 })],
  [
    '8 bits in a word, signed',
    describePixels({ ...size, bitsAllocated: 16, bitsStored: 8, pixelRepresentation: 1 }),
  ],
  ['RGB', describePixels({ ...colour, photometricInterpretation: 'RGB' })],
  ['YBR_FULL', describePixels({ ...colour, photometricInterpretation: 'YBR_FULL' })],
  ['a palette', describePixels({ ...size, photometricInterpretation: 'PALETTE COLOR' })],
  ['one pixel', describePixels({ rows: 1, columns: 1, bitsAllocated: 16 })],
  ['one row', describePixels({ rows: 1, columns: 300, bitsAllocated: 16, bitsStored: 12 })],
];

describe.each(syntaxes)('frames in %s', (to) => {
  it.each(layouts)('hold %s exactly', async (_, d) => {
    const pixels = patternFor(d);
    // OpenJPEG always transforms three components, which no interpretation says of YBR, and reads bytes unsigned.
    const isSignedByte = d.bitsAllocated === 8 && d.pixelRepresentation === 1;
    if (/\.9.$/.test(to) && (isSignedByte || d.photometricInterpretation === 'YBR_FULL')) {
      await expect(encodeFrame(pixels, d, to)).rejects.toMatchObject({ code: 'unsupported-pixels' });
      return;
    }
    const { bytes, description } = await encodeFrame(pixels, d, to);
    const back = await decodeFrame(bytes, description, { colour: 'stored' });
    expect(back.pixels).toEqual(pixels);
    const isTransformed = d.photometricInterpretation === 'RGB' && /\.(9.|20.)$/.test(to);
    expect(description.photometricInterpretation).toBe(
      isTransformed ? 'YBR_RCT' : d.photometricInterpretation,
    );
  });

  it('hold the greatest steps there are, and a flat picture', async () => {
    const d = describePixels({ rows: 4, columns: 300, bitsAllocated: 16 });
    const steps = Uint16Array.from({ length: 1200 }, (_, i) => [0, 65535, 32768, 0, 1][i % 5] ?? 0);
    for (const pixels of [steps, new Uint16Array(1200).fill(700), new Uint16Array(1200)]) {
      const { bytes, description } = await encodeFrame(pixels, d, to);
      expect((await decodeFrame(bytes, description)).pixels).toEqual(pixels);
    }
  });
});

describe('encodeFrame', () => {
  it('refuses by name what has no place and what is not written', async () => {
    const wide = describePixels({ bitsAllocated: 32 });
    await expect(encodeFrame(patternFor(wide), wide, `${root}70`)).rejects.toThrow(/16 is the most/);
    const d = describePixels();
    await expect(encodeFrame(patternFor(d), d, `${root}50`)).rejects.toMatchObject({
      code: 'unsupported-syntax',
    });
    expect(canEncode(`${root}50`)).toBe(false);
    await expect(encodeFrame(new Uint8Array(3), d, `${root}80`)).rejects.toMatchObject({
      code: 'bad-description',
    });
  });

  it('keeps colour of 16 bits where the codec can, and says so where it cannot', async () => {
    const d = describePixels({ ...colour, bitsAllocated: 16, photometricInterpretation: 'RGB' });
    for (const to of ['1.2.840.10008.1.2.5', `${root}57`, `${root}70`, `${root}80`]) {
      const { bytes, description } = await encodeFrame(patternFor(d), d, to);
      expect((await decodeFrame(bytes, description)).pixels, to).toEqual(patternFor(d));
    }
    for (const to of [`${root}90`, `${root}201`])
      await expect(encodeFrame(patternFor(d), d, to)).rejects.toMatchObject({ code: 'unsupported-pixels' });
  });

  it('keeps 32-bit cells in RLE', async () => {
    const d = describePixels({ ...size, bitsAllocated: 32 });
    const { bytes, description } = await encodeFrame(patternFor(d), d, '1.2.840.10008.1.2.5');
    expect((await decodeFrame(bytes, description)).pixels).toEqual(patternFor(d));
  });
});
