// One viewport: a series, a frame, how it is presented, and everything drawn of it. It owns this state; the room and
// the screens change it through show() and set() and hear of changes by events.
import { element } from '../dom.ts';
import {
  mirror,
  type Plane,
  type Point,
  type Size,
  turnRight,
  upend,
  type ViewTransform,
  viewTransform,
  zoomAt,
} from '../geometry/affine.ts';
import type { FrameFacts } from '../geometry/frame-facts.ts';
import type { Measurement } from '../geometry/measurement.ts';
import { edgeLetters, imageDirections } from '../geometry/orientation.ts';
import { chooseSpacing, type Spacing, spacingAt } from '../geometry/spacing.ts';
import { Gestures } from '../input/gestures.ts';
import { type KindView, openKindView } from '../kinds/kind-view.ts';
import { PaneLayers } from '../nuclear/pane-layers.ts';
import type { Say } from '../text.ts';
import type { Language, PaneState, Presentation, Quality, ReadingEvent, ToolName, Voi } from '../types.ts';
import { initialSpeed, makeCine } from './cine.ts';
import { type CineMode, type CineTiming, modeOf, seriesTiming } from './cine-timing.ts';
import { cornerText } from './corner-text.ts';
import { markFrame } from './frame-marks.ts';
import { makeLoupe } from './loupe.ts';
import { makeAsk, type Question } from './measure-ask.ts';
import { MeasureStrokes } from './measure-strokes.ts';
import { type MeasureFacts, measureLines } from './measure-text.ts';
import type { Measurements } from './measurements.ts';
import type { OpenSeries, SeriesListener } from './open-series.ts';
import { makeOverlay } from './overlay.ts';
import { showPages } from './pages.ts';
import { PaneGestures } from './pane-gestures.ts';
import { initialPresentation } from './presentation.ts';
import { badgeOf, readoutAt } from './readout.ts';
import { makeScrub } from './scrub.ts';
import type { OpenSurface, Surface } from './surface.ts';
import { toneOf, voiOf } from './tone-of.ts';
import { viewCode } from './view-code.ts';
import { type Look, WornLook } from './worn-look.ts';

export type PaneHost = {
  language: Language;
  screen: 'phone' | 'desktop';
  say: Say;
  measurements: Measurements;
  openSurface: OpenSurface;
  tool(): ToolName;
  activate(pane: Pane): void;
  /** Something the toolbar shows may have changed. */
  changed(pane: Pane): void;
  emit(event: ReadingEvent): void;
  numberOf(pane: Pane): number;
  enlarge(pane: Pane): void;
  /** The viewport drew itself anew. */
  drawn(pane: Pane): void;
  /** The crosshair points at a place of the picture. */
  locate(pane: Pane, at: Point): void;
};

let paneCount = 0;

export class Pane {
  readonly root: HTMLDivElement;
  readonly stage: HTMLDivElement;
  readonly strokes: MeasureStrokes;
  /** Its name towards frame sources: places in the layout change. */
  readonly #owner: string;
  readonly #host: PaneHost;
  readonly #overlay: ReturnType<typeof makeOverlay>;
  readonly #loupe = makeLoupe();
  readonly #ask: ReturnType<typeof makeAsk>;
  readonly #scrub: ReturnType<typeof makeScrub>;
  readonly #worn = new WornLook();
  readonly #cine;
  readonly #pages: HTMLDivElement;
  readonly #layers: PaneLayers;
  readonly #stops: (() => void)[] = [];
  #closePages: () => void = () => {};
  #surface: Surface | null = null;
  #size: Size | null = null;
  #opened: OpenSeries | null = null;
  #listener: SeriesListener | null = null;
  #index = 0;
  #presentation: Presentation = { ...initialPresentation };
  #shownId = '';
  #drawnId = '';
  #filter = '';
  #pointer: Point | null = null;
  #probing = false;
  #frame = 0;
  #speed = 10;
  #kind: KindView | null = null;
  #timing: CineTiming | null = null;
  /** null: as the object prefers. */
  #cineMode: CineMode | null = null;

  constructor(host: PaneHost) {
    this.#host = host;
    paneCount += 1;
    this.#owner = `pane-${paneCount}`;
    this.stage = element('div', { class: 'yv-stage' });
    this.#overlay = makeOverlay();
    this.#pages = element(
      'div',
      { class: 'yv-pages' },
      element('p', { class: 'yv-empty' }, host.say('dragHere')),
    );
    this.#ask = makeAsk(host.say);
    this.#scrub = makeScrub((index) => this.show(index));
    this.#layers = new PaneLayers(this, this.#owner, host);
    this.root = element(
      'div',
      { class: 'yv-pane', role: 'group', tabindex: '0', 'aria-label': host.say('series') },
      this.stage,
      this.#layers.root,
      this.#overlay.root,
      this.#loupe.root,
      this.#scrub.root,
      this.#ask.root,
      this.#pages,
    );
    this.strokes = new MeasureStrokes(host.measurements);
    this.#cine = makeCine({
      count: () => this.count,
      index: () => this.#index,
      isReady: (index) => this.#opened !== null && this.#opened.source.qualityOf(index) !== 'none',
      show: (index) => this.show(index),
      timing: () => this.#timing,
      mode: () => this.cineMode,
      ended: () => host.changed(this),
    });
    const gestures = new Gestures(this.stage, new PaneGestures(this, host));
    this.#stops.push(
      () => gestures.stop(),
      host.measurements.watch(() => this.refresh()),
    );
    const observer = new ResizeObserver(() => {
      this.#size = null;
      this.#surface?.resize();
      this.refresh();
    });
    observer.observe(this.stage);
    this.#stops.push(() => observer.disconnect());
    this.root.addEventListener('pointerdown', () => host.activate(this), { capture: true });
    this.root.addEventListener('focus', () => host.activate(this));
  }

  get opened(): OpenSeries | null {
    return this.#opened;
  }
  get count(): number {
    return this.#opened?.count ?? 0;
  }
  get index(): number {
    return this.#index;
  }
  get presentation(): Presentation {
    return this.#presentation;
  }
  get isPlaying(): boolean {
    return this.#cine.isPlaying;
  }
  get speed(): number {
    return this.#speed;
  }
  get cineMode(): CineMode {
    return this.#cineMode ?? modeOf(this.#timing);
  }
  get facts(): FrameFacts | null {
    return this.#opened?.facts(this.#index) ?? null;
  }
  get quality(): Quality {
    return this.#opened?.source.qualityOf(this.#index) ?? 'none';
  }
  get size(): Size {
    // Asking the page between two changes of it would lay it out anew for every frame.
    this.#size ??= {
      width: Math.max(1, this.stage.clientWidth),
      height: Math.max(1, this.stage.clientHeight),
    };
    return this.#size;
  }

  get look(): Look | null {
    return this.#worn.look;
  }

  /** Grey values of a presentation state, until the reader chooses a window. */
  wear(look: Look | null): void {
    this.#worn.wear(look);
    this.refresh();
  }

  /** The window on screen now, chosen or the object's own. */
  get voi(): Voi | null {
    const pixels = this.#opened?.source.get(this.#index) ?? null;
    if (pixels === null || pixels.components === 3) return null;
    return voiOf(this.#presentation.voi, this.facts, this.#opened?.series ?? null, pixels);
  }

  /** Spread of values a window drag works over. */
  get span(): number {
    const pixels = this.#opened?.source.get(this.#index) ?? null;
    if (pixels === null) return 256;
    const { slope } = this.facts?.rescale ?? { slope: 1 };
    return Math.min(4096, Math.max(1, (pixels.max - pixels.min) * Math.abs(slope)));
  }

  /** Whether the view's scale is in millimetres. */
  get isMetric(): boolean {
    return this.#spacing().kind !== 'none';
  }

  transform(): ViewTransform {
    return viewTransform(this.#plane(), this.#presentation, this.size);
  }

  open(opened: OpenSeries, state?: Pick<PaneState, 'index' | 'presentation' | 'place'>): void {
    this.#leave();
    this.#opened = opened;
    this.#worn.wear(null);
    this.#presentation = { ...(state?.presentation ?? initialPresentation) };
    this.#index = clamp(state?.index ?? 0, 0, Math.max(0, opened.count - 1));
    this.#speed = initialSpeed(opened.series.frameTimeMs);
    this.#shownId = '';
    const isPicture = opened.count > 0;
    this.#pages.hidden = isPicture;
    if (!isPicture) {
      const { say, language, screen } = this.#host;
      const { title } = opened.manifest;
      this.#kind = this.#openKind(opened, state?.place ?? '');
      if (this.#kind === null)
        this.#closePages = showPages(this.#pages, opened.series, say, { language, screen, title });
      this.#host.changed(this);
      this.refresh();
      return;
    }
    this.#surface ??= this.#host.openSurface(this.stage, (id) => this.#onDrawn(id));
    this.#listener = {
      onFrame: (index, quality) => this.#onFrame(index, quality),
      onError: (index, error) => this.#onError(index, error),
      onMetadata: () => this.#readTiming(),
    };
    opened.listeners.add(this.#listener);
    this.#readTiming();
    opened.source.focus(this.#owner, this.#index, 0);
    this.refresh();
    this.#emit('frame');
    this.#emitView();
    this.#host.changed(this);
  }

  show(index: number): void {
    if (this.#opened === null || this.count === 0) return;
    const next = clamp(Math.round(index), 0, this.count - 1);
    if (next === this.#index) return;
    const direction = next > this.#index ? 1 : -1;
    if (this.strokes.isBusy) this.strokes.cancel();
    this.#index = next;
    if (this.quality === 'failed') this.#opened.source.retry(next);
    this.#opened.source.focus(this.#owner, next, direction);
    this.refresh();
    this.#emit('frame');
    this.#host.changed(this);
  }

  step(by: number): void {
    this.#kind?.step?.(by);
    this.show(this.#index + by);
  }

  set(change: Partial<Presentation>): void {
    this.#presentation = { ...this.#presentation, ...change };
    if (change.voi !== undefined) this.#worn.wear(null);
    this.#emitView();
    this.refresh();
    this.#host.changed(this);
  }

  zoomBy(factor: number, at: Point = { x: this.size.width / 2, y: this.size.height / 2 }): void {
    this.#kind?.zoomBy?.(factor);
    this.set(zoomAt(this.#presentation, this.size, at, factor));
  }
  rotate(): void {
    this.set(turnRight(this.#presentation));
  }
  mirror(): void {
    this.set(mirror(this.#presentation));
  }
  upend(): void {
    this.set(upend(this.#presentation));
  }
  reset(): void {
    this.#kind?.reset?.();
    this.set({ ...initialPresentation, sharpen: false });
  }

  play(speed = this.#speed): void {
    this.#speed = speed;
    this.#kind?.toggleCine?.();
    if (this.count > 1) this.#cine.play(speed);
    this.#host.changed(this);
  }
  stop(): void {
    this.#cine.stop();
    this.#host.changed(this);
  }

  /** Loop, back and forth, or once; plays that way at once. */
  playAs(mode: CineMode): void {
    this.#cineMode = mode;
    this.play();
  }

  point(at: Point | null, isProbing: boolean): void {
    this.#pointer = at;
    this.#probing = isProbing && at !== null;
    this.refresh();
  }

  loupe(at: Point | null, look: 'beside' | 'over' = 'beside'): void {
    this.#loupe.show(at === null ? null : (this.#surface?.canvas() ?? null), at, look);
  }

  /** Asks for words or a length beside a place of the picture. */
  ask(question: Omit<Question, 'size'>): void {
    this.#ask.ask({ ...question, size: this.size });
  }

  labelAt(at: Point, reach: number): { id: string; place: Point } | null {
    return this.#overlay.labelAt(at, reach);
  }

  /** What the frame on screen tells of a measurement. */
  factsFor({ points }: Measurement): MeasureFacts {
    const { facts } = this;
    const opened = this.#opened;
    return {
      spacing: this.#calibrated() ?? (facts === null ? this.#spacing() : spacingAt(facts.spacing, points)),
      isExact: this.quality === 'full' && facts !== null,
      pixels: opened?.source.get(this.#index) ?? null,
      facts,
      isLossy: opened?.series.lossy === true || facts?.lossy === true,
      say: this.#host.say,
    };
  }

  /** Size of a pixel as measurements take it. */
  get spacing(): Spacing {
    return this.#spacing();
  }

  note(text: string): void {
    this.#overlay.note(text);
  }

  state(): PaneState | null {
    if (this.#opened === null) return null;
    return {
      studyInstanceUid: this.#opened.manifest.studyInstanceUid,
      seriesInstanceUid: this.#opened.series.seriesInstanceUid,
      index: this.#index,
      presentation: { ...this.#presentation },
      ...(this.#kind === null ? {} : { place: this.#kind.place() }),
    };
  }

  closeSurface(): void {
    this.#surface?.close();
    this.#surface = null;
  }

  /** Another way of drawing: with the engine that has come, or after the graphics context was lost. */
  changeSurface(): void {
    let before = this.#surface;
    const isShown = this.#opened !== null && this.count > 0;
    if (!isShown) before?.close();
    this.#surface = !isShown
      ? null
      : this.#host.openSurface(this.stage, (id) => {
          // The old picture stays until the new one is there.
          before?.close();
          before = null;
          this.#onDrawn(id);
        });
    this.#shownId = '';
    this.refresh();
  }

  close(): void {
    this.#leave();
    cancelAnimationFrame(this.#frame);
    for (const stop of this.#stops) stop();
    this.#surface?.close();
    this.root.remove();
  }

  /** Draws at the next animation frame; many changes make one drawing. */
  refresh(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #openKind(opened: OpenSeries, place: string): KindView | null {
    const { language, screen, say } = this.#host;
    const { series, manifest } = opened;
    const { studyInstanceUid, notForDiagnosis: isPatient } = manifest;
    const { seriesInstanceUid } = series;
    const onPlace = (now: string): void =>
      this.#host.emit({ type: 'place', pane: this.#host.numberOf(this), seriesInstanceUid, place: now });
    return openKindView(this.#pages, {
      language,
      screen,
      say,
      series,
      studyInstanceUid,
      isPatient,
      place,
      onPlace,
    });
  }

  #leave(): void {
    this.#closePages();
    this.#closePages = () => {};
    this.#layers.leave();
    this.#timing = null;
    this.#cineMode = null;
    this.#kind?.close();
    this.#kind = null;
    this.#cine.stop();
    this.strokes.cancel();
    this.#ask.close();
    if (this.#opened !== null) {
      if (this.#listener !== null) this.#opened.listeners.delete(this.#listener);
      this.#opened.source.blur(this.#owner);
    }
    this.#opened = null;
    this.#listener = null;
  }

  /** What the object says of its playing; known with its metadata. */
  #readTiming(): void {
    const before = this.#timing;
    this.#timing = this.#opened === null ? null : seriesTiming(this.#opened);
    const rate = this.#timing?.framesPerSecond;
    if (before === null && rate !== undefined && !this.isPlaying) this.#speed = Math.round(rate * 10) / 10;
    this.refresh();
    this.#host.changed(this);
  }

  #plane(): Plane {
    const { columns, rows } = this.#opened?.size(this.#index) ?? { columns: null, rows: null };
    const { x, y } = this.#spacing();
    return { columns: columns ?? 512, rows: rows ?? 512, spacingX: x, spacingY: y };
  }

  #spacing(): Spacing {
    const { facts } = this;
    return (
      this.#calibrated() ?? (facts === null ? { x: 1, y: 1, kind: 'none' } : chooseSpacing(facts.spacing))
    );
  }

  /** What the reader says of this series' pixels goes before what the object says. */
  #calibrated(): Spacing | null {
    const known = this.#host.measurements.calibration(this.#opened?.series.seriesInstanceUid ?? '');
    return known === undefined ? null : { x: known.mmPerColumn, y: known.mmPerRow, kind: 'manual' };
  }

  #draw(): void {
    const opened = this.#opened;
    this.#scrub.draw(this.#index, this.count);
    if (opened === null || this.count === 0) {
      this.#overlay.root.hidden = true;
      return;
    }
    this.#layers.draw();
    this.#overlay.root.hidden = !this.#layers.isSingle;
    const pixels = opened.source.get(this.#index);
    const voi = this.voi;
    const state = pixels === null ? this.quality : 'shown';
    if (this.stage.dataset.state !== state) this.stage.dataset.state = state;
    if (pixels !== null && this.#surface !== null) {
      const dressed = this.#worn.dress(this.facts, pixels, this.#presentation.invert);
      const id = `${opened.series.seriesInstanceUid}/${this.#index}/${dressed.key}${this.quality}`;
      if (id !== this.#shownId) {
        this.#shownId = id;
        this.#surface.show({ id, pixels: dressed.pixels, plane: this.#plane() });
      }
      const own = voi ?? { center: 128, width: 256 };
      const tone = dressed.tone ?? toneOf(own, this.#presentation, this.facts, pixels);
      this.#surface.draw(this.#presentation, tone);
    }
    this.#drawOverlay(opened, voi);
    this.#host.drawn(this);
  }

  #drawOverlay(opened: OpenSeries, voi: Voi | null): void {
    const { facts, quality } = this;
    const { toCanvas, toImage, scale } = this.transform();
    const spacing = this.#spacing();
    const directions =
      facts === null ? null : imageDirections(facts.imageOrientation, facts.patientOrientation);
    const frame = opened.series.frames[this.#index];
    const isShort = this.#host.screen === 'phone';
    const filter = this.#presentation.sharpen === true ? 'sharp' : '';
    if (this.#filter !== filter) {
      this.#filter = filter;
      this.stage.style.filter = filter === '' ? '' : 'url(#yv-sharpen)';
    }
    this.#overlay.draw({
      corners: cornerText({
        opened,
        index: this.#index,
        facts,
        voi,
        presentation: this.#presentation,
        language: this.#host.language,
        isShort,
        magnification: scale * spacing.x,
        say: this.#host.say,
      }),
      letters: directions === null ? null : edgeLetters(directions, this.#presentation),
      badge: badgeOf(quality, opened.series.lossy, facts, this.#host.say),
      readout:
        this.#pointer === null
          ? ''
          : readoutAt(toImage(this.#pointer), opened.source.get(this.#index), quality, facts),
      cross: this.#probing ? this.#pointer : null,
      pixelsPerMm: spacing.kind === 'none' ? null : scale,
      size: this.size,
      measurements:
        frame === undefined ? [] : this.#host.measurements.of(frame.sopInstanceUid, frame.frameNumber),
      selected: this.strokes.selected,
      linesOf: (measurement) => measureLines(measurement, this.factsFor(measurement)),
      letterSize: isShort ? 15 : 13,
      look: [
        ...(this.#presentation.sharpen === true ? [this.#host.say('sharpen')] : []),
        ...(this.look === null ? [] : [this.look.name]),
      ].join(' · '),
      toCanvas,
    });
  }

  #onFrame(index: number, quality: Quality): void {
    this.#layers.onFrame(index);
    if (index !== this.#index) return;
    this.refresh();
    this.#emit('quality', quality);
    this.#host.changed(this);
  }

  #onError(index: number, error: unknown): void {
    if (index >= 0 && index !== this.#index) return;
    const message = error instanceof Error ? error.message : String(error);
    if (index < 0) this.note(this.#host.say('metadataFailed'));
    const seriesInstanceUid = this.#opened?.series.seriesInstanceUid ?? '';
    this.#host.emit({
      type: 'error',
      code: index < 0 ? 'metadata' : 'frame',
      message,
      seriesInstanceUid,
      index,
    });
    this.refresh();
  }

  /** In the animation frame that put the picture on screen: the marks by which the platform is measured. */
  #onDrawn(id: string): void {
    if (id === this.#drawnId) return;
    this.#drawnId = id;
    markFrame(this.#index, id.slice(id.lastIndexOf('/') + 1));
  }

  #emitView(): void {
    const pane = this.#host.numberOf(this);
    this.#host.emit({ type: 'view', pane, code: viewCode(this.#presentation) });
  }

  #emit(type: 'frame' | 'quality', quality: Quality = this.quality): void {
    const seriesInstanceUid = this.#opened?.series.seriesInstanceUid ?? '';
    const pane = this.#host.numberOf(this);
    this.#host.emit({ type, pane, seriesInstanceUid, index: this.#index, frameCount: this.count, quality });
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
