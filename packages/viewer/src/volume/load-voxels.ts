// Fills the voxels of one series from its frames' HTJ2K renditions: every fourth slice first and each lent to its
// neighbours, so that all planes can be cut after a quarter of the bytes; then the rest, from the middle outwards. A
// reduced volume fetches only the prefix of the codestream that its resolution needs. Frames that the reading room
// has whole in memory are taken from there.
import type { VolumeGeometry } from '@yunying/volume';
import type { Decoder } from '../frames/decoder.ts';
import { fetchBytes } from '../frames/fetch-bytes.ts';
import type { Pixels } from '../frames/pixels.ts';
import { htj2kAccept, type OpenSeries } from '../pane/open-series.ts';
import { type Decimation, type Rescale, type VoxelArray, Voxels } from './voxels.ts';

export type LoadOptions = {
  opened: OpenSeries;
  decoder: Decoder;
  geometry: VolumeGeometry;
  decimation: Decimation;
  concurrency: number;
  signal: AbortSignal;
  /** The array is there, with its first slice. */
  onStart(voxels: Voxels): void;
  onSlice(): void;
};

/** Resolves when every slice has come or failed; rejects when none came. */
export async function loadVoxels(options: LoadOptions): Promise<void> {
  const { geometry, decimation, signal, opened } = options;
  const frames = loadingOrder(geometry, decimation);
  const tone = rescaleOf(opened, frames);
  let voxels: Voxels | null = null;
  let problem: unknown = null;
  let next = 0;
  const work = async (): Promise<void> => {
    for (;;) {
      const frame = frames[next];
      next += 1;
      if (frame === undefined || signal.aborted) return;
      try {
        const pixels = await loadFrame(options, frame);
        if (signal.aborted) return;
        if (pixels.components !== 1) throw new Error('a colour picture has no voxels');
        if (voxels === null) {
          voxels = new Voxels(geometry, decimation, (length) => arrayLike(pixels, tone.isMixed, length));
          voxels.rescale = tone.isMixed ? { slope: 1, intercept: 0 } : tone.rescale;
          voxels.put(frame, pixels, 'full', tone.of(frame));
          options.onStart(voxels);
        } else {
          voxels.put(frame, pixels, 'full', tone.of(frame));
        }
      } catch (error) {
        if (signal.aborted) return;
        problem = error;
        voxels?.fail(frame);
        if (voxels === null) failedEarly.push(frame);
      }
      options.onSlice();
    }
  };
  const failedEarly: number[] = [];
  await Promise.all(Array.from({ length: options.concurrency }, work));
  signal.throwIfAborted();
  // `voxels` is set inside work(), which the compiler does not follow.
  const made = voxels as Voxels | null;
  if (made === null) throw problem ?? new Error('no frame could be read');
  for (const frame of failedEarly) made.fail(frame);
  options.onSlice();
}

/** Frames of the kept layers: every fourth, then every second, then the rest; each pass from the middle outwards. */
export function loadingOrder({ layers }: Pick<VolumeGeometry, 'layers'>, [, , every]: Decimation): number[] {
  const kept = layers.filter((_, at) => at % every === 0);
  const middle = (kept.length - 1) / 2;
  const passOf = (at: number) => (at % 4 === 0 ? 0 : at % 2 === 0 ? 1 : 2);
  const sorted = kept
    .map((layer, at) => ({ layer, at }))
    .sort((a, b) => passOf(a.at) - passOf(b.at) || Math.abs(a.at - middle) - Math.abs(b.at - middle));
  return [...new Set(sorted.flatMap(({ layer }) => [layer.a, layer.b]))];
}

type Tone = { isMixed: boolean; rescale: Rescale; of(frame: number): Rescale };

/** Where frames differ in their rescale (PET), voxels hold rescaled values; else stored ones with one rescale. */
function rescaleOf(opened: OpenSeries, frames: readonly number[]): Tone {
  const asStored = { slope: 1, intercept: 0 };
  const of = (frame: number): Rescale => opened.facts(frame)?.rescale ?? asStored;
  const first = of(frames[0] ?? 0);
  const isMixed = frames.some((frame) => {
    const { slope, intercept } = of(frame);
    return slope !== first.slope || intercept !== first.intercept;
  });
  return { isMixed, rescale: first, of: isMixed ? of : () => asStored };
}

function arrayLike({ samples }: Pixels, isMixed: boolean, length: number): VoxelArray {
  if (isMixed) return new Float32Array(length);
  if (samples instanceof Int8Array) return new Int8Array(length);
  if (samples instanceof Uint8Array) return new Uint8Array(length);
  return samples instanceof Int16Array ? new Int16Array(length) : new Uint16Array(length);
}

async function loadFrame(
  { opened, decoder, decimation, signal }: LoadOptions,
  index: number,
): Promise<Pixels> {
  const { source } = opened;
  const known = source.qualityOf(index) === 'full' ? source.get(index) : null;
  if (known !== null) return known;
  const level = Math.log2(decimation[0]);
  const lengths = opened.series.frames[index]?.lengths;
  const prefix = level === 0 ? undefined : lengths?.[lengths.length - 1 - level];
  const wish = { url: opened.frameUrl(index), accept: htj2kAccept, from: 0, to: prefix ?? null };
  const { bytes } = await fetchBytes(wish, signal);
  const part = prefix === undefined ? bytes : bytes.subarray(0, prefix);
  return decoder.decode({
    bytes: part,
    level,
    columns: null,
    rows: null,
    padding: null,
    urgent: false,
    signal,
  });
}
