// Radiotherapy dose (PS3.3 A.18, C.8.8.3): a grid of frames at offsets, sampled where an image lies, in shares of its
// maximum. The offsets are from the first frame, or, as some write it, absolute (C.8.8.3.2).
import { binaryOf, type JsonItem, numberOf, numbersOf, textOf } from '../../geometry/dicom-json.ts';
import { distanceTo, type PatientPlane, patientPlane, pixelUnder, type Vector } from './patient-plane.ts';

export type DoseGrid = {
  rows: number;
  columns: number;
  plane: PatientPlane;
  /** Of each frame from the first, along the normal, ascending order of frames. */
  offsets: number[];
  scaling: number;
  units: string;
  bitsAllocated: number;
  frameOfReferenceUid: string | null;
  pixelUri: string | null;
};

const mostPixels = 128 * 1024 ** 2;

export function readDose(json: JsonItem): DoseGrid | null {
  const rows = numberOf(json, '00280010') ?? 0;
  const columns = numberOf(json, '00280011') ?? 0;
  const frameCount = numberOf(json, '00280008') ?? 1;
  const plane = patientPlane(
    numbersOf(json, '00200032'),
    numbersOf(json, '00200037'),
    numbersOf(json, '00280030'),
  );
  const vector = numbersOf(json, '3004000C') ?? [0];
  const scaling = numberOf(json, '3004000E');
  if (plane === null || scaling === null || vector.length < frameCount) return null;
  if (!(rows > 0 && columns > 0) || rows * columns * frameCount > mostPixels) return null;
  const pixels = binaryOf(json, '7FE00010');
  const first = vector[0] ?? 0;
  return {
    rows,
    columns,
    plane,
    offsets: vector.slice(0, frameCount).map((offset) => offset - first),
    scaling,
    units: textOf(json, '30040002') ?? '',
    bitsAllocated: numberOf(json, '00280100') ?? 16,
    frameOfReferenceUid: textOf(json, '00200052'),
    pixelUri: pixels?.kind === 'uri' ? pixels.uri : null,
  };
}

/** Stored values as dose. */
export function doseValues(grid: DoseGrid, bytes: Uint8Array): Float32Array {
  const count = grid.rows * grid.columns * grid.offsets.length;
  const values = new Float32Array(count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = grid.bitsAllocated === 32 ? 4 : 2;
  for (let at = 0; at < count && (at + 1) * width <= bytes.length; at += 1)
    values[at] = (width === 4 ? view.getUint32(at * 4, true) : view.getUint16(at * 2, true)) * grid.scaling;
  return values;
}

/** Linear between grid points; 0 outside. */
export function doseAt(grid: DoseGrid, values: Float32Array, point: Vector): number {
  const { x, y } = pixelUnder(grid.plane, point);
  const z = frameAt(grid.offsets, distanceTo(grid.plane, point));
  if (z === null || x < 0 || y < 0 || x > grid.columns - 1 || y > grid.rows - 1) return 0;
  const x0 = Math.min(Math.floor(x), Math.max(0, grid.columns - 2));
  const y0 = Math.min(Math.floor(y), Math.max(0, grid.rows - 2));
  const z0 = Math.min(Math.floor(z), Math.max(0, grid.offsets.length - 2));
  let sum = 0;
  for (const [dz, wz] of ends(z - z0)) {
    for (const [dy, wy] of ends(y - y0)) {
      for (const [dx, wx] of ends(x - x0)) {
        if (wz * wy * wx === 0) continue;
        const at = ((z0 + dz) * grid.rows + y0 + dy) * grid.columns + x0 + dx;
        sum += wz * wy * wx * (values[at] ?? 0);
      }
    }
  }
  return sum;
}

function ends(share: number): [number, number][] {
  return [
    [0, 1 - share],
    [1, share],
  ];
}

/** The fractional frame at a distance; frames may run either way and lie unevenly. */
function frameAt(offsets: readonly number[], distance: number): number | null {
  if (offsets.length === 1) return Math.abs(distance) < 1 ? 0 : null;
  for (let at = 0; at + 1 < offsets.length; at += 1) {
    const a = offsets[at] ?? 0;
    const b = offsets[at + 1] ?? 0;
    const share = (distance - a) / (b - a);
    if (share >= 0 && share <= 1) return at + share;
  }
  return null;
}
