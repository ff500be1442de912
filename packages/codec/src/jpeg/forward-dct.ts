// The forward cosine transform of 8x8 blocks (ISO 10918-1 A.3.3) of one component, before quantisation. Blocks beyond
// the picture's edge repeat its last row and column.

export type Component = {
  /** Samples of the component, row by row. */
  samples: ArrayLike<number>;
  width: number;
  height: number;
  /** Distance of neighbours and offset of the first in `samples`. */
  step: number;
  offset: number;
};

const basis = Float64Array.from({ length: 64 }, (_, i) => {
  const [u, x] = [i >> 3, i & 7];
  return (u === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});

/** One Float32 block of 64 coefficients in natural order per cell; `wide` x `high` blocks, level shifted by `shift`. */
export function forwardDct(c: Component, wide: number, high: number, shift: number): Float32Array {
  const out = new Float32Array(wide * high * 64);
  const block = new Float64Array(64);
  const rows = new Float64Array(64);
  for (let by = 0; by < high; by++) {
    for (let bx = 0; bx < wide; bx++) {
      load(c, bx * 8, by * 8, shift, block);
      transform(block, rows, out, (by * wide + bx) * 64);
    }
  }
  return out;
}

function load(c: Component, x0: number, y0: number, shift: number, block: Float64Array): void {
  for (let y = 0; y < 8; y++) {
    const line = c.offset + Math.min(y0 + y, c.height - 1) * c.width * c.step;
    for (let x = 0; x < 8; x++) {
      block[y * 8 + x] = (c.samples[line + Math.min(x0 + x, c.width - 1) * c.step] ?? 0) - shift;
    }
  }
}

function transform(block: Float64Array, rows: Float64Array, out: Float32Array, at: number): void {
  for (let y = 0; y < 8; y++) {
    for (let u = 0; u < 8; u++) {
      let sum = 0;
      for (let x = 0; x < 8; x++) sum += (block[y * 8 + x] ?? 0) * (basis[u * 8 + x] ?? 0);
      rows[y * 8 + u] = sum;
    }
  }
  for (let v = 0; v < 8; v++) {
    for (let u = 0; u < 8; u++) {
      let sum = 0;
      for (let y = 0; y < 8; y++) sum += (rows[y * 8 + u] ?? 0) * (basis[v * 8 + y] ?? 0);
      out[at + v * 8 + u] = sum;
    }
  }
}
