import { describe, expect, it } from 'vitest';
import { decodeFrame } from './decode-frame.ts';
import { describePixels } from './testing/descriptions.ts';

const rle = '1.2.840.10008.1.2.5';

function rleFrame(...segments: number[][]): Uint8Array {
  const header = new Uint32Array(16);
  header[0] = segments.length;
  let at = 64;
  segments.forEach((segment, i) => {
    header[i + 1] = at;
    at += segment.length;
  });
  return new Uint8Array([...new Uint8Array(header.buffer), ...segments.flat()]);
}

describe('RLE frames', () => {
  const d = describePixels({ rows: 1, columns: 4, transferSyntaxUid: rle });

  it('expands literal and replicate runs and steps over no-ops', async () => {
    const { pixels } = await decodeFrame(rleFrame([0x80, 0x01, 7, 8, 0xff, 9]), d);
    expect([...pixels]).toEqual([7, 8, 9, 9]);
  });

  it('puts the most significant byte plane first', async () => {
    const words = { ...d, bitsAllocated: 16, bitsStored: 16, highBit: 15 };
    const { pixels } = await decodeFrame(rleFrame([0xfd, 1], [3, 10, 11, 12, 13]), words);
    expect([...pixels]).toEqual([266, 267, 268, 269]);
  });

  it('never writes past the frame when a run is too long', async () => {
    const { pixels } = await decodeFrame(rleFrame([0x81, 5]), d);
    expect([...pixels]).toEqual([5, 5, 5, 5]);
  });

  it('names the segment and byte where the data is damaged', async () => {
    await expect(decodeFrame(rleFrame([0x00, 7]), d)).rejects.toThrow(
      /segment 0 ends at byte 66 with 3 pixels missing/,
    );
    await expect(decodeFrame(rleFrame([1], [2]), d)).rejects.toThrow(/has 2 segments, the pixels need 1/);
    await expect(decodeFrame(new Uint8Array(10), d)).rejects.toThrow(/header needs 64 bytes/);
    const wild = rleFrame([0xfd, 1]);
    wild[4] = 200;
    await expect(decodeFrame(wild, d)).rejects.toThrow(/segment 0 starts at byte 200 of 66/);
  });
});
