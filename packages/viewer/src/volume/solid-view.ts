// The solid view: turn with one finger or the left button, wheel or pinch to zoom, a box that clips, a scalpel that
// cuts. Drawn coarser while it turns, as coarse as keeps it lively on this device, and sharp when it rests.
import { add, apply, applyDirection, invert, length, scale, subtract, type Vec3 } from '@yunying/volume';
import { element, setText, svg } from '../dom.ts';
import type { Point, Size } from '../geometry/affine.ts';
import { lettersOf, opposite } from '../geometry/orientation.ts';
import { Gestures } from '../input/gestures.ts';
import type { Range } from '../voi/window.ts';
import { RayCaster, type RayView } from './ray-caster.ts';
import type { Scene } from './scene.ts';
import { type Projection, Removed } from './solid-cut.ts';
import { SolidGestures } from './solid-gestures.ts';
import {
  opacityTable,
  presetRange,
  presetsFor,
  type SolidPreset,
  spreadOf,
  visibleBytes,
} from './solid-presets.ts';
import { fillSolid, type SolidGrid, solidGrid } from './solid-voxels.ts';
import { distance, stepsOf, unit } from './space.ts';
import type { VolumeSay } from './volume-text.ts';

export type SolidHost = {
  scene: Scene;
  say: VolumeSay;
  textureVoxels: number;
  badge(): string;
  enlarge(view: SolidView): void;
  /** A polygon was drawn: which side goes? */
  askCut(view: SolidView, polygon: Point[]): void;
  lost(): void;
};

/** Directions of the view in the patient: to the right of the screen, down it, and away from the reader. */
export type SolidTurn = { right: Vec3; down: Vec3; forward: Vec3 };
export const frontTurn: SolidTurn = { right: [1, 0, 0], down: [0, 0, -1], forward: [0, 1, 0] };

/** Shares of the grid that are shown, low and high, for its three directions. */
export type ClipBox = readonly [Range, Range, Range];
const wholeBox: ClipBox = [
  { lower: 0, upper: 1 },
  { lower: 0, upper: 1 },
  { lower: 0, upper: 1 },
];

const softwareVoxels = 6_000_000;
const livelyMs = 70;

export class SolidView {
  readonly root: HTMLElement;
  readonly stage = element('div', { class: 'yv-stage yv-solid-stage' });
  readonly canvas = element('canvas', { class: 'yv-canvas' });
  readonly host: SolidHost;
  readonly caster: RayCaster;
  readonly #text = element('div', { class: 'yv-corner yv-tl' });
  readonly #badge = element('div', { class: 'yv-badge' });
  readonly #drawing = svg('svg', { class: 'yv-drawing', 'aria-hidden': 'true' });
  readonly #letters = ['top', 'bottom', 'left', 'right'].map((side) =>
    element('div', { class: `yv-letter yv-letter-${side}${side === 'right' ? ' yv-letter-edge' : ''}` }),
  );
  readonly #gestures: Gestures;
  readonly #stops: (() => void)[] = [];
  #preset: SolidPreset;
  #turn: SolidTurn = frontTurn;
  #zoom = 1;
  #pan: Vec3 = [0, 0, 0];
  #box: ClipBox = wholeBox;
  #grid: SolidGrid | null = null;
  #removed = new Removed([1, 1, 1]);
  #filled = '';
  #spread: Range | null = null;
  #frame = 0;
  #factor = 0.5;
  #drawnKey = '';
  #cuts = 0;
  #visible = { low: 1, high: 255 };

  /** Throws where there is no WebGL 2. */
  constructor(host: SolidHost) {
    this.host = host;
    this.caster = new RayCaster(this.canvas);
    this.#preset = presetsFor(host.scene.base.modality)[0] ?? presetsFor(null)[0] ?? failNoPreset();
    this.stage.append(this.canvas);
    const corner = element('div', { class: 'yv-corner yv-br yv-corner-edge' }, this.#badge);
    const over = element('div', { class: 'yv-overlay' }, this.#drawing, this.#text, corner, ...this.#letters);
    const holder = { class: 'yv-pane yv-solid', role: 'group', 'aria-label': host.say('solid') };
    this.root = element('div', holder, this.stage, over);
    this.#gestures = new Gestures(this.stage, new SolidGestures(this));
    const observer = new ResizeObserver(() => this.refresh());
    observer.observe(this.stage);
    const lost = (event: Event) => {
      event.preventDefault();
      host.lost();
    };
    this.canvas.addEventListener('webglcontextlost', lost);
    this.#stops.push(
      host.scene.watch(() => this.refresh()),
      () => observer.disconnect(),
      () => this.canvas.removeEventListener('webglcontextlost', lost),
    );
  }

  get preset(): SolidPreset {
    return this.#preset;
  }
  get turn(): SolidTurn {
    return this.#turn;
  }
  get box(): ClipBox {
    return this.#box;
  }
  get canUndo(): boolean {
    return this.#removed.canUndo;
  }
  get size(): Size {
    return { width: Math.max(1, this.stage.clientWidth), height: Math.max(1, this.stage.clientHeight) };
  }
  get mmPerPixel(): number {
    const { voxels } = this.host.scene.base;
    const reach = Math.max(...voxels.corners.map((corner) => distance(corner, voxels.centre)));
    return (reach * 1.7) / Math.min(this.size.width, this.size.height) / this.#zoom;
  }

  pickPreset(preset: SolidPreset): void {
    this.#preset = preset;
    this.refresh();
  }
  setTurn(turn: SolidTurn): void {
    this.#turn = turn;
    this.host.scene.moving();
    this.refresh();
  }
  setBox(box: ClipBox): void {
    this.#box = box;
    this.host.scene.moving();
    this.refresh();
  }
  zoomBy(factor: number): void {
    this.#zoom = Math.min(20, Math.max(0.2, this.#zoom * factor));
    this.host.scene.moving();
    this.refresh();
  }
  panBy(by: Point): void {
    const { right, down } = this.#turn;
    const moved = add(scale(right, -by.x * this.mmPerPixel), scale(down, -by.y * this.mmPerPixel));
    this.#pan = add(this.#pan, moved);
    this.host.scene.moving();
    this.refresh();
  }
  reset(): void {
    this.#turn = frontTurn;
    this.#zoom = 1;
    this.#pan = [0, 0, 0];
    this.#box = wholeBox;
    this.refresh();
  }

  drawLoop(points: readonly Point[]): void {
    const line = points.map(({ x, y }) => `${x},${y}`).join(' ');
    this.#drawing.replaceChildren(
      ...(points.length < 2 ? [] : [svg('polygon', { class: 'yv-loop', points: line })]),
    );
  }

  cut(polygon: readonly Point[], side: 'inside' | 'outside'): void {
    const grid = this.#grid;
    if (grid === null) return;
    this.#removed.cut(polygon, this.size, this.projection(grid), side);
    this.#cuts += 1;
    this.refresh();
  }
  undoCut(all: boolean): void {
    if (all) this.#removed.clear();
    else this.#removed.undo();
    this.#cuts += 1;
    this.refresh();
  }

  /** The base series is another one now, or has got its missing slices. */
  renew(): void {
    this.#grid = null;
    this.#spread = null;
    this.#preset = presetsFor(this.host.scene.base.modality)[0] ?? this.#preset;
    this.refresh();
  }

  refresh(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      if (!this.root.hidden && this.stage.clientWidth > 1) this.#draw();
    });
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#gestures.stop();
    for (const stop of this.#stops) stop();
    this.caster.close();
    this.root.remove();
  }

  projection({ toPatient }: Pick<SolidGrid, 'toPatient'>): Projection {
    const { x, y, z, origin } = stepsOf(toPatient);
    const middle = this.#middle();
    const row = (direction: Vec3, half: number) => {
      const part = (step: Vec3) =>
        (step[0] * direction[0] + step[1] * direction[1] + step[2] * direction[2]) / this.mmPerPixel;
      return [part(x), part(y), part(z), part(subtract(origin, middle)) + half] as const;
    };
    const { width, height } = this.size;
    return { x: row(this.#turn.right, width / 2), y: row(this.#turn.down, height / 2) };
  }

  #middle(): Vec3 {
    return add(this.host.scene.base.voxels.centre, this.#pan);
  }

  #fill(): SolidGrid | null {
    const { scene, textureVoxels } = this.host;
    const { base } = scene;
    // Before the last slice is there, planes have the machine to themselves.
    if (!base.voxels.isComplete) return null;
    const most = this.caster.isSoftware ? Math.min(textureVoxels, softwareVoxels) : textureVoxels;
    if (this.#grid === null) {
      this.#grid = solidGrid(base, most, this.caster.limit);
      this.caster.allocate(this.#grid.dims);
      this.#removed = new Removed([...this.#grid.dims] as [number, number, number]);
      this.#filled = '';
    }
    const key = `${this.#preset.name} ${this.#cuts}`;
    if (key !== this.#filled) {
      this.#filled = key;
      this.#spread ??= spreadOf(base.voxels.array, (stored) => base.voxels.valueOf(stored) * base.factor);
      const range = presetRange(this.#preset, this.#spread);
      fillSolid(this.caster, base, this.#grid, range, this.#removed);
      const table = opacityTable(this.#preset);
      this.#visible = visibleBytes(table);
      this.caster.table(table);
    }
    return this.#grid;
  }

  #draw(): void {
    const { scene, say } = this.host;
    const grid = this.#fill();
    setText(this.#text, `${say('solid')}  ${say.solid(this.#preset.name)}`);
    setText(this.#badge, this.host.badge());
    this.#badge.hidden = this.host.badge() === '';
    this.stage.dataset.tool = scene.state.tool === 'cut' ? 'cut' : 'turn';
    const [right, down] = [lettersOf(this.#turn.right), lettersOf(this.#turn.down)];
    for (const [at, text] of [opposite(down), down, opposite(right), right].entries()) {
      const letter = this.#letters[at];
      if (letter !== undefined) setText(letter, text);
    }
    if (grid === null) return;
    const sharp = Math.min(window.devicePixelRatio || 1, this.caster.isSoftware ? 1 : 1.5);
    const factor = scene.isMoving ? Math.min(this.#factor, sharp) : sharp;
    const view = this.#view(grid, factor, scene.isMoving);
    // Other views' changes cost nothing here.
    const key = `${this.#filled} ${JSON.stringify(view)}`;
    if (key === this.#drawnKey) return;
    this.#drawnKey = key;
    const ms = this.caster.draw(view);
    if (scene.isMoving) {
      if (ms > livelyMs) this.#factor = Math.max(0.15, this.#factor * 0.8);
      else if (ms < livelyMs / 2) this.#factor = Math.min(sharp, this.#factor * 1.15);
    }
    this.stage.dataset.drawn = scene.isMoving ? 'coarse' : 'sharp';
  }

  #view({ dims, toPatient }: SolidGrid, factor: number, isMoving: boolean): RayView {
    const { width, height } = this.size;
    const toIndex = invert(toPatient);
    const [nx, ny, nz] = dims;
    const share = ([x, y, z]: Vec3): Vec3 => [x / nx, y / ny, z / nz];
    const place = ([x, y, z]: Vec3): Vec3 => share([x + 0.5, y + 0.5, z + 0.5]);
    const pixels = {
      width: Math.max(1, Math.round(width * factor)),
      height: Math.max(1, Math.round(height * factor)),
    };
    const across = (this.mmPerPixel * width) / pixels.width;
    const tall = (this.mmPerPixel * height) / pixels.height;
    const { right, down, forward } = this.#turn;
    const way = (direction: Vec3, mm: number): Vec3 => share(applyDirection(toIndex, scale(direction, mm)));
    const steps = stepsOf(toPatient);
    const spacing = [length(steps.x), length(steps.y), length(steps.z)];
    const finest = Math.min(...spacing);
    const mean = (spacing[0] ?? 1) * 0.5 + (spacing[2] ?? 1) * 0.5;
    // Gradient of texture shares -> of millimetres: the transposed way from mm to shares.
    const columns = [way([1, 0, 0], 1), way([0, 1, 0], 1), way([0, 0, 1], 1)];
    const rows = [0, 1, 2].flatMap((axis) => columns.map((column) => column[axis] ?? 0));
    return {
      ...pixels,
      centre: place(apply(toIndex, this.#middle())),
      right: way(right, across),
      down: way(down, tall),
      forward: way(forward, 1),
      toPatient: rows,
      eye: unit(forward),
      low: [this.#box[0].lower, this.#box[1].lower, this.#box[2].lower],
      high: [this.#box[0].upper, this.#box[1].upper, this.#box[2].upper],
      stepMm: isMoving ? finest : Math.max(finest * 0.5, 0.05),
      unitMm: Math.max(mean, 0.4),
      isMip: this.#preset.mode === 'mip',
      light: [this.#preset.ambient, this.#preset.diffuse, this.#preset.specular],
      visible: this.#visible,
    };
  }
}

function failNoPreset(): never {
  throw new Error('there is no way to draw a solid');
}
