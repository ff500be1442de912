// Builds a volume out of stored frames: decoded one after the other with a few under way, averaged down where the
// budget wants it, and written into shared memory at once, so that no more than a handful of frames is ever held twice.
// The lossless HTJ2K rendition is read where there is one, uncompressed objects as they are.
import type { FrameRequest, Samples } from '@yunying/codec';
import {
  affineOf,
  apply,
  invert,
  scale,
  type Vec3,
  type VolumeGeometry,
  type VoxelGrid,
} from '@yunying/volume';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { openFrameSource } from '../../archive/index.ts';
import type { FrameEntry, ImageFacts } from '../media-types.ts';
import * as repo from '../repo.ts';
import type { SeriesSlices, Slice } from './read-slices.ts';
import type { Factors } from './volume-types.ts';

export type BuildContext = Pick<Context, 'db' | 'blobs' | 'codec'>;

export type BuildOrder = {
  series: SeriesSlices;
  geometry: VolumeGeometry;
  factors: Factors;
  seriesId: string;
  signal: AbortSignal;
  onLayer(done: number): void;
};

const underWay = 4;
const htj2k = '1.2.840.10008.1.2.4.202';

/** Every volume is of 16-bit integers: loops over one kind of array run several times faster than over any of three. */
export const bytesPerVoxel = 2;

/** How real values lie in the volume, and what each frame's stored values must go through to get there. */
export type Scaling = {
  slope: number;
  intercept: number;
  of(slice: Slice): { factor: number; offset: number };
};

export function scalingOf(series: SeriesSlices): Scaling {
  const { slices, bitsStored, isSigned } = series;
  const [first] = slices;
  const [slope, intercept] = [first?.slope ?? 1, first?.intercept ?? 0];
  const isUniform = slices.every((one) => one.slope === slope && one.intercept === intercept);
  if (isUniform && (isSigned ? bitsStored <= 16 : bitsStored <= 15))
    return { slope, intercept, of: () => ({ factor: 1, offset: 0 }) };
  if (isUniform && bitsStored === 16)
    return { slope, intercept: intercept + half * slope, of: () => ({ factor: 1, offset: -half }) };
  // Frames of their own scales (PET): one scale over all that they can hold.
  const [least, most] = isSigned
    ? [-(2 ** (bitsStored - 1)), 2 ** (bitsStored - 1) - 1]
    : [0, 2 ** bitsStored - 1];
  const ends = slices.flatMap((one) => [least * one.slope + one.intercept, most * one.slope + one.intercept]);
  const low = ends.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = ends.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const step = (high - low) / (2 * half - 1) || 1;
  const zero = low + half * step;
  return {
    slope: step,
    intercept: zero,
    of: (slice) => ({ factor: slice.slope / step, offset: (slice.intercept - zero) / step }),
  };
}

const half = 32_768;

export async function buildGrid(ctx: BuildContext, order: BuildOrder): Promise<VoxelGrid> {
  const { series, geometry, factors } = order;
  const [fx, fy, fz] = factors;
  const columns = Math.floor(geometry.columns / fx);
  const rows = Math.floor(geometry.rows / fy);
  const slices = Math.floor(geometry.slices / fz);
  const samples = new Int16Array(new SharedArrayBuffer(columns * rows * slices * bytesPerVoxel));
  const scaling = scalingOf(series);
  const frames = new FrameQueue(ctx, order, scaling);
  const sum = new Float32Array(columns * rows);
  for (let slice = 0; slice < slices; slice += 1) {
    sum.fill(0);
    for (let part = 0; part < fz; part += 1) {
      const layer = geometry.layers[slice * fz + part];
      if (layer === undefined) throw new RangeError('a layer outside the volume');
      const a = await frames.take(layer.a);
      const width = geometry.columns;
      if (layer.t === 0) addFrame(sum, a, { columns, rows, width, fx, fy, weight: 1 });
      else {
        addFrame(sum, a, { columns, rows, width, fx, fy, weight: 1 - layer.t });
        addFrame(sum, await frames.take(layer.b), { columns, rows, width, fx, fy, weight: layer.t });
      }
    }
    writeSlice(samples, sum, slice * columns * rows, 1 / (fx * fy * fz));
    order.onLayer((slice + 1) * fz);
  }
  const toPatient = reducedMap(geometry, factors);
  const { slope, intercept } = scaling;
  return { columns, rows, slices, samples, slope, intercept, toPatient, toVoxel: invert(toPatient) };
}

/** The first large voxel lies in the middle of those it was made of. */
function reducedMap(geometry: VolumeGeometry, [fx, fy, fz]: Factors) {
  const { toPatient } = geometry;
  const column = (at: 0 | 1 | 2, by: number): Vec3 =>
    scale([toPatient[0][at], toPatient[1][at], toPatient[2][at]], by);
  const origin = apply(toPatient, [(fx - 1) / 2, (fy - 1) / 2, (fz - 1) / 2]);
  return affineOf(column(0, fx), column(1, fy), column(2, fz), origin);
}

type Into = { columns: number; rows: number; width: number; fx: number; fy: number; weight: number };

function addFrame(sum: Float32Array, frame: ArrayLike<number>, into: Into): void {
  const { columns, rows, width, fx, fy, weight } = into;
  if (fx === 1 && fy === 1) {
    for (let at = 0; at < sum.length; at += 1) sum[at] = (sum[at] ?? 0) + weight * (frame[at] ?? 0);
    return;
  }
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      let total = 0;
      for (let y = 0; y < fy; y += 1) {
        const line = (row * fy + y) * width + column * fx;
        for (let x = 0; x < fx; x += 1) total += frame[line + x] ?? 0;
      }
      const at = row * columns + column;
      sum[at] = (sum[at] ?? 0) + weight * total;
    }
  }
}

function writeSlice(samples: Int16Array, sum: Float32Array, offset: number, by: number): void {
  for (let at = 0; at < sum.length; at += 1)
    samples[offset + at] = Math.max(-half, Math.min(half - 1, Math.round((sum[at] ?? 0) * by)));
}

/** Decoded frames in the order in which the layers want them, a few ahead; the last two are kept. */
class FrameQueue {
  readonly #ctx: BuildContext;
  readonly #order: BuildOrder;
  readonly #scaling: Scaling;
  readonly #wanted: number[];
  readonly #frames = new Map<number, Promise<ArrayLike<number>>>();
  #renditions: Promise<Map<string, Rendition>> | null = null;

  constructor(ctx: BuildContext, order: BuildOrder, scaling: Scaling) {
    this.#ctx = ctx;
    this.#order = order;
    this.#scaling = scaling;
    this.#wanted = [...new Set(order.geometry.layers.flatMap((layer) => [layer.a, layer.b]))];
  }

  async take(index: number): Promise<ArrayLike<number>> {
    this.#order.signal.throwIfAborted();
    const at = this.#wanted.indexOf(index);
    for (const ahead of this.#wanted.slice(at, at + underWay)) {
      if (this.#frames.has(ahead)) continue;
      const decoding = this.#decode(ahead);
      decoding.catch(() => undefined); // told to whoever takes it
      this.#frames.set(ahead, decoding);
    }
    for (const behind of this.#wanted.slice(Math.max(0, at - underWay), Math.max(0, at - 1)))
      this.#frames.delete(behind);
    return (await this.#frames.get(index)) ?? [];
  }

  async #decode(index: number): Promise<ArrayLike<number>> {
    const slice = this.#order.series.slices[index];
    if (slice === undefined) throw new RangeError('a layer names a frame that is not there');
    const { pixels } = await this.#ctx.codec.decodeFrame(await this.#request(slice), {
      signal: this.#order.signal,
    });
    const { rows, columns } = this.#order.geometry;
    if (pixels.length !== rows * columns)
      throw new AppError('media.not_reconstructable', { reason: 'mixed-sizes' });
    const { factor, offset } = this.#scaling.of(slice);
    return factor === 1 && offset === 0 ? pixels : rescaled(pixels, factor, offset);
  }

  async #request(slice: Slice): Promise<FrameRequest> {
    const { instance, frame } = slice;
    const isPlain = instance.pixel_layout?.startsWith('{"kind":"native"') === true;
    this.#renditions ??= readRenditions(this.#ctx, this.#order.seriesId);
    const rendition = isPlain ? undefined : (await this.#renditions).get(instance.id);
    const entry = rendition?.entries[frame - 1];
    if (rendition === undefined || entry === undefined || entry === null)
      return (await openFrameSource(this.#ctx, instance)).read(frame);
    const [offset, length] = entry;
    const bytes = await this.#ctx.blobs.readBytes(rendition.blobId, {
      start: offset,
      end: offset + length - 1,
    });
    const { facts } = rendition;
    const bitsAllocated = facts.bitsStored <= 8 ? 8 : 16;
    return {
      bytes,
      description: {
        transferSyntaxUid: htj2k,
        rows: facts.rows,
        columns: facts.columns,
        samplesPerPixel: facts.samplesPerPixel,
        bitsAllocated,
        bitsStored: facts.bitsStored,
        highBit: facts.bitsStored - 1,
        pixelRepresentation: facts.pixelRepresentation,
        photometricInterpretation: facts.photometricInterpretation,
      },
    };
  }
}

function rescaled(pixels: Samples, factor: number, offset: number): Float32Array {
  const out = new Float32Array(pixels.length);
  for (let at = 0; at < out.length; at += 1) out[at] = (pixels[at] ?? 0) * factor + offset;
  return out;
}

type Rendition = { blobId: string; entries: FrameEntry[]; facts: ImageFacts };

async function readRenditions(ctx: BuildContext, seriesId: string): Promise<Map<string, Rendition>> {
  const found = new Map<string, Rendition>();
  for (const row of await repo.selectHtj2kOfSeries(ctx.db, seriesId)) {
    if (row.instance_id === null) continue;
    const entries = JSON.parse(row.frame_index) as FrameEntry[];
    found.set(row.instance_id, {
      blobId: row.blob_id,
      entries,
      facts: JSON.parse(row.derived) as ImageFacts,
    });
  }
  return found;
}
