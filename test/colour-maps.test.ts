import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { getElement, parseDicom } from '@yunying/dicom';
import { describe, expect, it } from 'vitest';
import {
  type ColourMapName,
  colourMapNames,
  colourTable,
  cssGradient,
} from '../packages/viewer/src/colour/colour-maps.ts';

const corpus = resolve(process.env.YUNYING_CORPUS ?? '../shared/corpus', 'dicom/palettes');

const files: readonly [ColourMapName, string][] = [
  ['hot-iron', 'hotiron'],
  ['pet', 'pet'],
  ['hot-metal-blue', 'hotmetalblue'],
  ['pet-20-step', 'pet20step'],
  ['spring', 'spring'],
  ['summer', 'summer'],
  ['fall', 'fall'],
  ['winter', 'winter'],
];

describe('colour maps', () => {
  it('have 256 opaque entries each', () => {
    for (const name of colourMapNames) {
      const table = colourTable(name);
      expect(table).toHaveLength(256);
      expect(table.every((word) => word >>> 24 === 255)).toBe(true);
    }
  });

  it('are gradients for colour bars', () => {
    expect(cssGradient('grey', '0deg')).toBe(
      'linear-gradient(0deg, rgb(0 0 0) 0.00%, rgb(255 255 255) 100.00%)',
    );
  });

  // Without the corpus there is nothing to compare with.
  it.skipIf(!existsSync(corpus)).each(files)('%s is the palette of the standard', (name, file) => {
    const { dataset } = parseDicom(readFileSync(join(corpus, `${file}.dcm`)));
    const table = colourTable(name);
    for (const [channel, tag] of ['0028120', '0028122'].flatMap((start) =>
      [1, 2, 3].map((at) => [at - 1, `${start}${at}`] as const),
    )) {
      const found = getElement(dataset, tag);
      const bytes = found?.kind === 'value' ? found.value : undefined;
      if (bytes === undefined) continue;
      const wanted = tag.startsWith('0028122') ? expand(bytes) : [...bytes];
      const ours = [...table].map((word) => (word >>> (8 * channel)) & 255);
      const apart = ours.map((value, at) => Math.abs(value - (wanted[at] ?? -1)));
      // Segments leave the rounding open (PS3.3 C.7.9.2).
      expect(Math.max(...apart)).toBeLessThanOrEqual(tag.startsWith('0028122') ? 1 : 0);
    }
  });
});

/** Segmented 8-bit table: discrete (0) and linear (1) segments. */
function expand(bytes: Uint8Array): number[] {
  const out: number[] = [];
  for (let at = 0; at + 2 < bytes.length && out.length < 256; ) {
    const [kind, count = 0] = [bytes[at], bytes[at + 1]];
    if (kind === 0) {
      out.push(...bytes.subarray(at + 2, at + 2 + count));
      at += 2 + count;
    } else {
      const from = out[out.length - 1] ?? 0;
      const to = bytes[at + 2] ?? 0;
      for (let k = 1; k <= count; k += 1) out.push(Math.round(from + ((to - from) * k) / count));
      at += 3;
    }
  }
  return out;
}
