// Lossy JPEG: baseline (process 1, 8 bits) and extended sequential (process 4, 12 bits), ISO 10918-1 F.1. One
// interleaved scan, Huffman tables made for the picture. Colour goes out as YCbCr with the chroma of two neighbours
// shared (4:2:2), which DICOM calls YBR_FULL_422. Serves 1.2.840.10008.1.2.4.50 and .51.
import type { PixelDescription, Samples } from '../pixel-description.ts';
import { BitWriter, jpegSegment } from './bit-writer.ts';
import { zigzag } from './dct-scan.ts';
import { type Component, forwardDct } from './forward-dct.ts';
import { codesOf, type HuffmanCode, optimalCode } from './huffman-code.ts';

type Plane = { coefs: Float32Array; wide: number; h: number; table: 0 | 1 };
type Symbols = { dc: Float64Array; ac: Float64Array };
type Quantised = { blocks: Int16Array[]; symbols: Symbols[] };

/** Tables K.1 and K.2 in natural order. */
// biome-ignore format: a table
const luminance = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22,
  29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103,
  121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];
const chrominance = [17, 18, 24, 47, 18, 21, 26, 66, 24, 26, 56, 99, 47, 66, 99, 99];

export class DctEncoder {
  readonly #d: PixelDescription;
  readonly #precision: 8 | 12;
  readonly #planes: Plane[];
  readonly #mcus: { wide: number; high: number };

  /** `pixels` interleaved and without a sign; three samples are RGB or YBR_FULL. */
  constructor(pixels: Samples, d: PixelDescription, precision: 8 | 12) {
    this.#d = d;
    this.#precision = precision;
    const isColour = d.samplesPerPixel === 3;
    this.#mcus = { wide: Math.ceil(d.columns / (isColour ? 16 : 8)), high: Math.ceil(d.rows / 8) };
    const shift = 2 ** (precision - 1);
    const plane = (component: Component, h: number, table: 0 | 1): Plane => {
      const wide = this.#mcus.wide * h;
      return { coefs: forwardDct(component, wide, this.#mcus.high, shift), wide, h, table };
    };
    const { columns: width, rows: height } = d;
    if (!isColour) {
      this.#planes = [plane({ samples: pixels, width, height, step: 1, offset: 0 }, 1, 0)];
      return;
    }
    const [luma, blue, red] = splitColour(pixels, d);
    const half = Math.ceil(width / 2);
    this.#planes = [
      plane({ samples: luma, width, height, step: 1, offset: 0 }, 2, 0),
      plane({ samples: blue, width: half, height, step: 1, offset: 0 }, 1, 1),
      plane({ samples: red, width: half, height, step: 1, offset: 0 }, 1, 1),
    ];
  }

  /** `scale` 1 is the standard's example tables, smaller is finer. */
  encode(scale: number): Uint8Array {
    const tables = this.#planes.length > 1 ? [0, 1] : [0];
    const steps = tables.map((table) =>
      quantSteps(table === 0 ? luminance : wholeChroma, scale, this.#precision),
    );
    const { blocks, symbols } = this.#quantise(steps);
    const codes = symbols.map(({ dc, ac }) => ({ dc: optimalCode(dc), ac: optimalCode(ac) }));
    const bits = new BitWriter(this.#d.rows * this.#d.columns);
    const writers = codes.map(({ dc, ac }) => ({ dc: codesOf(dc, 17), ac: codesOf(ac, 256) }));
    this.#walk(blocks, (table, isDc, symbol, value, size) => {
      const code = isDc ? writers[table]?.dc : writers[table]?.ac;
      bits.put(code?.codes[symbol] ?? 0, code?.lengths[symbol] ?? 0);
      if (size > 0) bits.put((value < 0 ? value - 1 : value) & ((1 << size) - 1), size);
    });
    const head = this.#head(steps, codes);
    return new Uint8Array(Buffer.concat([head, bits.finish(), Buffer.of(0xff, 0xd9)]));
  }

  #quantise(steps: readonly Float64Array[]): Quantised {
    const blocks = this.#planes.map(({ coefs, table }) => {
      const out = new Int16Array(coefs.length);
      const step = steps[table] ?? new Float64Array(64).fill(1);
      for (let i = 0; i < coefs.length; i++) out[i] = Math.round((coefs[i] ?? 0) / (step[i & 63] ?? 1));
      return out;
    });
    const symbols = steps.map(() => ({ dc: new Float64Array(17), ac: new Float64Array(256) }));
    this.#walk(blocks, (table, isDc, symbol) => {
      const counts = isDc ? symbols[table]?.dc : symbols[table]?.ac;
      if (counts !== undefined) counts[symbol] = (counts[symbol] ?? 0) + 1;
    });
    return { blocks, symbols };
  }

  /** Every symbol of the scan in order: category of the DC difference, run and category of each AC (F.1.2.1, F.1.2.2). */
  #walk(
    blocks: readonly Int16Array[],
    see: (table: 0 | 1, isDc: boolean, symbol: number, value: number, size: number) => void,
  ): void {
    const before = this.#planes.map(() => 0);
    for (let row = 0; row < this.#mcus.high; row++) {
      for (let column = 0; column < this.#mcus.wide; column++) {
        for (const [index, plane] of this.#planes.entries()) {
          const own = blocks[index] ?? new Int16Array(0);
          for (let n = 0; n < plane.h; n++) {
            const at = (row * plane.wide + column * plane.h + n) * 64;
            const dc = own[at] ?? 0;
            const difference = dc - (before[index] ?? 0);
            before[index] = dc;
            const size = categoryOf(difference);
            see(plane.table, true, size, difference, size);
            walkAc(own, at, plane.table, see);
          }
        }
      }
    }
  }

  #head(steps: readonly Float64Array[], codes: readonly { dc: HuffmanCode; ac: HuffmanCode }[]): Buffer {
    const { rows, columns } = this.#d;
    const n = this.#planes.length;
    const frame = [this.#precision, rows >> 8, rows & 255, columns >> 8, columns & 255, n];
    const scan = [n];
    for (const [index, plane] of this.#planes.entries()) {
      frame.push(index + 1, plane.h * 16 + 1, plane.table);
      scan.push(index + 1, plane.table * 17);
    }
    scan.push(0, 63, 0);
    return Buffer.concat([
      Buffer.of(0xff, 0xd8),
      // Colour in YCbCr is what JFIF stands for; without it some readers guess.
      ...(n === 3 ? [jpegSegment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 2, 0, 0, 1, 0, 1, 0, 0])] : []),
      ...steps.map((step, table) => jpegSegment(0xdb, quantTable(step, table))),
      jpegSegment(this.#precision === 8 ? 0xc0 : 0xc1, frame),
      ...codes.flatMap(({ dc, ac }, table) => [
        jpegSegment(0xc4, [table, ...dc.counts, ...dc.symbols]),
        jpegSegment(0xc4, [16 + table, ...ac.counts, ...ac.symbols]),
      ]),
      jpegSegment(0xda, scan),
    ]);
  }
}

/** K.2 has this corner, the rest is 99. */
const wholeChroma = Array.from({ length: 64 }, (_, i) =>
  i >> 3 < 4 && (i & 7) < 4 ? (chrominance[(i >> 3) * 4 + (i & 7)] ?? 99) : 99,
);

function walkAc(
  own: Int16Array,
  at: number,
  table: 0 | 1,
  see: (table: 0 | 1, isDc: boolean, symbol: number, value: number, size: number) => void,
): void {
  let run = 0;
  for (let k = 1; k < 64; k++) {
    const value = own[at + (zigzag[k] ?? 0)] ?? 0;
    if (value === 0) {
      run += 1;
      continue;
    }
    for (; run > 15; run -= 16) see(table, false, 0xf0, 0, 0);
    const size = categoryOf(value);
    see(table, false, run * 16 + size, value, size);
    run = 0;
  }
  if (run > 0) see(table, false, 0, 0, 0);
}

function categoryOf(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}

function quantSteps(standard: readonly number[], scale: number, precision: 8 | 12): Float64Array {
  // Baseline has bytes; with 12 bits a step may be a word, and coefficients stay within 15 bits (F.1.5).
  const most = precision === 8 ? 255 : 32767;
  return Float64Array.from(standard, (step) => Math.min(most, Math.max(1, Math.round(step * scale))));
}

function quantTable(step: Float64Array, table: number): number[] {
  const isWide = step.some((one) => one > 255);
  const inOrder = Array.from(zigzag, (at) => step[at] ?? 1);
  return [(isWide ? 16 : 0) + table, ...inOrder.flatMap((one) => (isWide ? [one >> 8, one & 255] : [one]))];
}

/** Y, Cb and Cr of JFIF, chroma of two neighbours as their mean. */
function splitColour(pixels: Samples, d: PixelDescription): [Float32Array, Float32Array, Float32Array] {
  const { rows, columns } = d;
  const half = Math.ceil(columns / 2);
  const isRgb = d.photometricInterpretation === 'RGB';
  const luma = new Float32Array(rows * columns);
  const blue = new Float32Array(rows * half);
  const red = new Float32Array(rows * half);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const at = (y * columns + x) * 3;
      const [a, b, c] = [pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0];
      // A last column without neighbour counts twice.
      const share = x === columns - 1 && columns % 2 === 1 ? 1 : 0.5;
      const pair = y * half + (x >> 1);
      luma[y * columns + x] = isRgb ? 0.299 * a + 0.587 * b + 0.114 * c : a;
      blue[pair] = (blue[pair] ?? 0) + share * (isRgb ? 128 - 0.168736 * a - 0.331264 * b + 0.5 * c : b);
      red[pair] = (red[pair] ?? 0) + share * (isRgb ? 128 + 0.5 * a - 0.418688 * b - 0.081312 * c : c);
    }
  }
  return [luma, blue, red];
}
