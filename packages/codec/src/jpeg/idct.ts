// The accurate integer inverse DCT (Loeffler, Ligtenberg and Moschytz 1989) with the same fixed-point steps as the
// reference implementation's "islow" method, so that 8- and 12-bit results agree with other toolkits to the bit.

const c0298 = 2446;
const c0390 = 3196;
const c0541 = 4433;
const c0765 = 6270;
const c0899 = 7373;
const c1175 = 9633;
const c1501 = 12299;
const c1847 = 15137;
const c1961 = 16069;
const c2053 = 16819;
const c2562 = 20995;
const c3072 = 25172;

const work = new Int32Array(64);

/** Dequantises and transforms one block of natural-order coefficients into `out` (64 samples, clamped). */
export function inverseDct(
  coefs: Int16Array,
  from: number,
  quant: Int32Array,
  bits: number,
  out: Int32Array,
): void {
  const pass1 = bits > 8 ? 1 : 2;
  for (let i = 0; i < 64; i++) work[i] = (coefs[from + i] ?? 0) * (quant[i] ?? 0);
  for (let column = 0; column < 8; column++) transform(work, column, 8, 13 - pass1);
  for (let row = 0; row < 64; row += 8) transform(work, row, 1, 13 + pass1 + 3);
  const centre = 1 << (bits - 1);
  const top = (1 << bits) - 1;
  for (let i = 0; i < 64; i++) {
    const value = (work[i] ?? 0) + centre;
    out[i] = Math.max(0, Math.min(top, value));
  }
}

function transform(block: Int32Array, at: number, step: number, shift: number): void {
  const b0 = block[at] ?? 0;
  const b1 = block[at + step] ?? 0;
  const b2 = block[at + 2 * step] ?? 0;
  const b3 = block[at + 3 * step] ?? 0;
  const b4 = block[at + 4 * step] ?? 0;
  const b5 = block[at + 5 * step] ?? 0;
  const b6 = block[at + 6 * step] ?? 0;
  const b7 = block[at + 7 * step] ?? 0;

  const even = (b2 + b6) * c0541;
  const e2 = even - b6 * c1847;
  const e3 = even + b2 * c0765;
  const e0 = (b0 + b4) * 8192;
  const e1 = (b0 - b4) * 8192;

  const z5 = (b7 + b3 + b5 + b1) * c1175;
  const z1 = (b7 + b1) * -c0899;
  const z2 = (b5 + b3) * -c2562;
  const z3 = (b7 + b3) * -c1961 + z5;
  const z4 = (b5 + b1) * -c0390 + z5;
  const o0 = b7 * c0298 + z1 + z3;
  const o1 = b5 * c2053 + z2 + z4;
  const o2 = b3 * c3072 + z2 + z3;
  const o3 = b1 * c1501 + z1 + z4;

  const half = 2 ** (shift - 1);
  block[at] = (e0 + e3 + o3 + half) >> shift;
  block[at + 7 * step] = (e0 + e3 - o3 + half) >> shift;
  block[at + step] = (e1 + e2 + o2 + half) >> shift;
  block[at + 6 * step] = (e1 + e2 - o2 + half) >> shift;
  block[at + 2 * step] = (e1 - e2 + o1 + half) >> shift;
  block[at + 5 * step] = (e1 - e2 - o1 + half) >> shift;
  block[at + 3 * step] = (e0 - e3 + o0 + half) >> shift;
  block[at + 4 * step] = (e0 - e3 - o0 + half) >> shift;
}
