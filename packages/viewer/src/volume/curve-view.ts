// The curved reconstruction: the sheet on the path, straightened. Lengths along its columns and rows are millimetres;
// oblique ones on a bent sheet are not, so nothing is measured here.
import { scale } from '@yunying/volume';
import { colourTable } from '../colour/colour-maps.ts';
import { element, setText } from '../dom.ts';
import { curvedSheet, pathLength, type Sheet } from './curve.ts';
import { paintPlane } from './paint.ts';
import { type Scene, storedRange } from './scene.ts';
import type { VolumeSay } from './volume-text.ts';

export class CurveView {
  readonly root: HTMLElement;
  readonly canvas = element('canvas', { class: 'yv-curve-canvas' });
  readonly #stage: HTMLElement;
  readonly #scene: Scene;
  readonly #say: VolumeSay;
  readonly #text = element('div', { class: 'yv-corner yv-tl' });
  readonly #hint = element('p', { class: 'yv-empty' });
  readonly #stops: (() => void)[] = [];
  #frame = 0;
  #key = '';
  #sheet: Sheet | null = null;

  constructor(scene: Scene, say: VolumeSay) {
    this.#scene = scene;
    this.#say = say;
    this.#stage = element('div', { class: 'yv-stage yv-curve-stage' }, this.canvas, this.#hint);
    const over = element('div', { class: 'yv-overlay' }, this.#text);
    const holder = { class: 'yv-pane yv-curve', role: 'group', 'aria-label': say('curve') };
    this.root = element('div', holder, this.#stage, over);
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const { pathSlab } = scene.state;
      const thicknessMm = Math.min(60, Math.max(0, pathSlab.thicknessMm - Math.sign(event.deltaY)));
      scene.set({ pathSlab: { ...pathSlab, thicknessMm } });
    };
    this.#stage.addEventListener('wheel', wheel, { passive: false });
    const observer = new ResizeObserver(() => this.refresh());
    observer.observe(this.#stage);
    this.#stops.push(
      scene.watch(() => this.refresh()),
      () => observer.disconnect(),
    );
  }

  refresh(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      if (!this.root.hidden) this.#draw();
    });
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    for (const stop of this.#stops) stop();
    this.canvas.width = 1;
    this.canvas.height = 1;
    this.root.remove();
  }

  #draw(): void {
    const say = this.#say;
    const { path, pathSlab, voi, map } = this.#scene.state;
    const { base } = this.#scene;
    const sheetKey = JSON.stringify([path?.points, pathSlab, base.voxels.version]);
    if (sheetKey !== this.#key) {
      this.#key = sheetKey;
      const stepMm = Math.max(0.2, Math.min(...base.voxels.spacing));
      // Down the screen is towards the feet for a path on an axial plane.
      const down = path === null ? null : path.plane === 'axial' ? scale(path.normal, -1) : path.normal;
      this.#sheet =
        path === null || down === null
          ? null
          : curvedSheet(base.voxels, path.points, down, { stepMm, slab: pathSlab });
    }
    const sheet = this.#sheet;
    this.canvas.hidden = sheet === null;
    this.#hint.hidden = sheet !== null;
    setText(this.#hint, `${say('pathNone')}。${say('pathHint')}`);
    if (sheet === null) {
      setText(this.#text, say('curve'));
      return;
    }
    const thick =
      pathSlab.thicknessMm > 0 ? `  ${say(`${pathSlab.mode}Short`)} ${pathSlab.thicknessMm}\u2009mm` : '';
    setText(this.#text, `${say('curve')}  ${pathLength(sheet.points).toFixed(0)}\u2009mm${thick}`);
    const rgba = new Uint32Array(sheet.width * sheet.height);
    paintPlane({ values: sheet.values, range: storedRange(base, voi), table: colourTable(map) }, rgba);
    this.canvas.width = sheet.width;
    this.canvas.height = sheet.height;
    const room = this.#stage.getBoundingClientRect();
    const factor = Math.min(room.width / sheet.width, room.height / sheet.height) || 1;
    this.canvas.style.width = `${sheet.width * factor}px`;
    this.canvas.style.height = `${sheet.height * factor}px`;
    const picture = new ImageData(new Uint8ClampedArray(rgba.buffer), sheet.width, sheet.height);
    this.canvas.getContext('2d', { alpha: false })?.putImageData(picture, 0, 0);
  }
}
