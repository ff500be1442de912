// The reading room: viewports, tools, thumbnails and keys, put together. Screens open it through openReadingRoom and
// see only ReadingRoom; this class is the one owner of what is shown where.
import type { HangingProtocol } from '@yunying/api';
import { Banner } from './chrome/banner.ts';
import { makeHelpPanel } from './chrome/help-panel.ts';
import { PhoneChrome } from './chrome/phone-bar.ts';
import type { Chrome, RoomActions, RoomFacts } from './chrome/room-actions.ts';
import { acceptSeries, makeThumbnails, seriesLabel } from './chrome/thumbnails.ts';
import { makeToolRow } from './chrome/tool-row.ts';
import { type DeviceBudget, deviceBudget, isShortOfMemory } from './device.ts';
import { element } from './dom.ts';
import { firstView } from './first-view.ts';
import { Decoder } from './frames/decoder.ts';
import { listenToKeys } from './input/room-keys.ts';
import { fitLayout, gridOf, layoutOf, mostPanes, nextLayout, paneCount } from './layout/grid.ts';
import { statesOf } from './layout/hang.ts';
import { makeLayoutTools } from './layout/layout-tools.ts';
import { addGrip } from './layout/pane-grip.ts';
import { readHanging } from './layout/read-hanging.ts';
import { RoomLayout } from './layout/room-layout.ts';
import { makeTagPanel } from './layout/tag-panel.ts';
import { makeNuclearTools, nuclearChoices } from './nuclear/nuclear-tools.ts';
import { keepDrawn, tabShelf } from './pane/measure-keep.ts';
import { sharpenFilter } from './pane/measure-sharpen.ts';
import { Measurements } from './pane/measurements.ts';
import { Pane, type PaneHost } from './pane/pane.ts';
import { initialPresentation } from './pane/presentation.ts';
import { readViewCode } from './pane/view-code.ts';
import { watchLine } from './quality/line.ts';
import { RoomGraphics } from './room-graphics.ts';
import { isStack, RoomSeries } from './room-series.ts';
import { SavedRoom } from './saved/saved-room.ts';
import { presetLabel, type Say, sayer } from './text.ts';
import type {
  LayoutName,
  PaneState,
  PresentationChange,
  ReadingEvent,
  ReadingOptions,
  RoomState,
  ToolName,
} from './types.ts';
import { type Preset, presetsOf } from './voi/presets.ts';
import { VolumeDoor } from './volume/door.ts';

export class Room {
  readonly #options: ReadingOptions;
  readonly #say: Say;
  readonly #budget: DeviceBudget;
  readonly #measurements = new Measurements();
  readonly #series: RoomSeries;
  readonly #panes: Pane[] = [];
  readonly #together = new RoomLayout({
    panes: () => this.#panes,
    active: () => this.#pane ?? null,
    changed: () => this.#changed(),
  });
  readonly #saved: SavedRoom | null;
  readonly #root: HTMLElement;
  readonly #grid: HTMLElement;
  readonly #help: HTMLElement;
  readonly #banner: Banner;
  readonly #graphics: RoomGraphics;
  readonly #chromes: Chrome[] = [];
  readonly #stops: (() => void)[] = [];
  #decoder: Decoder | null = null;
  #tool: ToolName = 'scroll';
  #layout: LayoutName = '1x1';
  #beforeEnlarging: LayoutName = '1x1';
  #active = 0;
  /** The reader has not yet chosen what to see. */
  #isUntouched = true;
  #frame = 0;
  #closed = false;
  #door: VolumeDoor | null = null;

  constructor(host: HTMLElement, options: ReadingOptions) {
    this.#options = options;
    this.#say = sayer(options.language);
    this.#budget = {
      ...deviceBudget(options.screen),
      onAway: (isAway) => this.#tellLine(isAway),
    };
    this.#decoder = this.#startDecoder();
    const manifests = [options.manifest, ...(options.compare ?? [])];
    this.#series = new RoomSeries(manifests, this.#decoder, this.#budget);
    this.#grid = element('div', { class: 'yv-grid' });
    this.#banner = new Banner(this.#say('close'));
    this.#graphics = new RoomGraphics({
      contexts: this.#budget.contexts,
      panes: () => this.#panes,
      gaveUp: (reason) => this.#degrade(reason),
    });
    this.#help = makeHelpPanel(options.language, this.#say, () => this.#toggleHelp());
    this.#saved = this.#openSaved(manifests);
    this.#root = this.#build(manifests);
    host.append(this.#root);
    this.#listen();
    this.#restore();
    const view = readViewCode(options.viewCode ?? '');
    if (view !== null) this.#panes[0]?.set(view);
    this.#stops.push(keepDrawn(this.#measurements, options.manifest.studyInstanceUid, tabShelf()));
    if (!this.#graphics.isGpu) this.#degrade('no-webgl');
    this.#root.focus({ preventScroll: true });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#door?.close();
    this.#graphics.close();
    cancelAnimationFrame(this.#frame);
    for (const stop of this.#stops) stop();
    this.#saved?.close();
    for (const pane of this.#panes.splice(0)) pane.close();
    this.#series.close();
    this.#decoder?.close();
    this.#root.remove();
  }

  setSeries(seriesInstanceUid: string, studyInstanceUid?: string, paneIndex = this.#active): void {
    this.#isUntouched = false;
    const pane = this.#panes[paneIndex];
    const opened = this.#series.open(seriesInstanceUid, studyInstanceUid);
    if (pane === undefined || opened === null) return;
    if (pane.opened === opened) return;
    pane.open(opened);
    this.#letGo();
  }

  show(index: number): void {
    this.#pane?.show(index);
  }

  set(change: PresentationChange): void {
    const { layout, ...presentation } = change;
    if (layout !== undefined) this.#pickLayout(layout);
    this.#pane?.set(presentation);
  }

  tool(name: ToolName): void {
    this.#tool = name;
    for (const pane of this.#panes) {
      pane.strokes.cancel();
      pane.stage.dataset.tool = name;
      if (name !== 'probe') pane.point(null, false);
    }
    if (name !== 'crosshair') this.#together.forgetMark();
    this.#changed();
  }

  state(): RoomState {
    return {
      layout: this.#layout,
      tool: this.#tool,
      active: this.#active,
      panes: this.#panes.map((pane) => pane.state()),
      measurements: this.#measurements.all(),
      calibrations: [...this.#measurements.calibrations()],
      links: this.#together.state(),
    };
  }

  get #pane(): Pane | undefined {
    return this.#panes[this.#active];
  }

  #build(manifests: ReadingOptions['manifest'][]): HTMLElement {
    const { screen, language, manifest } = this.#options;
    const actions = this.#actions();
    const root = element('section', {
      class: 'yv-room',
      'data-room': 'reading',
      'data-screen': screen,
      lang: language,
      tabindex: '-1',
      'aria-label': manifest.title,
    });
    root.append(sharpenFilter());
    const legal = element('div', { class: 'yv-legal' }, this.#say('notDiagnosis'));
    legal.hidden = !manifest.notForDiagnosis;
    if (screen === 'phone') {
      const choices = manifests.flatMap(({ studyInstanceUid, series }) =>
        series.map((one) => ({
          studyInstanceUid,
          seriesInstanceUid: one.seriesInstanceUid,
          label: seriesLabel(one, this.#say),
        })),
      );
      const phone = new PhoneChrome(
        actions,
        this.#say,
        choices,
        this.#options.tools ?? 'all',
        nuclearChoices(() => this.#pane ?? null, this.#say, language),
      );
      this.#chromes.push(phone);
      root.append(phone.top, this.#banner.root, this.#grid, legal, phone.root);
      if (this.#saved !== null) {
        phone.top.append(this.#saved.panel.opener);
        root.append(this.#saved.panel.root);
      }
      return root;
    }
    const layoutTools = makeLayoutTools(this.#together, actions, this.#say, () => this.#mostPanes());
    const row = makeToolRow(actions, this.#say, layoutTools.root, this.#options.tools ?? 'all');
    const thumbs = makeThumbnails(manifests, actions, this.#say);
    const nuclear = makeNuclearTools(() => this.#pane ?? null, this.#say, language);
    layoutTools.root.before(nuclear.root);
    this.#chromes.push(row, layoutTools, thumbs, nuclear);
    const tags = makeTagPanel(this.#say, () => this.#pane?.opened?.instance(this.#pane.index) ?? null);
    this.#chromes.push(tags);
    row.root.append(element('div', { class: 'yv-group' }, tags.opener));
    const middle = element('div', { class: 'yv-middle' }, thumbs.root, this.#grid, this.#help, tags.root);
    if (this.#saved !== null) {
      row.root.append(element('div', { class: 'yv-group' }, this.#saved.panel.opener));
      middle.append(this.#saved.panel.root);
    }
    root.append(row.root, this.#banner.root, middle, legal);
    return root;
  }

  /** What is saved with the study, and saving: for those who may. */
  #openSaved(manifests: ReadingOptions['manifest'][]): SavedRoom | null {
    const { language, screen, saved } = this.#options;
    if (saved !== true) return null;
    return new SavedRoom({
      manifests,
      measurements: this.#measurements,
      language,
      screen,
      pane: () => this.#pane ?? null,
      panes: () => this.#panes,
      show: ({ manifest, series, index }) => {
        this.setSeries(series.seriesInstanceUid, manifest.studyInstanceUid);
        this.show(index);
      },
    });
  }

  #restore(): void {
    const { restore, compare, manifest, hang } = this.#options;
    if (restore !== undefined) {
      this.#measurements.restore(restore.measurements, restore.calibrations);
      this.#setLayout(this.#options.screen === 'phone' ? '1x1' : restore.layout);
      for (const [at, state] of restore.panes.entries()) if (state !== null) this.#openState(at, state);
      this.#active = Math.min(restore.active, this.#panes.length - 1);
      if (restore.links !== undefined) this.#together.restore(restore.links);
      this.tool(restore.tool);
      return;
    }
    const prior = compare?.[0];
    this.#setLayout(prior === undefined || this.#options.screen === 'phone' ? '1x1' : '1x2');
    const first = firstView(this.#options, this.#series);
    for (const [at, state] of first.slice(0, this.#panes.length).entries()) this.#openState(at, state);
    this.#together.links.set('slice', prior !== undefined);
    this.tool('scroll');
    const protocol = manifest.hanging ?? null;
    if (hang === true && protocol !== null && this.#options.screen !== 'phone') void this.#hang(protocol);
  }

  #openState(at: number, state: PaneState): void {
    const opened = this.#series.open(state.seriesInstanceUid, state.studyInstanceUid);
    if (opened !== null) this.#panes[at]?.open(opened, state);
  }

  #setLayout(layout: LayoutName): void {
    this.#layout = fitLayout(layout, this.#mostPanes());
    const wanted = paneCount(this.#layout);
    const { rows, columns } = gridOf(this.#layout);
    this.#grid.dataset.layout = this.#layout;
    this.#grid.style.setProperty('--yv-rows', String(rows));
    this.#grid.style.setProperty('--yv-columns', String(columns));
    while (this.#panes.length > wanted) this.#panes.pop()?.close();
    while (this.#panes.length < wanted) {
      const pane = new Pane(this.#host());
      this.#panes.push(pane);
      this.#grid.append(pane.root);
      pane.stage.dataset.tool = this.#tool;
      acceptSeries(pane.root, (study, series) => this.setSeries(series, study, this.#panes.indexOf(pane)));
      addGrip(
        pane.root,
        this.#say,
        () => this.#panes.indexOf(pane),
        (from, to) => this.#swap(from, to),
      );
    }
    this.#active = Math.min(this.#active, wanted - 1);
    this.#letGo();
  }

  /** Lays the series out by a hanging protocol, unless the reader was faster. */
  async #hang(protocol: HangingProtocol): Promise<void> {
    const hung = await readHanging(
      protocol,
      this.#options,
      (uid) => this.#series.open(uid),
      () => !this.#closed && this.#isUntouched,
    );
    if (hung === null) return;
    // One picture of a set is shown whole.
    if (hung.filter((one) => one !== null).length < 2) {
      this.#letGo();
      return;
    }
    this.#setLayout(layoutOf(protocol));
    for (const [at, state] of statesOf(hung).entries()) if (state !== null) this.#openState(at, state);
    this.#active = 0;
    for (const name of protocol.links ?? []) this.#together.links.set(name, true);
    this.#together.hung.lay(
      this.#panes.flatMap((pane, at) => {
        const rule = hung[at]?.rule;
        return rule === undefined ? [] : [{ pane, rule }];
      }),
      protocol.sameScale === true,
    );
    this.#letGo();
  }

  #pickLayout(layout: LayoutName): void {
    this.#isUntouched = false;
    this.#setLayout(layout);
    this.#fillEmpty();
  }

  #mostPanes(): number {
    return mostPanes(
      this.#options.screen,
      this.#root.clientWidth || this.#root.parentElement?.clientWidth || 0,
    );
  }

  /** Two viewports change places. */
  #swap(from: number, to: number): void {
    const [one, other] = [this.#panes[from], this.#panes[to]];
    if (one === undefined || other === undefined || one === other) return;
    this.#panes[from] = other;
    this.#panes[to] = one;
    this.#grid.append(...this.#panes.map((pane) => pane.root));
    this.#active = to;
    this.#changed();
  }

  /** New viewports take the series that follow; the reader drags others in. */
  #fillEmpty(): void {
    let last = this.#pane?.opened?.series.seriesInstanceUid ?? '';
    for (const [at, pane] of this.#panes.entries()) {
      if (pane.opened !== null) continue;
      const shown = this.#panes.map((one) => one.opened?.series.seriesInstanceUid);
      let next = this.#series.neighbour(last, 1);
      while (next !== null && shown.includes(next.series)) next = this.#series.neighbour(next.series, 1);
      if (next === null) return;
      last = next.series;
      this.setSeries(next.series, next.study, at);
    }
  }

  #letGo(): void {
    this.#series.keepOnly(this.#panes.map((pane) => pane.opened).filter((opened) => opened !== null));
    this.#changed();
  }

  #host(): PaneHost {
    const { language, screen } = this.#options;
    return {
      language,
      screen,
      say: this.#say,
      measurements: this.#measurements,
      openSurface: (stage, onDrawn) => this.#graphics.open(stage, onDrawn),
      tool: () => this.#tool,
      activate: (pane) => {
        const at = this.#panes.indexOf(pane);
        if (at >= 0 && at !== this.#active) {
          this.#active = at;
          this.#together.drawLines();
          this.#changed();
        }
      },
      changed: (pane) => {
        this.#together.paneChanged(pane);
        this.#changed();
      },
      drawn: (pane) => {
        this.#together.paneDrawn(pane);
        this.#saved?.drawn(pane);
      },
      locate: (pane, at) => this.#together.locate(pane, at),
      emit: (event) => this.#emit(event),
      numberOf: (pane) => this.#panes.indexOf(pane),
      enlarge: (pane) => this.#enlarge(pane),
    };
  }

  #startDecoder(): Decoder | null {
    if (typeof Worker === 'undefined' || typeof WebAssembly === 'undefined') {
      queueMicrotask(() => this.#degrade('no-decoder'));
      return null;
    }
    return new Decoder(this.#budget.decoders, () => this.#degrade('no-decoder'));
  }

  #degrade(reason: 'no-webgl' | 'context-lost' | 'no-decoder'): void {
    if (this.#closed) return;
    const words = {
      'no-webgl': 'degradedGpu',
      'context-lost': 'degradedLost',
      'no-decoder': 'degradedDecoder',
    } as const;
    const message = this.#say(words[reason]);
    this.#banner.tell(message);
    this.#emit({ type: 'degraded', reason, message });
  }

  /** Double click: this viewport alone, and back. */
  #enlarge(pane: Pane): void {
    if (this.#options.screen === 'phone') return;
    if (this.#layout === '1x1') {
      if (this.#beforeEnlarging !== '1x1') this.#pickLayout(this.#beforeEnlarging);
      return;
    }
    this.#beforeEnlarging = this.#layout;
    const state = pane.state();
    const { opened } = pane;
    this.#active = 0;
    if (state !== null && opened !== null && this.#panes[0] !== pane) this.#panes[0]?.open(opened, state);
    this.#setLayout('1x1');
  }

  #actions(): RoomActions {
    const { onExit } = this.#options;
    return {
      exit: onExit,
      pickTool: (name) => this.tool(name),
      pickLayout: (layout) => this.#pickLayout(layout),
      pickPreset: ({ center, width }) => this.#pane?.set({ voi: { center, width } }),
      pickSpeed: (speed) => this.#pane?.play(speed),
      pickSeries: (study, series, pane) => this.setSeries(series, study, pane ?? this.#active),
      openVolume: () => {
        const opened = this.#pane?.opened ?? null;
        this.#door ??= this.#makeDoor();
        if (opened !== null) void this.#door.enter(opened, isShortOfMemory() ? null : this.#decoder);
      },
      invert: () => this.#pane?.set({ invert: this.#pane.presentation.invert === false }),
      rotate: () => this.#pane?.rotate(),
      mirror: () => this.#pane?.mirror(),
      upend: () => this.#pane?.upend(),
      reset: () => this.#pane?.reset(),
      toggleCine: () => (this.#pane?.isPlaying === true ? this.#pane.stop() : this.#pane?.play()),
      removeMeasurement: () => this.#removeMeasurement(),
      clearMeasurements: () => {
        for (const pane of this.#panes) pane.strokes.cancel();
        this.#measurements.clear();
        this.#measurements.commit();
      },
      undo: () => this.#travel('undo'),
      redo: () => this.#travel('redo'),
      sharpen: () => this.#pane?.set({ sharpen: this.#pane.presentation.sharpen !== true }),
      toggleHelp: () => this.#toggleHelp(),
      step: (by) => this.#pane?.step(by),
      showFirst: () => this.#pane?.show(0),
      showLast: () => this.#pane?.show(this.#pane.count - 1),
      zoomBy: (factor) => this.#pane?.zoomBy(factor),
      pickPresetAt: (index) => {
        const preset = this.#presets()[index];
        if (preset !== undefined) this.#pane?.set({ voi: { center: preset.center, width: preset.width } });
      },
      pickNeighbour: (by) => {
        const next = this.#series.neighbour(this.#pane?.opened?.series.seriesInstanceUid ?? '', by);
        if (next !== null) this.setSeries(next.series, next.study);
      },
      nextLayout: () => this.#pickLayout(nextLayout(this.#layout, this.#mostPanes())),
      leaveStep: () => this.#leaveStep(),
      toggleThumbnails: () => {
        this.#root.dataset.thumbs = this.#root.dataset.thumbs === 'off' ? 'on' : 'off';
      },
    };
  }

  #removeMeasurement(): void {
    const pane = this.#pane;
    const frame = pane?.opened?.series.frames[pane.index];
    if (pane === undefined || frame === undefined) return;
    if (pane.strokes.removeSelected() === false) {
      const here = this.#measurements.of(frame.sopInstanceUid, frame.frameNumber);
      const last = here[here.length - 1];
      if (last !== undefined) this.#measurements.remove(last.id);
      this.#measurements.commit();
    }
  }

  #travel(way: 'undo' | 'redo'): void {
    // What is half drawn is the first thing that undo gives up.
    const busy = this.#panes.find((pane) => pane.strokes.isBusy);
    if (busy !== undefined) busy.strokes.cancel();
    else this.#measurements[way]();
    this.#changed();
  }

  #makeDoor(): VolumeDoor {
    const { screen, language } = this.#options;
    return new VolumeDoor({
      root: this.#root,
      screen,
      language,
      budget: this.#budget,
      rest: (isResting) => {
        for (const pane of this.#panes) pane.opened?.source.pause(isResting);
      },
      tell: (message) => this.#banner.tell(message),
      failed: () => this.#say('volumeFailed'),
    });
  }

  #toggleHelp(): void {
    this.#help.hidden = !this.#help.hidden;
  }

  #listen(): void {
    // On a phone too: keyboards and switches are plugged into those as well.
    this.#stops.push(listenToKeys(this.#root, this.#actions()));
    this.#stops.push(
      watchLine({
        onBack: () => this.#series.each((opened) => opened.source.knock()),
        onHidden: (isHidden) =>
          this.#series.each((opened) => opened.source.pause(isHidden, this.#options.screen === 'phone')),
      }),
    );
    this.#stops.push(
      this.#measurements.watchSettled(() => {
        this.#emit({ type: 'measure', measurements: this.#measurements.all() });
        this.#changed();
      }),
    );
  }

  #tellLine(isAway: boolean): void {
    if (this.#closed) return;
    this.#banner.tellLine(isAway ? this.#say('lineAway') : null);
    this.#root.dataset.line = isAway ? 'away' : 'here';
    this.#emit({ type: 'line', isAway });
  }

  #leaveStep(): void {
    const busy = this.#panes.find((pane) => pane.strokes.isBusy);
    if (!this.#help.hidden) this.#toggleHelp();
    else if (busy !== undefined) busy.strokes.cancel();
    else if (this.#tool !== 'scroll') this.tool('scroll');
    else this.#options.onExit();
  }

  #presets(): Preset[] {
    const opened = this.#pane?.opened ?? null;
    // Without the object's rescale a window of rescaled values would mean nothing.
    if (opened === null || opened.metadataState === 'failed') return [];
    const own = this.#pane?.facts?.windows.map((voi) => ({ label: '', ...voi })) ?? [];
    const listed = opened.series.windows.length > 0 ? opened.series.windows : own;
    return presetsOf(opened.series.modality, listed, (name, index) =>
      presetLabel(this.#options.language, name, index),
    );
  }

  #emit(event: ReadingEvent): void {
    this.#options.onEvent?.(event);
  }

  /** The chrome is drawn once per animation frame, however much changed. */
  #changed(): void {
    if (this.#frame !== 0 || this.#closed) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      const facts = this.#facts();
      for (const chrome of this.#chromes) chrome.draw(facts);
      for (const [at, pane] of this.#panes.entries()) {
        pane.root.dataset.active = String(at === this.#active && this.#panes.length > 1);
      }
    });
  }

  #facts(): RoomFacts {
    const pane = this.#pane;
    const manifest = pane?.opened?.manifest ?? this.#options.manifest;
    return {
      tool: this.#tool,
      layout: this.#layout,
      presets: this.#presets(),
      voi: pane?.voi ?? null,
      presentation: pane?.presentation ?? initialPresentation,
      isPlaying: pane?.isPlaying ?? false,
      speed: pane?.speed ?? 10,
      frameCount: pane?.count ?? 0,
      canReconstruct: isStack(pane?.opened?.series),
      hasMeasurements: this.#measurements.drawn().length > 0,
      canUndo: this.#measurements.canUndo,
      canRedo: this.#measurements.canRedo,
      seriesInstanceUids: this.#panes.map((one) => one.opened?.series.seriesInstanceUid ?? null),
      activeSeries: pane?.opened?.series.seriesInstanceUid ?? null,
      title: manifest.title,
    };
  }
}
