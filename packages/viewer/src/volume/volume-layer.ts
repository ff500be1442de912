// From an open series to voxels with a meaning: geometry first (refused with its reason), then how coarse, then the
// slices. PET gets SUV where its header allows.
import { type VolumeGeometry, type VolumeRefusal, volumeGeometry } from '@yunying/volume';
import type { Decoder } from '../frames/decoder.ts';
import type { OpenSeries } from '../pane/open-series.ts';
import type { Voi } from '../types.ts';
import { loadVoxels } from './load-voxels.ts';
import type { VolumeLayer } from './scene.ts';
import { spreadOf } from './solid-presets.ts';
import { readSuv } from './suv.ts';
import { chooseDecimation } from './volume-budget.ts';

export type LayerProblem =
  | { kind: 'geometry'; reason: VolumeRefusal }
  | { kind: 'colours' | 'metadata' | 'too-big' | 'failed' };

export class LayerError extends Error {
  readonly problem: LayerProblem;
  constructor(problem: LayerProblem) {
    super(problem.kind === 'geometry' ? problem.reason : problem.kind);
    this.name = 'LayerError';
    this.problem = problem;
  }
}

export type LayerOptions = {
  opened: OpenSeries;
  decoder: Decoder;
  concurrency: number;
  voxelBytes: number;
  signal: AbortSignal;
  onStart(layer: VolumeLayer, geometry: VolumeGeometry): void;
  onSlice(): void;
};

/** Throws LayerError; resolves when every slice has come. */
export async function loadLayer(options: LayerOptions): Promise<void> {
  const { opened, signal } = options;
  const geometry = await geometryOf(opened, signal);
  const { columns, rows, slices } = geometry;
  const bytes = isMixed(opened) ? 4 : 2;
  const decimation = chooseDecimation([columns, rows, slices], bytes, options.voxelBytes);
  if (decimation === null) throw new LayerError({ kind: 'too-big' });
  const { decoder, concurrency, onSlice } = options;
  try {
    await loadVoxels({
      opened,
      decoder,
      geometry,
      decimation,
      concurrency,
      signal,
      onStart: (voxels) => options.onStart({ voxels, ...meaningOf(opened, geometry) }, geometry),
      onSlice,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new LayerError({ kind: 'failed' });
  }
}

async function geometryOf(opened: OpenSeries, signal: AbortSignal): Promise<VolumeGeometry> {
  await metadataOf(opened, signal);
  const places = opened.series.frames.map((_, index) => {
    const facts = opened.facts(index);
    return {
      rows: facts?.rows ?? 0,
      columns: facts?.columns ?? 0,
      position: facts?.imagePosition ?? null,
      orientation: facts?.imageOrientation ?? null,
      pixelSpacing: facts?.spacing.pixelSpacing ?? null,
    };
  });
  const photometric = opened.facts(0)?.photometricInterpretation ?? '';
  if (!photometric.startsWith('MONOCHROME')) throw new LayerError({ kind: 'colours' });
  const result = volumeGeometry(places);
  if (!result.ok) throw new LayerError({ kind: 'geometry', reason: result.reason });
  return result.geometry;
}

function metadataOf(opened: OpenSeries, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (opened.metadataState === 'loading') return;
      opened.listeners.delete(listener);
      if (opened.metadataState === 'ready') resolve();
      else reject(new LayerError({ kind: 'metadata' }));
    };
    const listener = { onFrame: () => undefined, onError: () => undefined, onMetadata: look };
    opened.listeners.add(listener);
    signal.addEventListener('abort', () => {
      opened.listeners.delete(listener);
      reject(signal.reason);
    });
    look();
  });
}

function isMixed(opened: OpenSeries): boolean {
  const first = opened.facts(0)?.rescale;
  return opened.series.frames.some((_, index) => {
    const rescale = opened.facts(index)?.rescale;
    return rescale?.slope !== first?.slope || rescale?.intercept !== first?.intercept;
  });
}

function meaningOf(opened: OpenSeries, { layers }: VolumeGeometry): Omit<VolumeLayer, 'voxels'> {
  const middle = layers[Math.floor(layers.length / 2)]?.a ?? 0;
  const facts = opened.facts(middle);
  const modality = opened.series.modality;
  const isLightFirst = facts?.photometricInterpretation === 'MONOCHROME1';
  const plain = { modality, unit: facts?.unit ?? '', factor: 1, noSuv: null, isLightFirst };
  if (modality !== 'PT') return plain;
  const suv = readSuv(opened.instances());
  return suv.ok ? { ...plain, unit: 'SUVbw', factor: suv.factor } : { ...plain, noSuv: suv.reason };
}

/** The window a volume opens with: the object's own; SUV 0–10; else its spread. */
export function firstVoi(opened: OpenSeries, layer: VolumeLayer): Voi {
  if (layer.unit === 'SUVbw') return { center: 5, width: 10 };
  const middle = Math.floor(opened.count / 2);
  const own = opened.facts(middle)?.windows[0] ?? opened.series.windows[0];
  if (own !== undefined && layer.modality !== 'PT') return { center: own.center, width: own.width };
  return spreadVoi(layer);
}

export function spreadVoi({ voxels, factor }: VolumeLayer): Voi {
  const { lower, upper } = spreadOf(voxels.array, (stored) => voxels.valueOf(stored) * factor);
  return { center: (lower + upper) / 2, width: Math.max(upper - lower, 1e-3) };
}
