import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { greyToBytes } from './grey-pipeline.ts';
import { renderFrame, toRaster } from './render-frame.ts';
import { describePixels, patternFor } from './testing/descriptions.ts';

const ct = describePixels({
  rows: 1,
  columns: 5,
  bitsAllocated: 16,
  pixelRepresentation: 1,
  rescaleSlope: 1,
  rescaleIntercept: -1000,
  windowCenter: [40],
  windowWidth: [401],
});

describe('grey pixels', () => {
  it('go through rescale and the object’s first window by the LINEAR formula', () => {
    const hounsfield = [-1000, -161, 39.5, 240, 3000];
    const bytes = greyToBytes(
      Int16Array.from(hounsfield, (hu) => hu + 1000),
      ct,
      {},
    );
    expect([...bytes]).toEqual([0, 0, 127, 255, 255]);
  });

  it('are inverted for MONOCHROME1, once, and again on request', () => {
    const mono1 = { ...ct, photometricInterpretation: 'MONOCHROME1', presentationLutShape: 'INVERSE' };
    const pixels = Int16Array.of(0, 500, 1040, 1500, 2000);
    const plain = [...greyToBytes(pixels, ct, {})];
    expect([...greyToBytes(pixels, mono1, {})]).toEqual(plain.map((v) => 255 - v));
    expect([...greyToBytes(pixels, mono1, { invert: true })]).toEqual(plain);
  });

  it('take the window asked for before the object’s', () => {
    const bytes = greyToBytes(Int16Array.of(0, 199, 200, 300, 400), ct, {
      window: { center: -799.5, width: 1 },
    });
    expect([...bytes]).toEqual([0, 0, 0, 255, 255]);
  });

  it('stay black when a slice of air lies below the window, and padding is always black', () => {
    const air = Int16Array.of(-1000, -2000, 20, 5, 30);
    expect([...greyToBytes(air, { ...ct, padding: -2000 }, {})]).toEqual([0, 0, 0, 0, 0]);
    const mono1 = { ...ct, photometricInterpretation: 'MONOCHROME1', padding: -2000 };
    expect(greyToBytes(Int16Array.of(1040, -2000, 1040, 1040, 1040), mono1, {})[1]).toBe(0);
  });

  it('do not use a window in other units than the values', () => {
    const dose = { ...ct, rescaleIntercept: 0, windowCenter: [-5], windowWidth: [2] };
    const bytes = greyToBytes(Int16Array.of(0, 1000, 2000, 3000, 4000), dose, {});
    expect(new Set(bytes).size).toBeGreaterThan(3);
  });

  it('choose a window from the values above the background when the object has none', () => {
    const d = describePixels({ rows: 10, columns: 100, bitsAllocated: 16 });
    const pixels = new Uint16Array(1000);
    for (let i = 800; i < 1000; i++) pixels[i] = 100 + i - 800;
    pixels[999] = 60000; // one hot pixel must not darken the rest
    const bytes = greyToBytes(pixels, d, {});
    expect(bytes[0]).toBe(0);
    expect(bytes[990]).toBeGreaterThan(200);
  });

  it('use the VOI LUT when there is no window', () => {
    const d = {
      ...describePixels({ rows: 1, columns: 3 }),
      voiLut: { descriptor: [4, 10, 8] as const, values: Uint8Array.of(0, 85, 170, 255) },
    };
    expect([...greyToBytes(Uint8Array.of(0, 11, 200), d, {})]).toEqual([0, 85, 255]);
  });

  it.each([
    ['SIGMOID', 0.5],
    ['LINEAR_EXACT', 0.5],
  ])('follow the %s function', (voiLutFunction, unit) => {
    const bytes = greyToBytes(Int16Array.of(1040, 0, 4000, 0, 0), { ...ct, voiLutFunction }, {});
    expect(bytes[0]).toBe(Math.round(unit * 255));
    expect(bytes[2]).toBe(255);
  });
});

describe('palette colour', () => {
  const channel = (values: number[], bits: number, first = 0) => ({
    descriptor: [values.length, first, bits] as const,
    values: bits === 8 ? Uint8Array.from(values) : new Uint8Array(Uint16Array.from(values).buffer),
  });
  const palette = (bits: number, first: number, rows: number[][]) => ({
    r: channel(rows[0] ?? [], bits, first),
    g: channel(rows[1] ?? [], bits, first),
    b: channel(rows[2] ?? [], bits, first),
  });
  const d = describePixels({ rows: 1, columns: 3, photometricInterpretation: 'PALETTE COLOR' });

  it('maps 16-bit entries by their high byte and clamps indices outside the table', () => {
    const table = palette(16, 10, [
      [0x1100, 0x2200],
      [0x3300, 0x4400],
      [0x5500, 0x6600],
    ]);
    const { bytes } = toRaster(Uint8Array.of(0, 11, 99), { ...d, palette: table }, {});
    expect([...bytes]).toEqual([0x11, 0x33, 0x55, 0x22, 0x44, 0x66, 0x22, 0x44, 0x66]);
  });

  it('accepts 8-bit values in 16-bit tables and packed 8-bit tables', () => {
    for (const bits of [8, 16]) {
      const { bytes } = toRaster(
        Uint8Array.of(0, 1, 1),
        {
          ...d,
          palette: palette(bits, 0, [
            [1, 2],
            [3, 4],
            [5, 6],
          ]),
        },
        {},
      );
      expect([...bytes.subarray(0, 6)]).toEqual([1, 3, 5, 2, 4, 6]);
    }
  });

  it('says so when the tables are missing', () => {
    expect(() => toRaster(Uint8Array.of(0, 1, 1), d, {})).toThrow(/without palette/);
  });
});

describe('pictures', () => {
  const noise = describePixels({
    rows: 1024,
    columns: 768,
    samplesPerPixel: 3,
    photometricInterpretation: 'RGB',
  });

  it('keep the long side, stay in the byte budget and are what they claim', async () => {
    const pixels = patternFor(noise);
    for (let i = 0; i < pixels.length; i++) pixels[i] = (i * 2654435761) >>> 24;
    const film = await renderFrame(pixels, noise, { longSidePx: 512, format: 'webp', maxBytes: 60 * 1024 });
    const thumbnail = await renderFrame(pixels, noise, {
      longSidePx: 160,
      format: 'jpeg',
      maxBytes: 8 * 1024,
    });
    expect(film.bytes.length).toBeLessThanOrEqual(60 * 1024);
    expect(thumbnail.bytes.length).toBeLessThanOrEqual(8 * 1024);
    const facts = await sharp(thumbnail.bytes).metadata();
    expect([facts.format, facts.width, facts.height]).toEqual(['jpeg', thumbnail.width, thumbnail.height]);
  });

  it('make non-square pixels square', async () => {
    const d = describePixels({ rows: 100, columns: 200 });
    const size = { longSidePx: 512, format: 'png' as const };
    expect(await renderFrame(patternFor(d), d, { ...size, pixelAspect: 3 })).toMatchObject({
      width: 200,
      height: 300,
    });
    expect(await renderFrame(patternFor(d), d, { ...size, pixelAspect: 0.5 })).toMatchObject({
      width: 400,
      height: 100,
    });
  });

  it('show a 16-bit RGB frame by its high bits', () => {
    const d = describePixels({
      rows: 1,
      columns: 1,
      samplesPerPixel: 3,
      bitsAllocated: 16,
      photometricInterpretation: 'RGB',
    });
    expect([...toRaster(Uint16Array.of(0x1234, 0xffff, 0), d, {}).bytes]).toEqual([0x12, 0xff, 0]);
  });
});
