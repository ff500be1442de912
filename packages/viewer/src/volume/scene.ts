// What a reconstruction shows, in one place: the cross, the axes, window, slab, colours, path and marks. Views read it
// and change it through set(); they hear of every change once per animation frame.
import type { Slab, SuvRefusal, Vec3 } from '@yunying/volume';
import type { ColourMapName } from '../colour/colour-maps.ts';
import type { SpaceMark } from '../geometry/space-mark.ts';
import type { Voi } from '../types.ts';
import type { Range } from '../voi/window.ts';
import { voiRange } from '../voi/window.ts';
import { type Axes, type PlaneName, straightAxes } from './planes.ts';
import type { Voxels } from './voxels.ts';

export type VolumeTool = 'cross' | 'scroll' | 'window' | 'pan' | 'zoom' | 'length' | 'angle' | 'path' | 'cut';

/** Voxels with what their values mean: shown = (stored × slope + intercept) × factor. */
export type VolumeLayer = {
  voxels: Voxels;
  modality: string | null;
  unit: string;
  factor: number;
  /** Why PET values are not SUV. */
  noSuv: SuvRefusal | null;
  isLightFirst: boolean;
};

export type SceneState = {
  cross: Vec3;
  axes: Axes;
  voi: Voi;
  slab: Slab;
  tool: VolumeTool;
  map: ColourMapName;
  fusion: { blend: number; map: ColourMapName; voi: Voi } | null;
  path: { plane: PlaneName; normal: Vec3; points: readonly Vec3[]; isDone: boolean } | null;
  /** mm across the curve. */
  pathSlab: Slab;
  marks: readonly SpaceMark[];
  showsCross: boolean;
};

export class Scene {
  base: VolumeLayer;
  overlay: VolumeLayer | null = null;
  readonly start: SceneState;
  #state: SceneState;
  readonly #listeners = new Set<(before: SceneState) => void>();
  #isMoving = false;
  #rest = 0;

  constructor(base: VolumeLayer, voi: Voi) {
    this.base = base;
    this.start = {
      cross: base.voxels.centre,
      axes: straightAxes,
      voi,
      slab: { mode: 'mip', thicknessMm: 0 },
      tool: 'cross',
      map: 'grey',
      fusion: null,
      path: null,
      pathSlab: { mode: 'average', thicknessMm: 0 },
      marks: [],
      showsCross: true,
    };
    this.#state = this.start;
  }

  get state(): SceneState {
    return this.#state;
  }

  /** While something is dragged, views may draw coarser. */
  get isMoving(): boolean {
    return this.#isMoving;
  }

  set(change: Partial<SceneState>): void {
    const before = this.#state;
    this.#state = { ...before, ...change };
    this.tell(before);
  }

  move(change: Partial<SceneState>): void {
    this.moving();
    this.set(change);
  }

  moving(): void {
    this.#isMoving = true;
    window.clearTimeout(this.#rest);
    this.#rest = window.setTimeout(() => {
      this.#isMoving = false;
      this.tell(this.#state);
    }, 180);
  }

  tell(before: SceneState = this.#state): void {
    for (const listener of this.#listeners) listener(before);
  }

  watch(listener: (before: SceneState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    window.clearTimeout(this.#rest);
    this.#listeners.clear();
  }
}

/** A window of shown values, in stored values. */
export function storedRange({ voxels, factor, isLightFirst }: VolumeLayer, voi: Voi): Range {
  const { lower, upper } = voiRange(voi, Math.abs(factor) === 1 ? 'LINEAR' : 'LINEAR_EXACT');
  const { slope, intercept } = voxels.rescale;
  const back = (value: number) => (value / factor - intercept) / (slope === 0 ? 1 : slope);
  const range = { lower: back(lower), upper: back(upper) };
  return isLightFirst ? { lower: range.upper, upper: range.lower } : range;
}

export function shownAt(layer: VolumeLayer, point: Vec3): number | null {
  const value = layer.voxels.valueAt(point);
  return value === null ? null : value * layer.factor;
}

/** mm that one voxel leaves open when something is measured in a reduced volume. */
export function measureError({ voxels }: VolumeLayer): number {
  return voxels.isReduced ? Math.max(...voxels.spacing) : 0;
}
