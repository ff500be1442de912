// What runs in the threads of the volume pool: bricks and range of a new volume, planes, turned views. A call whose
// client left is given up between bands of rows: the flag is shared memory, so nobody has to end the thread.
import { setPriority } from 'node:os';
import {
  type Bricks,
  type Camera,
  type CastOptions,
  castRays,
  makeBricks,
  type Plane,
  projectMaximum,
  resamplePlane,
  type Slab,
  type TransferFunction,
  type VoxelGrid,
} from '@yunying/volume';
import sharp from 'sharp';

try {
  setPriority(5);
} catch {
  // not allowed here: then it competes as an equal
}
sharp.concurrency(1);
sharp.cache(false);

export type Encoding = { format: 'webp' | 'jpeg' | 'png'; quality: number };
/** Not zero: the client left. */
export type GiveUp = Int32Array;
export type Window = { center: number; width: number; invert: boolean };

export type PlaneTask = {
  grid: VoxelGrid;
  plane: Plane;
  slab?: Slab;
  window: Window;
  encoding: Encoding;
  giveUp: GiveUp;
};
export type ViewTask = {
  grid: VoxelGrid;
  bricks: Bricks;
  camera: Camera;
  /** Absent: the maximum along the rays, in the window. */
  transfer?: TransferFunction;
  options: Pick<CastOptions, 'clip' | 'stepMm'>;
  window: Window;
  encoding: Encoding;
  giveUp: GiveUp;
};
export type Prepared = { bricks: Bricks; range: { low: number; high: number } };

export type VolumeTasks = {
  prepare: { request: VoxelGrid; result: Prepared };
  drawPlane: { request: PlaneTask; result: Uint8Array | null };
  drawView: { request: ViewTask; result: Uint8Array | null };
};

export function prepare(grid: VoxelGrid): Prepared {
  const bricks = makeBricks(grid);
  const share = (values: Float32Array): Float32Array => {
    const shared = new Float32Array(new SharedArrayBuffer(values.byteLength));
    shared.set(values);
    return shared;
  };
  return {
    bricks: { ...bricks, least: share(bricks.least), greatest: share(bricks.greatest) },
    range: rangeOf(grid),
  };
}

const bandRows = 16;

export async function drawPlane(task: PlaneTask): Promise<Uint8Array | null> {
  const { grid, plane, slab, window, encoding, giveUp } = task;
  const grey = new Uint8Array(plane.width * plane.height);
  const band = slab === undefined ? plane.height : bandRows;
  for (let row = 0; row < plane.height; row += band) {
    if (Atomics.load(giveUp, 0) !== 0) return null;
    const height = Math.min(band, plane.height - row);
    const [x, y, z] = plane.down;
    const by = row * plane.spacingMm;
    const [ox, oy, oz] = plane.origin;
    const part: Plane = { ...plane, origin: [ox + x * by, oy + y * by, oz + z * by], height };
    toGrey(resamplePlane(grid, part, slab), window, grey, row * plane.width);
  }
  return encode(grey, { width: plane.width, height: plane.height, channels: 1 }, encoding);
}

export async function drawView(task: ViewTask): Promise<Uint8Array | null> {
  const { grid, bricks, camera, transfer, options, window, encoding, giveUp } = task;
  const channels = transfer === undefined ? 1 : 3;
  const picture = new Uint8Array(camera.width * camera.height * channels);
  for (let from = 0; from < camera.height; from += bandRows) {
    if (Atomics.load(giveUp, 0) !== 0) return null;
    const rows = { from, to: Math.min(camera.height, from + bandRows) };
    const at = from * camera.width * channels;
    if (transfer === undefined)
      toGrey(projectMaximum(grid, bricks, camera, { ...options, rows }), window, picture, at);
    else picture.set(castRays(grid, bricks, camera, transfer, { ...options, rows }), at);
  }
  return encode(picture, { width: camera.width, height: camera.height, channels }, encoding);
}

/** The linear window of PS3.3 C.11.2.1.2; where there is no volume it is black. */
function toGrey(values: Float32Array, window: Window, out: Uint8Array, offset: number): void {
  const { center, width, invert } = window;
  const span = Math.max(width - 1, 1e-6);
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? Number.NaN;
    const unit = Math.min(1, Math.max(0, (value - (center - 0.5)) / span + 0.5));
    out[offset + at] = Number.isNaN(value) ? 0 : Math.round(255 * (invert ? 1 - unit : unit));
  }
}

async function encode(
  bytes: Uint8Array,
  raw: { width: number; height: number; channels: 1 | 3 },
  { format, quality }: Encoding,
): Promise<Uint8Array> {
  const image = sharp(bytes, { raw });
  if (raw.channels === 1 && format !== 'webp') image.toColourspace('b-w');
  if (format === 'png') return image.png({ compressionLevel: 3 }).toBuffer();
  return format === 'jpeg'
    ? image.jpeg({ quality }).toBuffer()
    : image.webp({ quality, effort: 1 }).toBuffer();
}

/** The 1st and 99.8th percentile of real values, by a sample of the voxels. */
function rangeOf({ samples, slope, intercept }: VoxelGrid): { low: number; high: number } {
  const stride = Math.max(1, Math.floor(samples.length / 200_000)) | 1;
  const seen: number[] = [];
  for (let at = 0; at < samples.length; at += stride) seen.push((samples[at] ?? 0) * slope + intercept);
  seen.sort((a, b) => a - b);
  const part = (of: number) => seen[Math.min(seen.length - 1, Math.floor(of * seen.length))] ?? 0;
  const [low, high] = [part(0.01), part(0.998)];
  return high > low ? { low, high } : { low, high: low + 1 };
}
