// One plane of the reconstruction: cut from the voxels on this page's thread at the size of the viewport, coarser while
// something moves if the device is slow. Needs no graphics card, so it works wherever numbers do.
import type { Cut, Vec3 } from '@yunying/volume';
import { colourTable } from '../colour/colour-maps.ts';
import { element } from '../dom.ts';
import type { Point, Size } from '../geometry/affine.ts';
import { Gestures } from '../input/gestures.ts';
import { paintOver, paintPlane } from './paint.ts';
import { PlaneGestures } from './plane-gestures.ts';
import { PlaneOverlay } from './plane-overlay.ts';
import { directionsOf, fitLook, type Lens, type Look, lensOf, type PlaneName, planeOf } from './planes.ts';
import { reslice } from './reslice.ts';
import { type Scene, storedRange, type VolumeLayer } from './scene.ts';
import type { VolumeSay } from './volume-text.ts';

export type PlaneHost = {
  scene: Scene;
  say: VolumeSay;
  /** What is said of the picture's quality, in amber. */
  badge(): string;
  enlarge(view: PlaneView): void;
  drawn(): void;
  note(text: string): void;
};

const mostPixels = 1_200_000;
const smoothMs = 28;

export class PlaneView {
  readonly name: PlaneName;
  readonly root: HTMLElement;
  readonly stage = element('div', { class: 'yv-stage' });
  readonly canvas = element('canvas', { class: 'yv-canvas' });
  readonly host: PlaneHost;
  readonly #overlay = new PlaneOverlay();
  readonly #gestures: Gestures;
  readonly #stops: (() => void)[] = [];
  #look: Look | null = null;
  #frame = 0;
  #pointer: Point | null = null;
  #drawing: readonly Vec3[] | null = null;
  #drawnKey = '';
  #coarse = 1;
  #values = new Float32Array(0);
  #over = new Float32Array(0);

  constructor(name: PlaneName, host: PlaneHost) {
    this.name = name;
    this.host = host;
    this.stage.append(this.canvas);
    const label = host.say(name);
    const holder = { class: 'yv-pane yv-plane', role: 'group', 'aria-label': label, 'data-plane': name };
    this.root = element('div', holder, this.stage, this.#overlay.root);
    this.#gestures = new Gestures(this.stage, new PlaneGestures(this));
    const observer = new ResizeObserver(() => this.refresh());
    observer.observe(this.stage);
    this.#stops.push(
      host.scene.watch(() => this.refresh()),
      () => observer.disconnect(),
    );
  }

  get size(): Size {
    return { width: Math.max(1, this.stage.clientWidth), height: Math.max(1, this.stage.clientHeight) };
  }
  get look(): Look {
    this.#look ??= this.#fit();
    return this.#look;
  }
  get lens(): Lens {
    const { axes, cross } = this.host.scene.state;
    return lensOf(directionsOf(axes, this.name), this.look, cross, this.size);
  }

  setLook(look: Look | null): void {
    this.#look = look;
    this.host.scene.moving();
    this.refresh();
  }
  point(at: Point | null): void {
    this.#pointer = at;
    this.refresh();
  }
  draft(points: readonly Vec3[] | null): void {
    this.#drawing = points;
    this.refresh();
  }

  refresh(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.root.hidden || this.stage.clientWidth < 2) return;
      this.#draw();
    });
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#gestures.stop();
    for (const stop of this.#stops) stop();
    this.canvas.width = 1;
    this.canvas.height = 1;
    this.root.remove();
  }

  #fit(): Look {
    const { scene } = this.host;
    const { voxels } = scene.base;
    return fitLook(voxels.corners, voxels.centre, directionsOf(scene.state.axes, this.name), this.size);
  }

  #draw(): void {
    const { scene, say } = this.host;
    // Before the first look was made by hand, the whole grid is in view whatever the size.
    const lens = this.lens;
    this.stage.dataset.tool = scene.state.tool;
    this.#paint(lens);
    this.#overlay.draw({
      scene,
      name: this.name,
      lens,
      size: this.size,
      pointer: this.#pointer,
      badge: this.host.badge(),
      drawing: this.#drawing,
      say,
    });
    this.host.drawn();
  }

  #paint(lens: Lens): void {
    const { scene } = this.host;
    const { size } = this;
    const sharp = Math.min(window.devicePixelRatio || 1, 2);
    const whole = Math.min(sharp, Math.sqrt(mostPixels / (size.width * size.height)));
    const factor = scene.isMoving ? whole / this.#coarse : whole;
    const plane = planeOf(lens, size, factor);
    const { voi, slab, map, fusion } = scene.state;
    const key = JSON.stringify([
      plane,
      voi,
      slab,
      map,
      fusion,
      scene.base.voxels.version,
      scene.base.factor,
      scene.overlay?.voxels.version,
    ]);
    if (key === this.#drawnKey) return;
    this.#drawnKey = key;
    const began = performance.now();
    const count = plane.width * plane.height;
    if (this.#values.length !== count) this.#values = new Float32Array(count);
    const rgba = new Uint32Array(count);
    this.#layer(scene.base, plane, this.#values);
    paintPlane({ values: this.#values, range: storedRange(scene.base, voi), table: colourTable(map) }, rgba);
    if (fusion !== null && scene.overlay !== null) {
      if (this.#over.length !== count) this.#over = new Float32Array(count);
      this.#layer(scene.overlay, plane, this.#over);
      const range = storedRange(scene.overlay, fusion.voi);
      paintOver({ values: this.#over, range, table: colourTable(fusion.map) }, fusion.blend, rgba);
    }
    if (this.canvas.width !== plane.width) this.canvas.width = plane.width;
    if (this.canvas.height !== plane.height) this.canvas.height = plane.height;
    const picture = new ImageData(new Uint8ClampedArray(rgba.buffer), plane.width, plane.height);
    this.canvas.getContext('2d', { alpha: false })?.putImageData(picture, 0, 0);
    if (scene.isMoving) this.#adapt(performance.now() - began);
  }

  #layer({ voxels }: VolumeLayer, plane: Cut, out: Float32Array): void {
    const { scene } = this.host;
    reslice(voxels, plane, scene.state.slab, out, scene.isMoving ? this.#coarse : 1);
  }

  #adapt(ms: number): void {
    if (ms > smoothMs) this.#coarse = Math.min(4, this.#coarse * 1.3);
    else if (ms < smoothMs / 3) this.#coarse = Math.max(1, this.#coarse / 1.15);
  }
}
