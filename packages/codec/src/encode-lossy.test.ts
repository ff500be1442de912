import { describe, expect, it } from 'vitest';
import { decodeFrame } from './decode-frame.ts';
import { encodeStored } from './encode-frame.ts';
import { canEncodeLossy, encodeLossy, lossyMethod } from './encode-lossy.ts';
import type { PixelDescription, Samples } from './pixel-description.ts';
import { newSamples, sampleCount } from './pixel-description.ts';
import { describePixels } from './testing/descriptions.ts';

const root = '1.2.840.10008.1.2.4.';
const size = { rows: 131, columns: 203 };

/** Smooth hills with a little noise and one edge: what a lossy coder is for. */
function picture(d: PixelDescription): Samples {
  const pixels = newSamples(sampleCount(d), d.bitsAllocated, d.pixelRepresentation === 1);
  const span = 2 ** d.bitsStored;
  const low = d.pixelRepresentation === 1 ? -span / 2 : 0;
  let seed = 99;
  for (let i = 0; i < pixels.length; i++) {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    const at = Math.floor(i / d.samplesPerPixel);
    const [x, y] = [at % d.columns, Math.floor(at / d.columns)];
    const hills = 0.45 + 0.3 * Math.sin(x / 30 + (i % d.samplesPerPixel)) * Math.cos(y / 23);
    const edge = x > 120 && y > 60 ? 0.15 : 0;
    pixels[i] = low + Math.floor(span * (hills + edge + 0.01 * (seed / 0x80000000)));
  }
  return pixels;
}

function worstMean(a: Samples, b: Samples): { worst: number; mean: number } {
  let [worst, sum] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const error = Math.abs((a[i] ?? 0) - (b[i] ?? 0));
    worst = Math.max(worst, error);
    sum += error * error;
  }
  return { worst, mean: Math.sqrt(sum / a.length) };
}

const grey8 = describePixels(size);
const grey12 = describePixels({ ...size, bitsAllocated: 16, bitsStored: 12 });
const grey16 = describePixels({ ...size, bitsAllocated: 16 });
const signed16 = describePixels({ ...size, bitsAllocated: 16, pixelRepresentation: 1 });
const signed12 = describePixels({ ...size, bitsAllocated: 16, bitsStored: 12, pixelRepresentation: 1 });
const rgb = describePixels({ ...size, samplesPerPixel: 3, photometricInterpretation: 'RGB' });
const ybr = describePixels({ ...size, samplesPerPixel: 3, photometricInterpretation: 'YBR_FULL' });
const deep = describePixels({
  ...size,
  samplesPerPixel: 3,
  bitsAllocated: 16,
  photometricInterpretation: 'RGB',
});

const made: [string, string, PixelDescription][] = [
  ['50', '8-bit grey', grey8],
  ['50', 'RGB', rgb],
  ['50', 'YBR_FULL', ybr],
  ['51', '12-bit grey', grey12],
  ['51', '8-bit grey', grey8],
  ['81', '8-bit grey', grey8],
  ['81', '12-bit grey', grey12],
  ['81', '16-bit grey', grey16],
  ['81', '12-bit signed', signed12],
  ['81', 'RGB', rgb],
  ['91', '8-bit grey', grey8],
  ['91', '12-bit grey', grey12],
  ['91', '16-bit grey', grey16],
  ['91', '16-bit signed', signed16],
  ['91', 'RGB', rgb],
  ['203', '8-bit grey', grey8],
  ['203', '12-bit grey', grey12],
  ['203', '16-bit grey', grey16],
  ['203', '16-bit signed', signed16],
  ['203', '12-bit signed', signed12],
  ['203', 'RGB', rgb],
  ['203', 'YBR_FULL', ybr],
];

describe('frames compressed with loss', () => {
  it.each(made)('in .%s of %s reach the ratio and stay near', async (end, _, d) => {
    const pixels = picture(d);
    const range = 2 ** d.bitsStored;
    for (const ratio of [3, 6]) {
      const frame = await encodeLossy(pixels, d, root + end, { ratio });
      expect(frame.ratio).toBeGreaterThanOrEqual(ratio * 0.999);
      expect(frame.ratio).toBeCloseTo(pixels.byteLength / frame.bytes.length, 6);
      expect(frame.description.transferSyntaxUid).toBe(root + end);
      const back = await decodeFrame(frame.bytes, frame.description, { colour: 'rgb' });
      expect(back.description.rows).toBe(d.rows);
      if (d !== ybr) {
        const { worst, mean } = worstMean(pixels, back.pixels);
        expect(mean).toBeLessThan(Math.max(2, range / 100));
        expect(worst).toBeLessThan(range / 8);
      }
    }
  });

  it('say what they are: method, interpretation, depth', async () => {
    const words = await Promise.all(
      [
        ['50', rgb],
        ['81', rgb],
        ['91', rgb],
        ['203', rgb],
      ].map(async ([end, d]) => {
        const frame = await encodeLossy(
          picture(d as PixelDescription),
          d as PixelDescription,
          `${root}${end}`,
          {
            ratio: 4,
          },
        );
        return [frame.description.photometricInterpretation, lossyMethod(`${root}${end}`)];
      }),
    );
    expect(words).toEqual([
      ['YBR_FULL_422', 'ISO_10918_1'],
      ['RGB', 'ISO_14495_1'],
      ['YBR_ICT', 'ISO_15444_1'],
      ['YBR_ICT', 'ISO_15444_15'],
    ]);
    const ten = describePixels({ ...size, bitsAllocated: 16, bitsStored: 10 });
    const frame = await encodeLossy(picture(ten), ten, `${root}51`, { ratio: 4 });
    expect([frame.description.bitsStored, frame.description.highBit]).toEqual([12, 11]);
  });

  it('keep the promise of near-lossless: no sample is off by more than was said', async () => {
    const pixels = picture(grey12);
    const { maxError, bytes, description } = await encodeLossy(pixels, grey12, `${root}81`, { ratio: 5 });
    const back = await decodeFrame(bytes, description);
    expect(worstMean(pixels, back.pixels).worst).toBe(maxError);
    expect(maxError).toBeGreaterThan(0);
    expect(maxError).toBeLessThanOrEqual(4096 / 50);
  });

  it('do not wrap around at the ends of the range', async () => {
    const ends = newSamples(sampleCount(signed12), 16, true);
    for (let i = 0; i < ends.length; i++) ends[i] = i % 203 < 100 ? -2048 : 2047;
    for (const end of ['81', '91', '203']) {
      const { maxError } = await encodeLossy(ends, signed12, root + end, { ratio: 8 });
      expect(maxError, end).toBeLessThan(600);
    }
  });

  it('are refused by name where there is no place for them', async () => {
    const cases: [string, PixelDescription][] = [
      ['50', grey12],
      ['50', describePixels({ ...size, pixelRepresentation: 1 })],
      ['51', grey16],
      ['51', signed12],
      ['51', deep],
      ['91', deep],
      ['203', deep],
      ['203', describePixels({ ...size, bitsAllocated: 32 })],
      ['91', describePixels({ ...size, photometricInterpretation: 'PALETTE COLOR' })],
      ['81', describePixels({ ...size, bitsAllocated: 32 })],
      ['91', ybr],
    ];
    for (const [end, d] of cases)
      await expect(encodeLossy(picture(d), d, root + end, { ratio: 5 }), `${end}`).rejects.toMatchObject({
        code: 'unsupported-pixels',
      });
    await expect(encodeLossy(picture(grey8), grey8, `${root}50`, { ratio: 0.5 })).rejects.toMatchObject({
      code: 'bad-description',
    });
    expect(canEncodeLossy(`${root}90`)).toBe(false);
  });

  it('write deep colour in JPEG-LS', async () => {
    const frame = await encodeLossy(picture(deep), deep, `${root}81`, { ratio: 3 });
    const back = await decodeFrame(frame.bytes, frame.description);
    expect(worstMean(picture(deep), back.pixels).mean).toBeLessThan(700);
  });

  it('take the finest setting for pictures too small for any ratio', async () => {
    for (const [rows, columns] of [
      [1, 1],
      [1, 300],
      [7, 9],
    ] as const)
      for (const end of ['50', '81', '91', '203']) {
        const d = describePixels({ rows, columns });
        const { maxError } = await encodeLossy(picture(d), d, root + end, { ratio: 10 });
        expect(maxError, `${end} ${rows}x${columns}`).toBeLessThanOrEqual(3);
      }
  });

  it('come from stored frames when a ratio is given, and only then', async () => {
    const bytes = new Uint8Array(picture(grey8).buffer);
    const lossy = await encodeStored({ bytes, description: grey8, to: `${root}50`, lossy: { ratio: 5 } });
    expect(lossy.bytes.length).toBeLessThan(bytes.length / 5);
    await expect(encodeStored({ bytes, description: grey8, to: `${root}50` })).rejects.toMatchObject({
      code: 'unsupported-syntax',
    });
    const exact = await encodeStored({ bytes, description: grey8, to: `${root}203` });
    expect((await decodeFrame(exact.bytes, exact.description)).pixels).toEqual(bytes);
  });
});
