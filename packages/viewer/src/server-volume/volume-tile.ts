// One view of the volume: a plane to scroll through, or the volume to turn. Draws the server's picture as it is and
// says where one is; knows nothing of the page around it.
import type { VolumeDescription } from '@yunying/api';
import { element, setText } from '../dom.ts';
import type { Point } from '../geometry/affine.ts';
import { lettersOf, opposite } from '../geometry/orientation.ts';
import { type GestureSink, Gestures } from '../input/gestures.ts';
import { type PictureMap, pictureMap } from './picture-map.ts';
import { type MarkBook, TileMarks } from './tile-marks.ts';
import { type PicturePlace, PictureTurn, type PlacedPicture, type VolumeClient } from './volume-client.ts';
import type { VolumeSay } from './words.ts';

export type TileName = 'axial' | 'coronal' | 'sagittal' | 'volume';
export const tileNames: readonly TileName[] = ['axial', 'coronal', 'sagittal', 'volume'];

/** What all views of the volume share. */
export type Look = {
  window: { center: number; width: number } | null;
  slabMm: number;
  mode: 'mip' | 'minip' | 'average';
  preset: string;
  phase: number;
  tool: 'browse' | 'length' | 'angle';
};

export type TileOptions = {
  client: VolumeClient;
  volume: VolumeDescription;
  look: Look;
  marks: MarkBook;
  say: VolumeSay;
};

const restMs = 180;
const firstMovingPx = 224;
const [leastMovingPx, mostMovingPx] = [112, 320];
/** A picture that is longer on its way than this makes the next ones smaller. */
const livelyMs = 200;
const degreesPerPixel = 0.6;

export class VolumeTile {
  readonly root: HTMLElement;
  readonly name: TileName;
  readonly #client: VolumeClient;
  readonly #say: VolumeSay;
  readonly #volume: VolumeDescription;
  readonly #picture: HTMLImageElement;
  readonly #stage: HTMLElement;
  readonly #count: HTMLElement;
  readonly #value: HTMLElement;
  readonly #note: HTMLElement;
  readonly #letters: Record<'top' | 'right' | 'bottom' | 'left', HTMLElement>;
  readonly #slider: HTMLInputElement;
  readonly #turn: PictureTurn;
  readonly #gestures: Gestures;
  readonly #marks: TileMarks;
  readonly #observer = new ResizeObserver(() => this.drawMarks());
  #look: Look;
  #index: number;
  #yaw = 0;
  #pitch = 0;
  #zoom = 1;
  #pan = { x: 0, y: 0 };
  #rest = 0;
  #movingPx = firstMovingPx;
  #scrolled = 0;
  #place: PicturePlace | null = null;
  #url = '';

  constructor(name: TileName, { client, volume, look, marks, say }: TileOptions) {
    this.name = name;
    this.#client = client;
    this.#say = say;
    this.#volume = volume;
    this.#look = look;
    this.#index = Math.floor((this.#planes - 1) / 2);
    this.#picture = element('img', { class: 'yv-sv-picture', alt: say(name), draggable: 'false' });
    this.#marks = new TileMarks(marks, () => this.#map());
    this.#stage = element(
      'div',
      { class: 'yv-sv-stage', 'data-tile': name },
      this.#picture,
      ...(name === 'volume' ? [] : [this.#marks.root]),
    );
    this.#picture.addEventListener('load', () => this.drawMarks());
    this.#observer.observe(this.#stage);
    this.#count = element('span', { class: 'yv-sv-count' });
    this.#value = element('span', { class: 'yv-sv-value', role: 'status' });
    this.#note = element('p', { class: 'yv-sv-note', role: 'alert', hidden: true });
    const letter = (side: string) => element('span', { class: `yv-sv-letter yv-sv-at-${side}` });
    this.#letters = {
      top: letter('top'),
      right: letter('right'),
      bottom: letter('bottom'),
      left: letter('left'),
    };
    this.#slider = element('input', {
      type: 'range',
      class: 'yv-sv-slider',
      min: '0',
      max: String(this.#planes - 1),
      value: String(this.#index),
      'aria-label': `${say(name)} ${say('position')}`,
      hidden: name === 'volume',
    });
    this.#slider.addEventListener('input', () => this.#show(Number(this.#slider.value)));
    const head = element('div', { class: 'yv-sv-head' }, element('span', {}, say(name)), this.#count);
    this.root = element(
      'section',
      { class: 'yv-sv-tile', 'data-tile': name, 'aria-label': say(name) },
      this.#stage,
      ...(name === 'volume' ? [] : Object.values(this.#letters)),
      head,
      this.#value,
      this.#note,
      this.#slider,
    );
    this.#turn = new PictureTurn(
      (query) => this.#load(query),
      (picture) => this.#draw(picture),
      (error) => this.#fail(error),
    );
    this.#gestures = new Gestures(this.#stage, this.#sink());
  }

  close(): void {
    window.clearTimeout(this.#rest);
    this.#gestures.stop();
    this.#observer.disconnect();
    URL.revokeObjectURL(this.#url);
  }

  set(look: Look): void {
    this.#marks.stroke.cancel();
    this.#look = look;
    this.#stage.dataset.tool = look.tool;
    this.refresh();
  }

  refresh(): void {
    this.#ask(false);
  }

  /** From the front again, fitted. */
  reset(): void {
    [this.#yaw, this.#pitch, this.#zoom] = [0, 0, 1];
    this.#pan = { x: 0, y: 0 };
    this.#fit();
    this.refresh();
  }

  /** By keys: planes onward, or degrees. */
  step(by: number, sideways = 0): void {
    if (this.name !== 'volume') {
      this.#show(this.#index + by + sideways);
      return;
    }
    this.#yaw += sideways * 15;
    this.#tip(by * 10);
    this.refresh();
  }

  drawMarks(): void {
    this.#marks.draw(this.#look.slabMm / 2);
  }

  /** Whether the finger measures on this view. */
  get #measures(): 'length' | 'angle' | null {
    return this.name === 'volume' || this.#look.tool === 'browse' ? null : this.#look.tool;
  }

  /** Between the stage and the patient; null while there is no picture. */
  #map(): PictureMap | null {
    if (this.#place === null) return null;
    const { naturalWidth: width, naturalHeight: height } = this.#picture;
    const box = this.#picture.getBoundingClientRect();
    const stage = this.#stage.getBoundingClientRect();
    const place = {
      left: box.left - stage.left,
      top: box.top - stage.top,
      width: box.width,
      height: box.height,
    };
    return pictureMap(this.#place, { width, height }, place);
  }

  get #planes(): number {
    return this.name === 'volume' ? 1 : this.#volume.planes[this.name].count;
  }

  #show(index: number): void {
    this.#marks.stroke.cancel();
    this.#index = Math.max(0, Math.min(this.#planes - 1, index));
    this.#slider.value = String(this.#index);
    setText(this.#value, '');
    this.#ask(false);
  }

  #tip(by: number): void {
    this.#pitch = Math.max(-90, Math.min(90, this.#pitch + by));
  }

  /** While a finger moves, small pictures; the sharp one when it rests. */
  #ask(isMoving: boolean): void {
    window.clearTimeout(this.#rest);
    if (isMoving) this.#rest = window.setTimeout(() => this.#ask(false), restMs);
    setText(this.#count, this.name === 'volume' ? '' : `${this.#index + 1} / ${this.#planes}`);
    this.#turn.want(this.#query(isMoving));
  }

  /** Turning stays lively on any line and any server: how long a small picture takes says how large the next may be. */
  async #load(query: string): Promise<PlacedPicture> {
    const began = performance.now();
    const picture = await this.#client.picture(query);
    if (query.includes(`size=${this.#movingPx}&quality=60`)) {
      const ms = performance.now() - began;
      const by = ms > livelyMs ? 0.75 : ms < livelyMs / 2 ? 1.2 : 1;
      this.#movingPx = Math.round(Math.min(mostMovingPx, Math.max(leastMovingPx, this.#movingPx * by)));
    }
    return picture;
  }

  #query(isMoving: boolean): string {
    const { window: voi, slabMm, mode, preset, phase } = this.#look;
    const box = this.#stage.getBoundingClientRect();
    const wanted = Math.min(box.width, box.height) * Math.min(2, window.devicePixelRatio || 1);
    const query = new URLSearchParams({ phase: String(phase) });
    if (this.name === 'volume') {
      query.set('preset', preset);
      query.set('yaw', (((this.#yaw % 360) + 360) % 360).toFixed(1));
      query.set('pitch', this.#pitch.toFixed(1));
      query.set('zoom', this.#zoom.toFixed(2));
      query.set('size', String(isMoving ? this.#movingPx : Math.round(Math.max(256, Math.min(640, wanted)))));
      query.set('quality', isMoving ? '60' : '85');
      return `/rotation?${query}`;
    }
    query.set('plane', this.name);
    query.set('index', String(this.#index));
    query.set('size', '512');
    if (voi !== null) query.set('window', `${voi.center},${voi.width}`);
    if (slabMm > 0) {
      query.set('slab', String(slabMm));
      query.set('mode', mode);
    }
    return `/plane?${query}`;
  }

  #draw({ blob, place }: PlacedPicture): void {
    const before = this.#url;
    this.#url = URL.createObjectURL(blob);
    this.#picture.src = this.#url;
    this.root.dataset.drawn = String(Number(this.root.dataset.drawn ?? '0') + 1);
    if (before !== '') window.setTimeout(() => URL.revokeObjectURL(before), 1000);
    this.#place = place;
    this.#note.hidden = true;
    if (place === null) return;
    const [right, bottom] = [lettersOf(place.orientation.slice(0, 3)), lettersOf(place.orientation.slice(3))];
    setText(this.#letters.right, right);
    setText(this.#letters.left, opposite(right));
    setText(this.#letters.bottom, bottom);
    setText(this.#letters.top, opposite(bottom));
  }

  #fail(error: unknown): void {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    const isOurs = error instanceof Error && error.message !== '' && !(error instanceof TypeError);
    setText(this.#note, isOurs ? error.message : this.#say('busy'));
    this.#note.hidden = false;
  }

  #fit(): void {
    const { x, y } = this.#pan;
    const scale = this.name === 'volume' ? 1 : this.#zoom;
    this.#picture.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    this.drawMarks();
  }

  #sink(): GestureSink {
    return {
      begin: (kind, at) => {
        this.#scrolled = 0;
        if (kind === 'primary' && this.#measures !== null) this.#marks.stroke.begin(this.#measures, at);
        return kind === 'primary';
      },
      move: (at, by) => {
        if (this.#measures === null) this.#drag(by);
        else this.#marks.stroke.move(at);
      },
      end: (at, wasTap) => {
        if (this.#measures === null) this.refresh();
        else this.#marks.stroke.end(at, wasTap);
      },
      cancel: () => this.#marks.stroke.cancel(),
      pinch: (_at, factor, by) => this.#pinch(factor, by),
      wheel: (_at, steps, zoom) => {
        if (zoom !== null || this.name === 'volume')
          this.#pinch(zoom ?? (steps > 0 ? 0.9 : 1.1), { x: 0, y: 0 });
        else this.#show(this.#index + steps);
      },
      hover: () => undefined,
      longPress: (at) => void this.#probe(at),
      longPressEnd: () => undefined,
      doubleTap: () => this.reset(),
    };
  }

  #drag(by: Point): void {
    if (this.name === 'volume') {
      this.#yaw += by.x * degreesPerPixel;
      this.#tip(-by.y * degreesPerPixel);
      this.#ask(true);
      return;
    }
    // The whole stack lies under four fifths of the view's height.
    const perPixel = Math.max(0.2, this.#planes / (this.#stage.clientHeight * 0.8));
    this.#scrolled += by.y * perPixel;
    const steps = Math.trunc(this.#scrolled);
    if (steps === 0) return;
    this.#scrolled -= steps;
    this.#show(this.#index + steps);
  }

  #pinch(factor: number, by: Point): void {
    const [least, most] = this.name === 'volume' ? [0.6, 4] : [1, 6];
    this.#zoom = Math.max(least, Math.min(most, this.#zoom * factor));
    if (this.name === 'volume') {
      this.#ask(true);
      return;
    }
    this.#pan = this.#zoom === 1 ? { x: 0, y: 0 } : { x: this.#pan.x + by.x, y: this.#pan.y + by.y };
    this.#fit();
  }

  /** The value where the finger is held, asked of the volume itself and not of the picture. */
  async #probe(at: Point): Promise<void> {
    const point = this.#map()?.toPatient(at);
    if (point === undefined) return;
    try {
      const { value, unit, suv, reduced } = await this.#client.probe(point, this.#look.phase);
      if (value === null) setText(this.#value, this.#say('outside'));
      // Averaged voxels are no measurement (quality rules): nothing is said of them.
      else if (reduced) setText(this.#value, this.#say('reduced'));
      else if (suv !== null) setText(this.#value, `SUV ${suv.toFixed(2)}`);
      else setText(this.#value, `${Math.round(value)}\u2009${unit}`.trim());
    } catch (error) {
      this.#fail(error);
    }
  }
}
