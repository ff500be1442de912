// A whole JPEG image to interleaved samples, for what the WebAssembly decoder cannot do: 12-bit extended and
// progressive, lossless, and 8-bit colour that must not be converted. Colour stays as coded (see colour.ts).
import { CodecError } from '../codec-error.ts';
import type { JpegHead } from '../codestream-heads.ts';
import type { Plane } from './dct-scan.ts';
import { decodeDctScan, zigzag } from './dct-scan.ts';
import { inverseDct } from './idct.ts';
import { decodeLosslessScan } from './lossless-scan.ts';
import type { JpegParts } from './segments.ts';
import { requireHuffmanProcess, walkSegments } from './segments.ts';

export function decodeJpeg(bytes: Uint8Array, head: JpegHead): Uint16Array {
  requireHuffmanProcess(head);
  if (head.sof === 0xc3) return decodeLossless(bytes, head);
  if (head.bits !== 8 && head.bits !== 12) {
    throw new CodecError('corrupt', `DCT JPEG of ${head.bits} bits, only 8 and 12 exist`);
  }
  return decodeDct(bytes, head);
}

function decodeLossless(bytes: Uint8Array, head: JpegHead): Uint16Array {
  if (head.bits < 2 || head.bits > 16) throw new CodecError('corrupt', `lossless JPEG of ${head.bits} bits`);
  const samples = new Uint16Array(head.rows * head.columns * head.components);
  walkSegments(bytes, (parts, scan) => {
    if (parts.components.some((c) => c.h !== parts.components[0]?.h || c.v !== parts.components[0]?.v)) {
      throw new CodecError('unsupported-syntax', 'lossless JPEG with subsampled components is not supported');
    }
    return decodeLosslessScan(bytes, scan, { ...head, samples });
  });
  return samples;
}

function decodeDct(bytes: Uint8Array, head: JpegHead): Uint16Array {
  let planes: Plane[] = [];
  let mcus = { wide: 0, high: 0, progressive: head.sof === 0xc2 };
  const parts = walkSegments(bytes, (seen, scan) => {
    if (planes.length === 0) {
      planes = layPlanes(seen, head);
      const { hMax, vMax } = maxSampling(seen);
      mcus = { ...mcus, wide: Math.ceil(head.columns / (8 * hMax)), high: Math.ceil(head.rows / (8 * vMax)) };
    }
    return decodeDctScan(bytes, scan, planes, mcus);
  });
  const out = new Uint16Array(head.rows * head.columns * head.components);
  const max = maxSampling(parts);
  planes.forEach((plane, component) => {
    const samples = transformPlane(plane, parts, head.bits);
    spread(samples, plane, { out, component, head, xScale: plane.h / max.hMax, yScale: plane.v / max.vMax });
  });
  return out;
}

function maxSampling(parts: JpegParts): { hMax: number; vMax: number } {
  return {
    hMax: Math.max(...parts.components.map((c) => c.h)),
    vMax: Math.max(...parts.components.map((c) => c.v)),
  };
}

function layPlanes(parts: JpegParts, head: JpegHead): Plane[] {
  const { hMax, vMax } = maxSampling(parts);
  const mcusWide = Math.ceil(head.columns / (8 * hMax));
  const mcusHigh = Math.ceil(head.rows / (8 * vMax));
  return parts.components.map((c) => ({
    h: c.h,
    v: c.v,
    quantId: c.quantId,
    blocksWide: Math.ceil(Math.ceil((head.columns * c.h) / hMax) / 8),
    blocksHigh: Math.ceil(Math.ceil((head.rows * c.v) / vMax) / 8),
    stride: mcusWide * c.h,
    coefs: new Int16Array(mcusWide * c.h * mcusHigh * c.v * 64),
    predictor: 0,
  }));
}

function transformPlane(plane: Plane, parts: JpegParts, bits: number): Uint16Array {
  const table = parts.quant.get(plane.quantId);
  if (table === undefined) throw new CodecError('corrupt', `quantisation table ${plane.quantId} is missing`);
  const quant = new Int32Array(64);
  for (let i = 0; i < 64; i++) quant[zigzag[i] ?? 0] = table[i] ?? 0;
  const width = plane.stride * 8;
  const samples = new Uint16Array(plane.coefs.length);
  const block = new Int32Array(64);
  for (let row = 0; row < plane.blocksHigh; row++) {
    for (let column = 0; column < plane.blocksWide; column++) {
      inverseDct(plane.coefs, (row * plane.stride + column) * 64, quant, bits, block);
      for (let y = 0; y < 8; y++) {
        const at = (row * 8 + y) * width + column * 8;
        for (let x = 0; x < 8; x++) samples[at + x] = block[y * 8 + x] ?? 0;
      }
    }
  }
  return samples;
}

type Spread = { out: Uint16Array; component: number; head: JpegHead; xScale: number; yScale: number };

function spread(samples: Uint16Array, plane: Plane, to: Spread): void {
  const { rows, columns, components } = to.head;
  const width = plane.stride * 8;
  for (let y = 0; y < rows; y++) {
    const line = Math.floor(y * to.yScale) * width;
    let at = y * columns * components + to.component;
    for (let x = 0; x < columns; x++, at += components) {
      to.out[at] = samples[line + Math.floor(x * to.xScale)] ?? 0;
    }
  }
}
