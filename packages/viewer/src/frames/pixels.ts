// Decoded frames as they travel from the workers to the screen.

export type SampleArray = Uint8Array | Int8Array | Uint16Array | Int16Array;

export type Pixels = {
  /** Stored values of one component, or interleaved RGB bytes. */
  samples: SampleArray;
  columns: number;
  rows: number;
  components: 1 | 3;
  /** Full-size pixels per pixel here: 1, 2, 4 … for a preview, any ratio for a film picture. */
  step: number;
  /** Where the centre of the first pixel lies, in full-size pixels: 0 for wavelet previews (even samples are kept). */
  offset: number;
  min: number;
  max: number;
};

export function sizeOf(pixels: Pixels): number {
  return pixels.samples.byteLength;
}

/** Least and most sample, without the padding value. */
export function rangeOf(samples: SampleArray, padding: number | null): { min: number; max: number } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < samples.length; at += 1) {
    const value = samples[at] ?? 0;
    if (value === padding) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return max < min ? { min: 0, max: 0 } : { min, max };
}

/** Palette colour (PS3.3 C.7.6.3.1.5): index -> RGB bytes. 16-bit entries keep their high byte. */
export function applyPalette(pixels: Pixels, descriptor: readonly number[], tables: Uint8Array[]): Pixels {
  const [rawCount = 0, first = 0, bits = 16] = descriptor;
  const entries = rawCount === 0 ? 65536 : rawCount;
  const out = new Uint8Array(pixels.samples.length * 3);
  for (const [component, table] of tables.entries()) {
    const wide = bits > 8 || table.length >= entries * 2;
    for (let at = 0; at < pixels.samples.length; at += 1) {
      const index = Math.max(0, Math.min(entries - 1, (pixels.samples[at] ?? 0) - first));
      out[at * 3 + component] = (wide ? table[index * 2 + 1] : table[index]) ?? 0;
    }
  }
  return { ...pixels, samples: out, components: 3, min: 0, max: 255 };
}
