import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readJpegHead } from '../codestream-heads.ts';
import { decodeFrame } from '../decode-frame.ts';
import { pixelDigest } from '../prepare-frame.ts';
import { describePixels } from '../testing/descriptions.ts';
import { decodeJpeg } from './decode-jpeg.ts';

const folder = join(import.meta.dirname, '../testing/fixtures');
const fixture = (name: string) => new Uint8Array(readFileSync(join(folder, name)));

// 37x29 test patterns (own) coded by another toolkit; digests are of what that toolkit decodes them to.
const table = [
  ['s16-sv1.jpg', '1.2.840.10008.1.2.4.57', 'd25388c9f98cccc2'],
  ['s16-sv2.jpg', '1.2.840.10008.1.2.4.57', 'd25388c9f98cccc2'],
  ['s16-sv3.jpg', '1.2.840.10008.1.2.4.57', 'd25388c9f98cccc2'],
  ['s16-sv4.jpg', '1.2.840.10008.1.2.4.57', 'd25388c9f98cccc2'],
  ['s16-sv5.jpg', '1.2.840.10008.1.2.4.57', 'd25388c9f98cccc2'],
  ['s16-sv6.jpg', '1.2.840.10008.1.2.4.57', 'd25388c9f98cccc2'],
  ['s16-sv7.jpg', '1.2.840.10008.1.2.4.57', 'd25388c9f98cccc2'],
  ['g12-sv4pt2.jpg', '1.2.840.10008.1.2.4.57', '250a20b97ce3b37f'],
  ['g12-ext.jpg', '1.2.840.10008.1.2.4.51', 'e5708e77b64f146f'],
  ['g12-prog98.jpg', '1.2.840.10008.1.2.4.55', '96cd2ce6531de182'],
  ['g12-spec.jpg', '1.2.840.10008.1.2.4.53', 'e5708e77b64f146f'],
  ['c8-sv4.jpg', '1.2.840.10008.1.2.4.57', '9b58243cbdfdebd6'],
  ['c8-ebcr.jpg', '1.2.840.10008.1.2.4.50', '6cfef336e513055d'],
] as const;

function describeFixture(name: string, transferSyntaxUid: string) {
  const size = { rows: 29, columns: 37, transferSyntaxUid };
  if (name.startsWith('s16')) return describePixels({ ...size, bitsAllocated: 16, pixelRepresentation: 1 });
  if (name.startsWith('g12')) return describePixels({ ...size, bitsAllocated: 16, bitsStored: 12 });
  return describePixels({
    ...size,
    samplesPerPixel: 3,
    photometricInterpretation: 'RGB',
    planarConfiguration: 0,
  });
}

describe('JPEG', () => {
  it.each(table)('decodes %s (%s) to the bit as the other toolkit does', async (name, uid, digest) => {
    const { pixels } = await decodeFrame(fixture(name), describeFixture(name, uid));
    expect(pixelDigest(pixels).slice(0, 16)).toBe(digest);
  });

  it('refuses arithmetic and hierarchical coding by name', () => {
    const bytes = fixture('g12-ext.jpg');
    const head = readJpegHead(bytes);
    expect(() => decodeJpeg(bytes, { ...head, sof: 0xc9 })).toThrow(/arithmetic coding \(SOF9\)/);
    expect(() => decodeJpeg(bytes, { ...head, sof: 0xc5 })).toThrow(/hierarchical coding \(SOF5\)/);
  });

  it('says where the coded data stops when a frame is cut off', async () => {
    const bytes = fixture('g12-ext.jpg');
    const d = describeFixture('g12', '1.2.840.10008.1.2.4.51');
    await expect(decodeFrame(bytes.subarray(0, 900), d)).rejects.toThrow(/ends early at byte 900/);
  });

  it('does not paint the missing part of a cut-off 8-bit image', async () => {
    const bytes = fixture('c8-ebcr.jpg');
    const d = describeFixture('c8', '1.2.840.10008.1.2.4.50');
    await expect(decodeFrame(bytes.subarray(0, bytes.length - 100), d)).rejects.toThrow(/ends early/);
  });

  it('refuses a codestream whose size is not the object’s', async () => {
    const d = { ...describeFixture('g12', '1.2.840.10008.1.2.4.51'), rows: 30 };
    await expect(decodeFrame(fixture('g12-ext.jpg'), d)).rejects.toThrow(/37x29x1, the object says 37x30x1/);
  });
});
