// Colour models of stored samples to RGB (PS3.3 C.7.6.3.1.2): planar to interleaved, YBR_FULL and YBR_PARTIAL to RGB,
// and the 4:2:2 packing of uncompressed YBR_FULL_422. All buffers are new or the codec's own, so changes are in place.
import type { PixelDescription, Samples } from './pixel-description.ts';

export function interleavePlanes(planar: Samples, d: PixelDescription): Samples {
  const pixels = d.rows * d.columns;
  const out = planar.slice();
  for (let sample = 0; sample < d.samplesPerPixel; sample++) {
    for (let i = 0; i < pixels; i++) out[i * d.samplesPerPixel + sample] = planar[sample * pixels + i] ?? 0;
  }
  return out;
}

/** Y1 Y2 Cb Cr per two pixels -> Y Cb Cr per pixel. */
export function expand422(packed: Samples, d: PixelDescription): Samples {
  const out = new Uint8Array(d.rows * d.columns * 3);
  const lineBytes = Math.ceil(d.columns / 2) * 4;
  for (let row = 0; row < d.rows; row++) {
    for (let column = 0; column < d.columns; column++) {
      const pair = row * lineBytes + (column >> 1) * 4;
      const at = (row * d.columns + column) * 3;
      out[at] = packed[pair + (column & 1)] ?? 0;
      out[at + 1] = packed[pair + 2] ?? 0;
      out[at + 2] = packed[pair + 3] ?? 0;
    }
  }
  return out;
}

export function isYbr(photometricInterpretation: string): boolean {
  return photometricInterpretation.startsWith('YBR_') && !/^YBR_(RCT|ICT)$/.test(photometricInterpretation);
}

/** 8-bit YCbCr to RGB in place. `partial` is the ITU-R BT.601 studio range of the retired YBR_PARTIAL models. */
export function ybrToRgb(samples: Samples, partial: boolean): void {
  const gain = partial ? 255 / 219 : 1;
  const chroma = partial ? 255 / 224 : 1;
  const foot = partial ? 16 : 0;
  for (let i = 0; i + 2 < samples.length; i += 3) {
    const y = ((samples[i] ?? 0) - foot) * gain;
    const cb = ((samples[i + 1] ?? 0) - 128) * chroma;
    const cr = ((samples[i + 2] ?? 0) - 128) * chroma;
    samples[i] = byte(y + 1.402 * cr);
    samples[i + 1] = byte(y - 0.344136 * cb - 0.714136 * cr);
    samples[i + 2] = byte(y + 1.772 * cb);
  }
}

function byte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : (value + 0.5) | 0;
}
