import { describe, expect, it } from 'vitest';
import { decodeFrame } from './decode-frame.ts';
import { nativeFrameRange } from './native-frame.ts';
import { describePixels } from './testing/descriptions.ts';

const bigEndian = '1.2.840.10008.1.2.2';

describe('uncompressed frames', () => {
  it('extends the sign from BitsStored and drops overlay bits above it', async () => {
    const d = describePixels({
      rows: 1,
      columns: 3,
      bitsAllocated: 16,
      bitsStored: 12,
      pixelRepresentation: 1,
    });
    const { pixels, description } = await decodeFrame(Uint8Array.of(0xff, 0x0f, 0x00, 0x08, 0xff, 0xf7), d);
    expect([...pixels]).toEqual([-1, -2048, 2047]);
    expect(pixels).toBeInstanceOf(Int16Array);
    expect(description.highBit).toBe(11);
  });

  it('shifts samples down when HighBit is above BitsStored - 1', async () => {
    const d = describePixels({ rows: 1, columns: 2, bitsAllocated: 16, bitsStored: 12, highBit: 15 });
    const { pixels } = await decodeFrame(Uint8Array.of(0xf0, 0xff, 0x10, 0x00), d);
    expect([...pixels]).toEqual([4095, 1]);
  });

  it('reads big endian words, also from a Buffer that is a view of a pool', async () => {
    const d = describePixels({ rows: 1, columns: 2, bitsAllocated: 16, transferSyntaxUid: bigEndian });
    const bytes = Buffer.from([0x99, 0x01, 0x02, 0x03, 0x04]).subarray(1);
    expect([...(await decodeFrame(bytes, d)).pixels]).toEqual([0x0102, 0x0304]);
    expect([...bytes]).toEqual([1, 2, 3, 4]);
  });

  it('swaps 8-bit cells of big endian OW but not of OB, across odd frame borders', async () => {
    const ow = describePixels({ rows: 1, columns: 3, transferSyntaxUid: bigEndian, pixelDataVr: 'OW' });
    const stored = Uint8Array.of(2, 1, 4, 3, 6, 5); // samples 1..6 in two frames
    const range = nativeFrameRange(ow, 1);
    const second = stored.subarray(range.offset, range.offset + range.length);
    expect([...(await decodeFrame(second, ow, { bitOffset: range.bitOffset })).pixels]).toEqual([4, 5, 6]);
    const ob = { ...ow, pixelDataVr: 'OB' as const };
    expect([...(await decodeFrame(stored.subarray(0, 3), ob)).pixels]).toEqual([2, 1, 4]);
  });

  it('unpacks binary frames that begin inside a byte', async () => {
    const d = describePixels({ rows: 1, columns: 3, bitsAllocated: 1 });
    expect(nativeFrameRange(d, 2)).toEqual({ offset: 0, length: 2, bitOffset: 6 });
    const { pixels, description } = await decodeFrame(Uint8Array.of(0b01_000_000, 0b1), d, { bitOffset: 6 });
    expect([...pixels]).toEqual([1, 0, 1]);
    expect(description.bitsAllocated).toBe(8);
  });

  it('unpacks 12-bit cells', async () => {
    const d = describePixels({ rows: 1, columns: 2, bitsAllocated: 12 });
    expect([...(await decodeFrame(Uint8Array.of(0x23, 0x61, 0x45), d)).pixels]).toEqual([0x123, 0x456]);
  });

  it('interleaves colour planes and converts YBR_FULL_422', async () => {
    const rgb = describePixels({
      rows: 1,
      columns: 2,
      samplesPerPixel: 3,
      photometricInterpretation: 'RGB',
      planarConfiguration: 1,
    });
    expect([...(await decodeFrame(Uint8Array.of(1, 2, 3, 4, 5, 6), rgb)).pixels]).toEqual([1, 3, 5, 2, 4, 6]);
    const ybr = describePixels({
      rows: 1,
      columns: 2,
      samplesPerPixel: 3,
      photometricInterpretation: 'YBR_FULL_422',
    });
    const decoded = await decodeFrame(Uint8Array.of(100, 200, 128, 128), ybr);
    expect([...decoded.pixels]).toEqual([100, 100, 100, 200, 200, 200]);
    expect(decoded.description.photometricInterpretation).toBe('RGB');
  });

  it('names what is missing, contradictory or not renderable', async () => {
    const d = describePixels({ bitsAllocated: 16 });
    await expect(decodeFrame(new Uint8Array(31), d)).rejects.toThrow(/ends at byte 31, the frame needs 32/);
    await expect(decodeFrame(new Uint8Array(32), { ...d, floatPixels: true })).rejects.toThrow(/7FE0,0008/);
    await expect(decodeFrame(new Uint8Array(32), { ...d, rows: 0 })).rejects.toThrow(
      /Rows \(0028,0010\) is 0/,
    );
    await expect(decodeFrame(new Uint8Array(32), { ...d, bitsStored: 17 })).rejects.toMatchObject({
      code: 'bad-description',
    });
    await expect(
      decodeFrame(new Uint8Array(32), { ...d, rows: 65535, columns: 65535 }),
    ).rejects.toMatchObject({ code: 'limit' });
    await expect(
      decodeFrame(new Uint8Array(32), { ...d, transferSyntaxUid: '1.2.840.10008.1.2.4.102' }),
    ).rejects.toMatchObject({ code: 'unsupported-syntax' });
  });
});
