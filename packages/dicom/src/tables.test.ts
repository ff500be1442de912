import { deflateRawSync, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { deflateRaw } from './deflate-stored.ts';
import { dictionary, keywordOf, tagOf, vrOf } from './dictionary.ts';
import { Inflater, inflate } from './inflate.ts';
import { defaultLimits } from './limits.ts';
import { isStorageSopClass, sopClass, sopClasses } from './sop-classes.ts';
import { mutate, randomInt, seededRandom } from './testing/mutate.ts';
import { transferSyntax, transferSyntaxes } from './transfer-syntaxes.ts';

describe('the dictionary', () => {
  it('knows data, command, meta and repeating elements both ways', () => {
    expect(dictionary().size).toBeGreaterThan(5200);
    expect([keywordOf('00100010'), tagOf('PatientName'), vrOf('00100010')]).toEqual([
      'PatientName',
      '00100010',
      'PN',
    ]);
    expect([keywordOf('00000100'), vrOf('00020010'), keywordOf('7fe00010')]).toEqual([
      'CommandField',
      'UI',
      'PixelData',
    ]);
    expect([keywordOf('60020010'), tagOf('OverlayRows'), vrOf('60023000')]).toEqual([
      'OverlayRows',
      '60000010',
      'OW',
    ]);
    expect([vrOf('00090010'), vrOf('00091010'), vrOf('00080000')]).toEqual(['LO', 'UN', 'UL']);
  });
});

describe('the UID tables', () => {
  it('know every transfer syntax by its traits', () => {
    expect(transferSyntaxes.size).toBeGreaterThanOrEqual(60);
    expect(transferSyntax('1.2.840.10008.1.2.4.202')).toMatchObject({
      codec: 'htj2k',
      encapsulated: true,
      lossy: false,
    });
    expect(transferSyntax('1.2.840.10008.1.2.4.110')).toMatchObject({ codec: 'jpeg-xl', lossy: false });
    expect(transferSyntax('1.2.840.10008.1.2.1.99')).toMatchObject({ deflated: true, encapsulated: false });
    expect(transferSyntax('1.2.840.10008.1.2.8.1')).toMatchObject({ deflated: false, encapsulated: true });
    expect(transferSyntax('1.2.840.113619.5.2')).toMatchObject({ explicit: false, bigEndian: false });
  });

  it('know storage classes and what kind of object each is', () => {
    expect(sopClasses.size).toBeGreaterThan(200);
    const kind = (suffix: string) => sopClass(`1.2.840.10008.5.1.4.1.1.${suffix}`)?.kind;
    expect(['2', '104.1', '88.59', '66.4', '11.1', '9.1.1', '481.3', '77.1.1.1', '88.11', '66.1'].map(kind)).toEqual([
      'image', 'document', 'key-object', 'segmentation', 'presentation', 'waveform', 'rt', 'video', 'sr', 'registration',
    ]); // biome-ignore format: a table
    expect(isStorageSopClass('1.2.840.10008.1.1')).toBe(false);
    expect(sopClass('1.2.840.10008.5.1.4.1.1.6')).toMatchObject({
      retired: true,
      name: 'UltrasoundImageStorage',
    });
  });
});

describe('the inflater', () => {
  const random = seededRandom(7);
  const noise = Uint8Array.from({ length: 200_000 }, () => randomInt(random, 256));
  const text = new TextEncoder().encode('云影 lossless lossless lossless '.repeat(9000));
  const samples = [new Uint8Array(0), noise, text, new Uint8Array(500_000), text.subarray(0, 3)];

  it('gives back what zlib deflated, at every level, with and without a zlib header', () => {
    for (const sample of samples) {
      for (const level of [0, 1, 6, 9]) {
        expect(Buffer.compare(inflate(deflateRawSync(sample, { level }), defaultLimits), sample)).toBe(0);
        expect(Buffer.compare(inflate(deflateSync(sample, { level }), defaultLimits), sample)).toBe(0);
      }
      expect(Buffer.compare(inflate(deflateRaw(sample), defaultLimits), sample)).toBe(0);
    }
  });

  it('does so in pieces of any size', () => {
    const deflated = deflateRawSync(text);
    const out: Uint8Array[] = [];
    const inflater = new Inflater((chunk) => out.push(chunk), defaultLimits);
    for (let at = 0; at < deflated.length; at++) inflater.write(deflated.subarray(at, at + 1));
    inflater.end();
    expect(Buffer.compare(Buffer.concat(out), text)).toBe(0);
  });

  it('stops at the size limit and refuses damage with its own error', () => {
    const bomb = deflateRawSync(new Uint8Array(8_000_000));
    const limits = { ...defaultLimits, maxInflatedBytes: 1_000_000 };
    expect(() => inflate(bomb, limits)).toThrow(/inflates past 1,000,000 bytes/);
    const deflated = deflateRawSync(text);
    let refused = 0;
    for (let seed = 0; seed < 300; seed++) {
      try {
        inflate(mutate(deflated, seed), defaultLimits);
      } catch (error) {
        expect(error).toHaveProperty('code');
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(50);
    expect(() => inflate(deflated.subarray(0, 50), defaultLimits)).toThrow(/cut short/);
  });
});
