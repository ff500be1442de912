// Every image object of the corpus through the decoder. Digests in testing/golden-pixels.txt were recorded when other
// toolkits agreed, so no other toolkit is needed here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CodecError } from './codec-error.ts';
import { decodeFrame } from './decode-frame.ts';
import { pixelDigest } from './prepare-frame.ts';
import { corpusAbsent, corpusFiles, readCorpusObject } from './testing/corpus.ts';

const golden = readFileSync(join(import.meta.dirname, 'testing/golden-pixels.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' '));

const refused = new Map([
  ['dicom/parametric-map/parametric_map_double_float.dcm', /float pixel data/],
  ['dicom/parametric-map/parametric_map_float.dcm', /float pixel data/],
  [
    'dicom/transfer-syntaxes/more/JPEG2000-embedded-sequence-delimiter.dcm',
    /codestream is 3722445056x1024x1/,
  ],
]);

/** The decoded last (or given) frame's digest. */
async function digestOf(path: string, frame?: number): Promise<string> {
  const object = readCorpusObject(path);
  if (object === undefined) return 'no pixels';
  const { bytes, bitOffset } = object.frame(frame ?? object.numberOfFrames - 1);
  return pixelDigest((await decodeFrame(bytes, object.description, { bitOffset })).pixels);
}

describe.skipIf(corpusAbsent)('corpus (skipped where the corpus is absent)', () => {
  it.each(golden)(
    '%s (agreed by %s): %s decodes to the recorded pixels',
    async (digest = '', _, path = '') => {
      expect((await digestOf(join('dicom', path))).slice(0, digest.length)).toBe(digest);
    },
  );

  it('decodes every other image object or refuses it with a named reason', async () => {
    const known = new Set(golden.map(([, , path = '']) => join('dicom', path)));
    let decoded = 0;
    for (const path of corpusFiles('dicom')) {
      // The long series hold one kind of image each; every 20th slice is enough.
      if (known.has(path) || (/series-|xdsi-studies\/mr/.test(path) && ++decoded % 20 !== 0)) continue;
      const outcome = await digestOf(path, 0).catch((error: unknown) => error);
      const reason = refused.get(path);
      if (reason === undefined) expect(typeof outcome, `${path}: ${outcome}`).toBe('string');
      else expect(outcome instanceof CodecError ? outcome.message : 'decoded', path).toMatch(reason);
    }
  }, 120_000);

  it('gives the same pixels for one CT slice in every lossless transfer syntax', async () => {
    const lossless = corpusFiles('dicom/transfer-syntaxes/same-ct-every-syntax').filter((path) =>
      /(BigEndian|Deflated|4\.90|4\.80|4\.70|4\.57|Implicit|LittleEndianExplicit|RLE)/.test(path),
    );
    expect(lossless).toHaveLength(9);
    const digests = await Promise.all(lossless.map((path) => digestOf(path)));
    expect(new Set(digests).size).toBe(1);
  });
});
