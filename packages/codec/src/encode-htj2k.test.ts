import { describe, expect, it } from 'vitest';
import { decodeFrame } from './decode-frame.ts';
import { decompositionsFor, encodeHtj2k, htj2kLosslessRpcl } from './encode-htj2k.ts';
import type { PixelDescription } from './pixel-description.ts';
import { readPrefixLengths } from './prefix-lengths.ts';
import { describePixels, patternFor } from './testing/descriptions.ts';
import { decodeHtj2k } from './wasm-decode.ts';

const size = { rows: 200, columns: 256 };
const layouts: [string, PixelDescription][] = [
  ['8-bit', describePixels(size)],
  ['8-bit RGB', describePixels({ ...size, samplesPerPixel: 3, photometricInterpretation: 'RGB' })],
  ['12-bit', describePixels({ ...size, bitsAllocated: 16, bitsStored: 12 })],
  ['16-bit', describePixels({ ...size, bitsAllocated: 16 })],
  ['16-bit signed', describePixels({ ...size, bitsAllocated: 16, pixelRepresentation: 1 })],
  ['12-bit signed', describePixels({ ...size, bitsAllocated: 16, bitsStored: 12, pixelRepresentation: 1 })],
  ['8-bit signed', describePixels({ ...size, pixelRepresentation: 1 })],
  ['binary', describePixels({ ...size, bitsStored: 1 })],
  ['6 bits in 16', describePixels({ ...size, bitsAllocated: 16, bitsStored: 6 })],
  ['one pixel', describePixels({ rows: 1, columns: 1, bitsAllocated: 16 })],
  ['one column', describePixels({ rows: 3000, columns: 1, bitsAllocated: 16, bitsStored: 9 })],
];

describe('HTJ2K renditions', () => {
  it.each([
    ['rows', 44],
    ['columns', 43],
  ])('with fewer %s in a component are refused: OpenJPH would wait for them for ever', async (_, at) => {
    const d = describePixels({ ...size, bitsAllocated: 16 });
    const { codestream } = await encodeHtj2k(patternFor(d), d, { verify: false });
    const damaged = Uint8Array.from(codestream);
    damaged[at] = 3;
    await expect(decodeHtj2k(damaged, d)).rejects.toMatchObject({ code: 'unsupported-pixels' });
  });

  it.each(layouts)('hold %s pixels exactly', async (_, d) => {
    const pixels = patternFor(d);
    const { codestream } = await encodeHtj2k(pixels, d, { verify: false });
    const back = await decodeFrame(codestream, { ...d, transferSyntaxUid: htj2kLosslessRpcl });
    expect(back.pixels).toEqual(pixels);
  });

  it('tell how many bytes each resolution needs, and that many bytes decode to it', async () => {
    const d = describePixels({ rows: 300, columns: 512, bitsAllocated: 16, bitsStored: 12 });
    const { codestream, prefixLengths } = await encodeHtj2k(patternFor(d), d);
    expect(prefixLengths).toHaveLength(6);
    expect(prefixLengths.at(-1)).toBe(codestream.length);
    for (const [resolution, length] of prefixLengths.entries()) {
      const level = prefixLengths.length - 1 - resolution;
      const part = await decodeHtj2k(codestream.slice(0, length), d, level);
      const whole = await decodeHtj2k(codestream, d, level);
      expect(part.raw).toHaveLength(Math.ceil(300 / 2 ** level) * Math.ceil(512 / 2 ** level));
      expect(part.raw).toEqual(whole.raw);
    }
  });

  it('carry TLM, RPCL order and 64x64 blocks in the codestream', async () => {
    const d = describePixels({ rows: 300, columns: 512 });
    const { codestream } = await encodeHtj2k(patternFor(d), d);
    const main = Buffer.from(codestream.subarray(0, 400));
    const cod = main.indexOf(Buffer.of(0xff, 0x52));
    expect(main.indexOf(Buffer.of(0xff, 0x55))).toBeGreaterThan(0); // TLM
    expect(main[cod + 5]).toBe(2); // RPCL
    expect([main[cod + 9], main[cod + 10], main[cod + 11]]).toEqual([5, 4, 4]);
  });

  it('use fewer decompositions for small pictures but never none', () => {
    expect(
      [4096, 256, 128, 64, 16, 8, 1].map((side) => decompositionsFor({ rows: side, columns: side })),
    ).toEqual([5, 5, 4, 3, 1, 1, 1]);
  });

  it('are refused by name for what they cannot hold', async () => {
    const wide = describePixels({ bitsAllocated: 32 });
    await expect(encodeHtj2k(patternFor(wide), wide)).rejects.toThrow(/32 bits in 32 is not made/);
    const deep = describePixels({ bitsAllocated: 16, samplesPerPixel: 3, photometricInterpretation: 'RGB' });
    await expect(encodeHtj2k(patternFor(deep), deep)).rejects.toMatchObject({ code: 'unsupported-pixels' });
    await expect(encodeHtj2k(new Uint8Array(3), describePixels())).rejects.toMatchObject({
      code: 'bad-description',
    });
  });

  it('are not taken for whole frames when resolutions are missing or cut', async () => {
    const d = describePixels({ rows: 300, columns: 512 });
    const { codestream, prefixLengths } = await encodeHtj2k(patternFor(d), d);
    const stored = { ...d, transferSyntaxUid: htj2kLosslessRpcl };
    await expect(decodeFrame(codestream.slice(0, prefixLengths[3]), stored)).rejects.toThrow(
      /tile-parts are missing/,
    );
    await expect(decodeFrame(codestream.slice(0, 20_000), stored)).rejects.toThrow(
      /runs past the end at 20000/,
    );
  });

  it('name the byte where a damaged tile-part chain breaks', () => {
    expect(() => readPrefixLengths(Uint8Array.of(0xff, 0x4f, 0xff, 0x51, 0, 4, 1, 2))).toThrow(
      /stopped at byte 8/,
    );
  });
});
