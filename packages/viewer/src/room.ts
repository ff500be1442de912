// The reading room: viewports, tools, thumbnails and keys, put together. Screens open it through openReadingRoom and
// see only ReadingRoom. Where viewports stand is layout/pane-grid's, what they do together layout/room-layout's, what
// people touch chrome's.
import type { HangingProtocol } from '@yunying/api';
import { Banner } from './chrome/banner.ts';
import { makeHelpPanel } from './chrome/help-panel.ts';
import type { Chrome } from './chrome/room-actions.ts';
import { makeDeeds } from './chrome/room-deeds.ts';
import { factsOf, presetsFor } from './chrome/room-facts.ts';
import { buildFrame } from './chrome/room-frame.ts';
import { deskCode, readDeskCode } from './desk/desk-code.ts';
import { SecondWindow } from './desk/second-window.ts';
import { type DeviceBudget, deviceBudget, isShortOfMemory } from './device.ts';
import { firstView } from './first-view.ts';
import { Decoder } from './frames/decoder.ts';
import type { OwnKeys } from './input/keys.ts';
import { listenToKeys } from './input/room-keys.ts';
import { RoomKinds } from './kinds/room-kinds.ts';
import { layoutOf } from './layout/grid.ts';
import { statesOf } from './layout/hang.ts';
import { PaneGrid } from './layout/pane-grid.ts';
import { readHanging } from './layout/read-hanging.ts';
import { RoomLayout } from './layout/room-layout.ts';
import { shrinkGrid } from './layout/shrink-hung.ts';
import { keepDrawn, tabShelf } from './pane/measure-keep.ts';
import { Measurements } from './pane/measurements.ts';
import type { Pane, PaneHost } from './pane/pane.ts';
import { readViewCode } from './pane/view-code.ts';
import { watchLine } from './quality/line.ts';
import { makeQualityChoice, needsPixels } from './quality/quality-choice.ts';
import { RoomGraphics } from './room-graphics.ts';
import { RoomSeries } from './room-series.ts';
import { SavedRoom } from './saved/saved-room.ts';
import { type Say, sayer } from './text.ts';
import type { PresentationChange, ReadingEvent, ReadingOptions, RoomState, ToolName } from './types.ts';
import { VolumeDoor } from './volume/door.ts';

export class Room {
  readonly #options: ReadingOptions;
  readonly #say: Say;
  readonly #budget: DeviceBudget;
  readonly #measurements = new Measurements();
  readonly #series: RoomSeries;
  readonly #grid: PaneGrid;
  readonly #together = new RoomLayout({
    panes: () => this.#grid.panes,
    active: () => this.#grid.pane ?? null,
    changed: () => this.#changed(),
    scrolled: (series, stack) => this.#window?.tellSlice(series, stack),
    marked: (series, plane, point) => this.#window?.tellMark(series, plane, point),
  });
  readonly #saved: SavedRoom | null;
  readonly #kinds: RoomKinds;
  readonly #root: HTMLElement;
  readonly #help: HTMLElement;
  readonly #helpPanel: ReturnType<typeof makeHelpPanel>;
  #ownKeys: OwnKeys = {};
  readonly #banner: Banner;
  readonly #graphics: RoomGraphics;
  readonly #chromes: Chrome[];
  readonly #stops: (() => void)[] = [];
  #decoder: Decoder | null = null;
  #tool: ToolName = 'scroll';
  /** Opened from the code of a desk. */
  #isAsLeft = false;
  #deskCode: string | null = null;
  /** The reader has not yet chosen what to see. */
  #isUntouched = true;
  #frame = 0;
  #closed = false;
  #door: VolumeDoor | null = null;
  #window: SecondWindow | null = null;

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
    this.#grid = this.#makeGrid();
    this.#banner = new Banner(this.#say('close'));
    this.#graphics = new RoomGraphics({
      contexts: this.#budget.contexts,
      panes: () => this.#grid.panes,
      isBusy: () => this.#series.isBusy,
      gaveUp: (reason) => this.#degrade(reason),
    });
    this.#helpPanel = makeHelpPanel(options.language, this.#say, {
      keys: () => this.#ownKeys,
      keep: options.keepKeys && ((keys) => this.#keepKeys(keys)),
      close: () => this.#toggleHelp(),
    });
    this.#help = this.#helpPanel.root;
    this.#saved = this.#openSaved(manifests);
    this.#kinds = new RoomKinds(options, this.#say, this.#grid);
    const actions = this.#makeActions();
    const { root, chromes } = buildFrame({
      options,
      say: this.#say,
      grid: this.#grid,
      together: this.#together,
      actions,
      banner: this.#banner,
      help: this.#help,
      saved: this.#saved,
      kinds: this.#kinds,
      stops: this.#stops,
      quality: this.#decoder === null ? null : this.#makeQualityChoice(),
    });
    this.#root = root;
    this.#chromes = chromes;
    host.append(root);
    // On a phone too: keyboards and switches are plugged into those as well.
    this.#stops.push(listenToKeys(root, actions, () => this.#ownKeys));
    this.#listen();
    this.#restore();
    this.#window = this.#openWindows();
    const view = readViewCode(options.viewCode ?? '');
    if (view !== null && !this.#isAsLeft) this.#grid.panes[0]?.set(view);
    this.#stops.push(keepDrawn(this.#measurements, options.manifest.studyInstanceUid, tabShelf()));
    this.#root.focus({ preventScroll: true });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#door?.close();
    this.#window?.close();
    this.#graphics.close();
    cancelAnimationFrame(this.#frame);
    for (const stop of this.#stops) stop();
    this.#saved?.close();
    this.#grid.close();
    this.#series.close();
    this.#decoder?.close();
    this.#root.remove();
  }

  setSeries(seriesInstanceUid: string, studyInstanceUid?: string, at = this.#grid.active): void {
    this.#grid.setSeries(seriesInstanceUid, studyInstanceUid, at);
  }

  show(index: number): void {
    this.#grid.pane?.show(index);
  }

  set(change: PresentationChange): void {
    const { layout, ...presentation } = change;
    if (layout !== undefined) this.#grid.pick(layout);
    this.#grid.pane?.set(presentation);
  }

  tool(name: ToolName): void {
    this.#tool = name;
    // Nothing is measured or windowed on a lossy picture: the tool brings the original.
    if (needsPixels(name)) this.#series.preferFilm(false);
    for (const pane of this.#grid.panes) {
      pane.strokes.cancel();
      pane.stage.dataset.tool = name;
      if (name !== 'probe') pane.point(null, false);
    }
    if (name !== 'crosshair') this.#together.forgetMark();
    this.#emit({ type: 'tool', tool: name });
    this.#changed();
  }

  /** Keys of the reader's own, as they were kept. */
  keys(own: OwnKeys): void {
    this.#ownKeys = own;
    this.#helpPanel.draw();
  }

  async #keepKeys(own: OwnKeys): Promise<void> {
    this.#ownKeys = own;
    await this.#options.keepKeys?.(own);
  }

  state(): RoomState {
    return {
      layout: this.#grid.layout,
      tool: this.#tool,
      active: this.#grid.active,
      panes: this.#grid.panes.map((pane) => pane.state()),
      measurements: this.#measurements.all(),
      calibrations: [...this.#measurements.calibrations()],
      links: this.#together.state(),
    };
  }

  #makeGrid(): PaneGrid {
    return new PaneGrid({
      screen: this.#options.screen,
      say: this.#say,
      series: this.#series,
      paneHost: () => this.#paneHost(),
      tool: () => this.#tool,
      chosen: () => {
        this.#isUntouched = false;
      },
      changed: () => this.#changed(),
    });
  }

  #makeActions(): ReturnType<typeof makeDeeds> {
    return makeDeeds({
      grid: this.#grid,
      measurements: this.#measurements,
      series: this.#series,
      presets: () => presetsFor(this.#grid.pane, this.#options.language),
      toolName: () => this.#tool,
      tool: (name) => this.tool(name),
      openVolume: () => this.#openVolume(),
      openSecondWindow: () => this.#openSecondWindow(),
      closeMount: () => this.#kinds.closeMount(),
      help: () => ({ isOpen: !this.#help.hidden, toggle: () => this.#toggleHelp() }),
      toggleThumbnails: () => {
        this.#root.dataset.thumbs = this.#root.dataset.thumbs === 'off' ? 'on' : 'off';
      },
      changed: () => this.#changed(),
      exit: this.#options.onExit,
    });
  }

  #makeQualityChoice(): Chrome {
    return makeQualityChoice({
      pane: () => this.#grid.pane ?? null,
      say: this.#say,
      prefersFilm: () => this.#series.prefersFilm,
      preferFilm: (isPreferred) => {
        if (isPreferred && needsPixels(this.#tool)) this.tool('scroll');
        this.#series.preferFilm(isPreferred);
        this.#changed();
      },
    });
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
      pane: () => this.#grid.pane ?? null,
      panes: () => this.#grid.panes,
      show: ({ manifest, series, index }) => {
        this.setSeries(series.seriesInstanceUid, manifest.studyInstanceUid);
        this.show(index);
      },
    });
  }

  #restore(): void {
    const { restore, compare, manifest, hang, screen, deskCode = '' } = this.#options;
    const left = screen === 'phone' ? null : readDeskCode(deskCode, this.#series.manifests);
    if (left !== null) {
      this.#isAsLeft = true;
      this.#grid.lay(left.layout);
      this.#grid.openStates(left.panes);
      this.#grid.activate(left.active);
      this.#together.restore({ on: left.links, anchors: {}, lines: left.lines });
      this.tool(left.tool);
      return;
    }
    if (restore !== undefined) {
      this.#measurements.restore(restore.measurements, restore.calibrations);
      this.#grid.lay(screen === 'phone' ? '1x1' : restore.layout);
      this.#grid.openStates(restore.panes);
      this.#grid.activate(Math.min(restore.active, this.#grid.panes.length - 1));
      if (restore.links !== undefined) this.#together.restore(restore.links);
      this.tool(restore.tool);
      return;
    }
    const prior = compare?.[0];
    this.#grid.lay(prior === undefined || screen === 'phone' ? '1x1' : '1x2');
    this.#grid.openStates(firstView(this.#options, this.#series));
    this.#together.links.set('slice', prior !== undefined);
    this.tool('scroll');
    const protocol = manifest.hanging ?? null;
    if (hang !== true || protocol === null || screen === 'phone') return;
    // A mount lays out a whole mouth better than viewports do. Beside a prior only a protocol that has a place for it;
    // else the two most alike stand side by side.
    const hasPlaces = prior === undefined || protocol.panes.some(({ study }) => study === 'prior');
    if (hasPlaces && !this.#kinds.hasMount) void this.#hang(protocol);
  }

  /** Lays the series out by a hanging protocol, unless the reader was faster. */
  async #hang(protocol: HangingProtocol): Promise<void> {
    const all = await readHanging(
      protocol,
      this.#options,
      (uid) => this.#series.open(uid),
      () => !this.#closed && this.#isUntouched,
    );
    if (all === null) return;
    const { cells: hung, ...shape } = shrinkGrid(protocol, all);
    const grid = this.#grid;
    // One picture of a set is shown whole.
    if (hung.filter((one) => one !== null).length < 2) {
      grid.openStates([]);
      return;
    }
    grid.lay(layoutOf(shape));
    grid.openStates(statesOf(hung));
    grid.activate(0);
    for (const name of protocol.links ?? []) this.#together.links.set(name, true);
    this.#together.hung.lay(
      grid.panes.flatMap((pane, at) => {
        const rule = hung[at]?.rule;
        return rule === undefined ? [] : [{ pane, rule }];
      }),
      protocol.sameScale === true,
    );
  }

  #paneHost(): PaneHost {
    const { language, screen } = this.#options;
    const numberOf = (pane: Pane) => this.#grid.panes.indexOf(pane);
    return {
      language,
      screen,
      say: this.#say,
      measurements: this.#measurements,
      openSurface: (stage, onDrawn) => this.#graphics.open(stage, onDrawn),
      tool: () => this.#tool,
      activate: (pane) => {
        if (!this.#grid.activate(numberOf(pane))) return;
        this.#together.drawLines();
        this.#changed();
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
      numberOf,
      enlarge: (pane) => this.#grid.enlarge(pane),
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

  #openWindows(): SecondWindow | null {
    const { secondWindow, manifest } = this.#options;
    if (secondWindow === undefined || typeof BroadcastChannel === 'undefined') return null;
    const { studyInstanceUid } = manifest;
    return new SecondWindow(
      { ...secondWindow, studyInstanceUid },
      {
        follow: (series, far) => this.#together.follow(series, far),
        mark: (series, plane, point) => this.#together.goTo(series, plane, point),
        changed: (isThere) => {
          if (isThere) this.#together.links.set('slice', true);
          if (isThere && secondWindow.role === 'first') this.#together.tellPlace();
          this.#changed();
        },
        blocked: () => this.#banner.tell(this.#say('windowBlocked')),
      },
    );
  }

  /** It begins with the series that follows those on screen. */
  #openSecondWindow(): void {
    const shown = this.#grid.panes.map((pane) => pane.opened?.series.seriesInstanceUid);
    let next = this.#series.neighbour(shown[shown.length - 1] ?? '', 1);
    while (next !== null && shown.includes(next.series)) next = this.#series.neighbour(next.series, 1);
    void this.#window?.open(next?.series ?? shown[0] ?? null);
  }

  #openVolume(): void {
    const opened = this.#grid.pane?.opened ?? null;
    this.#door ??= this.#makeDoor();
    if (opened !== null) void this.#door.enter(opened, isShortOfMemory() ? null : this.#decoder);
  }

  #makeDoor(): VolumeDoor {
    const { screen, language } = this.#options;
    return new VolumeDoor({
      root: this.#root,
      screen,
      language,
      budget: this.#budget,
      rest: (isResting) => {
        for (const pane of this.#grid.panes) pane.opened?.source.pause(isResting);
      },
      tell: (message) => this.#banner.tell(message),
      failed: () => this.#say('volumeFailed'),
    });
  }

  #toggleHelp(): void {
    this.#help.hidden = !this.#help.hidden;
  }

  #listen(): void {
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

  #tellDesk(): void {
    if (this.#options.screen === 'phone') return;
    const { on, lines } = this.#together.state();
    const code = deskCode({ ...this.state(), links: on, lines });
    if (code === this.#deskCode) return;
    this.#deskCode = code;
    this.#emit({ type: 'desk', code });
  }

  #emit(event: ReadingEvent): void {
    this.#options.onEvent?.(event);
  }

  /** The chrome is drawn once per animation frame, however much changed. */
  #changed(): void {
    if (this.#frame !== 0 || this.#closed) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      const { language, manifest } = this.#options;
      const facts = factsOf(this.#grid, this.#measurements, {
        tool: this.#tool,
        language,
        title: manifest.title,
        hasOtherWindow: this.#window?.isThere === true,
      });
      for (const chrome of this.#chromes) chrome.draw(facts);
      this.#tellDesk();
      for (const [at, pane] of this.#grid.panes.entries()) {
        pane.root.dataset.active = String(at === this.#grid.active && this.#grid.panes.length > 1);
      }
    });
  }
}
