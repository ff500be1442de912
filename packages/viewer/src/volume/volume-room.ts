// The reconstruction views over the reading room: loads the series as voxels, shows three planes, the solid and the
// curved sheet, and lets everything go when it is left. Opened by open-volume.ts, which is fetched on request only.
import './volume.css';
import type { ManifestSeries, StudyManifest } from '@yunying/api';
import type { VolumeGeometry } from '@yunying/volume';
import { element, setText } from '../dom.ts';
import type { Decoder } from '../frames/decoder.ts';
import type { Point } from '../geometry/affine.ts';
import { textOf } from '../geometry/dicom-json.ts';
import { OpenSeries, type SeriesBudget } from '../pane/open-series.ts';
import type { Language } from '../types.ts';
import { capture } from './capture.ts';
import { CurveView } from './curve-view.ts';
import { PlaneView } from './plane-view.ts';
import { type PlaneName, planeNames } from './planes.ts';
import { Scene, type VolumeLayer, type VolumeTool } from './scene.ts';
import { SolidView } from './solid-view.ts';
import { volumeBudget } from './volume-budget.ts';
import {
  type ChromeActions,
  desktopChrome,
  phoneChrome,
  type ViewName,
  type VolumeChrome,
} from './volume-chrome.ts';
import { firstVoi, LayerError, loadLayer, spreadVoi } from './volume-layer.ts';
import type { MenuContext } from './volume-menus.ts';
import { askPanel, clipPanel, fusionPanel } from './volume-panels.ts';
import { type VolumeSay, volumeSayer } from './volume-text.ts';

export type VolumeOptions = {
  opened: OpenSeries;
  decoder: Decoder;
  budget: SeriesBudget;
  screen: 'phone' | 'desktop';
  language: Language;
  /** `message` says why, when it was not the reader who left. */
  onClose(message: string | null, isTooBig: boolean): void;
};

export class VolumeRoom {
  readonly #options: VolumeOptions;
  readonly #say: VolumeSay;
  readonly #root: HTMLElement;
  readonly #grid: HTMLElement;
  readonly #wait: HTMLElement;
  readonly #banner = element('div', { class: 'yv-banner', role: 'status', hidden: true });
  readonly #chrome: VolumeChrome;
  readonly #abort = new AbortController();
  readonly #planes = new Map<PlaneName, PlaneView>();
  readonly #loaded = new Map<OpenSeries, VolumeLayer>();
  #scene: Scene | null = null;
  #solid: SolidView | null = null;
  #curve: CurveView | null = null;
  #partner: OpenSeries | null = null;
  #panel: HTMLElement | null = null;
  #view: ViewName = 'axial';
  #isFour: boolean;
  #marks = new Set<string>();
  #told = 0;
  #closed = false;
  readonly #under: HTMLElement[];

  constructor(host: HTMLElement, options: VolumeOptions) {
    this.#options = options;
    this.#say = volumeSayer(options.language);
    this.#isFour = options.screen === 'desktop';
    this.#wait = element('div', { class: 'yv-volume-wait', role: 'status' }, `${this.#say('loading')} …`);
    this.#grid = element('div', { class: 'yv-volume-grid' }, this.#wait);
    const make = options.screen === 'phone' ? phoneChrome : desktopChrome;
    this.#chrome = make(this.#say, () => this.#menu(), this.#actions());
    const parts = [this.#chrome.top, this.#banner, this.#grid];
    if (this.#chrome.bottom !== null) parts.push(this.#chrome.bottom);
    this.#root = element('section', { class: 'yv-volume', 'aria-label': this.#say('title') }, ...parts);
    // What lies under the views is out of reach of keyboard and screen reader.
    this.#under = [...host.children].flatMap((child) =>
      child instanceof HTMLElement && !child.inert ? [child] : [],
    );
    for (const child of this.#under) child.inert = true;
    host.append(this.#root);
    window.addEventListener('keydown', this.#onKey);
    this.#draw();
    void this.#start();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#abort.abort();
    for (const child of this.#under) child.inert = false;
    window.removeEventListener('keydown', this.#onKey);
    for (const view of this.#planes.values()) view.close();
    this.#solid?.close();
    this.#curve?.close();
    this.#partner?.close();
    this.#scene?.close();
    this.#scene = null;
    this.#loaded.clear();
    this.#planes.clear();
    this.#root.remove();
  }

  #leave(message: string | null, isTooBig = false): void {
    if (this.#closed) return;
    this.close();
    this.#options.onClose(message, isTooBig);
  }

  async #start(): Promise<void> {
    try {
      await this.#load(this.#options.opened, (layer, geometry) => this.#build(layer, geometry));
    } catch (error) {
      if (this.#closed) return;
      const isTooBig = error instanceof LayerError && error.problem.kind === 'too-big';
      this.#leave(this.#problem(error), isTooBig);
    }
  }

  async #load(
    opened: OpenSeries,
    onStart: (layer: VolumeLayer, geometry: VolumeGeometry) => void,
  ): Promise<void> {
    const { decoder, budget, screen } = this.#options;
    const gigabytes = 'deviceMemory' in navigator ? Number(navigator.deviceMemory) : null;
    await loadLayer({
      opened,
      decoder,
      concurrency: budget.concurrency,
      voxelBytes: volumeBudget(screen, gigabytes).voxelBytes,
      signal: this.#abort.signal,
      onStart: (layer, geometry) => {
        this.#loaded.set(opened, layer);
        onStart(layer, geometry);
      },
      onSlice: () => this.#tellSlice(),
    });
  }

  #problem(error: unknown): string {
    const say = this.#say;
    if (!(error instanceof LayerError)) return say('loadFailed');
    const { problem } = error;
    switch (problem.kind) {
      case 'geometry':
        return say('notVolume') + say.refusal(problem.reason);
      case 'colours':
      case 'metadata':
        return say('notVolume') + say(problem.kind);
      case 'too-big':
        return say('tooBig');
      case 'failed':
        return say('loadFailed');
    }
  }

  /** Pictures follow the slices a few times a second, not for each of them. */
  #tellSlice(): void {
    const scene = this.#scene;
    if (scene === null) return;
    const now = performance.now();
    const isDone = [...this.#loaded.values()].every(({ voxels }) => voxels.isComplete);
    if (!isDone && now - this.#told < 250) return;
    this.#told = now;
    const { voxels } = scene.base;
    setText(this.#wait, `${this.#say('loading')} ${voxels.doneCount} / ${voxels.dims[2]}`);
    this.#wait.hidden = voxels.hasAll;
    if (voxels.isComplete && voxels.failedCount > 0) {
      this.#note(`${voxels.failedCount} ${this.#say('failed')}`);
    }
    scene.tell();
    this.#solid?.refresh();
  }

  #build(layer: VolumeLayer, geometry: VolumeGeometry): void {
    const { opened, screen } = this.#options;
    const scene = new Scene(layer, firstVoi(opened, layer));
    this.#scene = scene;
    const host = {
      scene,
      say: this.#say,
      badge: () => this.#badge(),
      enlarge: (view: PlaneView) => this.#enlarge(view.name),
      drawn: () => this.#drawn(),
      note: (text: string) => this.#note(text),
    };
    for (const name of planeNames) {
      const view = new PlaneView(name, host);
      this.#planes.set(name, view);
      this.#grid.append(view.root);
    }
    this.#openSolid(scene);
    this.#curve = new CurveView(scene, this.#say);
    this.#grid.append(this.#curve.root);
    scene.watch((before) => this.#changed(before.path?.isDone === true));
    const remarks = [
      geometry.uneven ? this.#say('uneven') : '',
      geometry.missing > 0 ? `${geometry.missing} ${this.#say('missing')}` : '',
      geometry.tiltDegrees > 0.5 ? `${this.#say('tilt')} ${geometry.tiltDegrees.toFixed(1)}°` : '',
      layer.noSuv === null ? '' : this.#say('suvOff') + this.#say.suv(layer.noSuv),
    ].filter((text) => text !== '');
    if (remarks.length > 0) this.#note(remarks.join('；'));
    if (screen === 'phone') scene.set({ tool: 'scroll' });
    this.#arrange();
  }

  #openSolid(scene: Scene): void {
    const { screen } = this.#options;
    const gigabytes = 'deviceMemory' in navigator ? Number(navigator.deviceMemory) : null;
    try {
      this.#solid = new SolidView({
        scene,
        say: this.#say,
        textureVoxels: volumeBudget(screen, gigabytes).textureVoxels,
        badge: () => this.#badge(),
        enlarge: () => this.#enlarge('solid'),
        askCut: (view, polygon) => this.#askCut(view, polygon),
        lost: () => this.#leave(this.#say('lost')),
      });
      this.#grid.append(this.#solid.root);
    } catch {
      this.#note(this.#say('noGl'));
    }
  }

  #badge(): string {
    const scene = this.#scene;
    if (scene === null) return '';
    const { voxels } = scene.base;
    const parts: string[] = [];
    if (!voxels.isComplete) parts.push(`${this.#say('preview')} ${voxels.doneCount} / ${voxels.dims[2]}`);
    if (voxels.isReduced) parts.push(`${this.#say('reduced')} ${voxels.decimation.join('×')}`);
    return parts.join('  ');
  }

  /** In the animation frame that drew the plane. */
  #drawn(): void {
    const voxels = this.#scene?.base.voxels;
    if (voxels === undefined) return;
    if (voxels.hasAll && !this.#marks.has('mpr-first')) this.#mark('mpr-first');
    if (voxels.isComplete && !this.#marks.has('mpr-complete')) this.#mark('mpr-complete');
  }

  #mark(name: string): void {
    this.#marks.add(name);
    performance.mark(name);
  }

  #changed(wasDone: boolean): void {
    const path = this.#scene?.state.path ?? null;
    if (path?.isDone === true && !wasDone) this.#show('curve');
    if (path !== null && !path.isDone && path.points.length > 1) this.#askPath();
    else if (this.#panel?.dataset.panel === 'path') this.#setPanel(null);
    this.#draw();
  }

  #askPath(): void {
    if (this.#panel?.dataset.panel === 'path') return;
    const finish = () => {
      const path = this.#scene?.state.path ?? null;
      if (path !== null) this.#scene?.set({ path: { ...path, isDone: true }, tool: 'cross' });
    };
    const again = () => this.#scene?.set({ path: null });
    const say = this.#say;
    this.#setPanel(
      askPanel('path', { label: say('pathDone'), pick: finish }, { label: say('pathAgain'), pick: again }),
    );
  }

  #askCut(view: SolidView, polygon: Point[]): void {
    const end = (side: 'inside' | 'outside' | null) => () => {
      view.drawLoop([]);
      if (side !== null) view.cut(polygon, side);
      this.#setPanel(null);
      this.#draw();
    };
    const say = this.#say;
    const choices = [
      { label: say('removeInside'), pick: end('inside') },
      { label: say('keepInside'), pick: end('outside') },
      { label: say('cancel'), pick: end(null) },
    ];
    this.#setPanel(askPanel('cut', ...choices));
  }

  #setPanel(panel: HTMLElement | null): void {
    this.#panel?.remove();
    this.#panel = panel;
    if (panel !== null) this.#grid.append(panel);
  }

  #note(text: string): void {
    setText(this.#banner, text);
    this.#banner.hidden = false;
  }

  #pickTool(tool: VolumeTool): void {
    const scene = this.#scene;
    if (scene === null) return;
    if (tool === 'path') {
      scene.set({ tool, path: scene.state.path?.isDone === true ? null : scene.state.path });
      this.#note(this.#say('pathHint'));
      if (this.#view === 'curve') this.#show(this.#isFour ? 'solid' : 'axial');
    } else {
      scene.set({ tool });
      if (tool === 'cut') {
        this.#note(this.#say('cutHint'));
        this.#show('solid');
      } else if (tool === 'angle') this.#note(this.#say('angleHint'));
      else this.#banner.hidden = true;
    }
  }

  /** In the layout of four the fourth place is the solid's or the curve's. */
  #show(view: ViewName): void {
    this.#view = this.#isFour && view === 'curve' && this.#view === 'curve' ? 'solid' : view;
    this.#arrange();
  }

  #enlarge(view: ViewName): void {
    if (this.#options.screen === 'phone') return;
    this.#isFour = !this.#isFour;
    this.#view = view;
    this.#arrange();
  }

  #arrange(): void {
    const isFour = this.#isFour;
    this.#grid.dataset.layout = isFour ? 'four' : 'one';
    for (const [name, view] of this.#planes) {
      view.root.hidden = !isFour && this.#view !== name;
      view.refresh();
    }
    const isCurve = this.#view === 'curve';
    if (this.#solid !== null) {
      this.#solid.root.hidden = isFour ? isCurve : this.#view !== 'solid';
      this.#solid.refresh();
    }
    if (this.#curve !== null) {
      const isOnlyFourth = isFour && this.#solid === null;
      this.#curve.root.hidden = !(isCurve || isOnlyFourth);
      this.#curve.refresh();
    }
    this.#draw();
  }

  #draw(): void {
    const state = this.#scene?.state;
    const { opened } = this.#options;
    this.#chrome.draw({
      title: `${this.#say('title')}  ${opened.series.description ?? ''}`,
      tool: state?.tool ?? 'cross',
      view: this.#view,
      isFour: this.#isFour,
      hasSolid: this.#solid !== null,
      hasPath: state?.path?.isDone === true,
      canFuse: partnerOf(opened.manifest, opened.series) !== null,
      isFused: state?.fusion != null,
      isClipping: this.#panel?.dataset.panel === 'clip',
      canUndo: this.#solid?.canUndo === true,
      hasMarks: (state?.marks.length ?? 0) > 0,
      showsCross: state?.showsCross ?? true,
    });
  }

  #menu(): MenuContext {
    const scene = this.#scene;
    const { opened, language } = this.#options;
    if (scene === null) throw new Error('nothing is loaded yet');
    return {
      scene,
      say: this.#say,
      language,
      windows: opened.series.windows,
      solid: this.#solid,
      pickTool: (tool) => this.#pickTool(tool),
    };
  }

  #actions(): ChromeActions {
    return {
      leave: () => this.#leave(null),
      reset: () => this.#reset(),
      capture: () => this.#capture(),
      toggleClip: () => this.#toggleClip(),
      toggleFusion: () => void this.#toggleFusion(),
      toggleCross: () => this.#scene?.set({ showsCross: !this.#scene.state.showsCross }),
      undoCut: (all) => {
        this.#solid?.undoCut(all);
        this.#draw();
      },
      deleteMarks: () => this.#scene?.set({ marks: [] }),
      show: (view) => this.#show(view),
      toggleFour: () => this.#enlarge(this.#view),
    };
  }

  #reset(): void {
    const scene = this.#scene;
    if (scene === null) return;
    const { cross, axes, voi, slab } = scene.start;
    scene.set({ cross, axes, voi, slab });
    for (const view of this.#planes.values()) view.setLook(null);
    this.#solid?.reset();
  }

  #toggleClip(): void {
    if (this.#solid === null) return;
    if (this.#panel?.dataset.panel === 'clip') this.#setPanel(null);
    else {
      if (!this.#isFour) this.#show('solid');
      this.#setPanel(clipPanel(this.#solid, this.#say, () => this.#toggleClip()));
    }
    this.#draw();
  }

  async #toggleFusion(): Promise<void> {
    const scene = this.#scene;
    const { opened, decoder, budget } = this.#options;
    if (scene === null) return;
    if (scene.state.fusion !== null) {
      this.#setPanel(null);
      scene.base = this.#loaded.get(opened) ?? scene.base;
      scene.overlay = null;
      scene.set({ fusion: null, voi: firstVoi(opened, scene.base) });
      this.#solid?.renew();
      return;
    }
    const series = partnerOf(opened.manifest, opened.series);
    if (series === null) return;
    this.#partner ??= new OpenSeries(opened.manifest, series, decoder, budget);
    const partner = this.#partner;
    try {
      if (this.#loaded.get(partner)?.voxels.isComplete !== true) await this.#load(partner, () => undefined);
    } catch (error) {
      if (!this.#closed) this.#note(this.#problem(error));
      return;
    }
    const [own, other] = [this.#loaded.get(opened), this.#loaded.get(partner)];
    if (this.#closed || own === undefined || other === undefined) return;
    if (frameOfReference(opened) !== frameOfReference(partner)) {
      this.#note(this.#say('otherSpace'));
      return;
    }
    const isOnPet = opened.series.modality !== 'CT';
    [scene.base, scene.overlay] = isOnPet ? [other, own] : [own, other];
    const pet = scene.overlay;
    const voi = pet.unit === 'SUVbw' ? { center: 5, width: 10 } : spreadVoi(pet);
    const change = { fusion: { blend: 0.5, map: 'hot-iron' as const, voi } };
    scene.set(isOnPet ? { ...change, voi: firstVoi(partner, other) } : change);
    if (isOnPet) this.#solid?.renew();
    this.#setPanel(fusionPanel(scene, this.#say, () => void this.#toggleFusion()));
    this.#draw();
  }

  #capture(): void {
    const shown = this.#isFour
      ? [...this.#grid.querySelectorAll<HTMLElement>('.yv-pane:not([hidden])')]
      : [...this.#grid.querySelectorAll<HTMLElement>('.yv-pane:not([hidden])')].slice(0, 1);
    void capture(this.#grid, shown);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const { target } = event;
    if (target instanceof Element && target.closest('input, .yv-menu-root') !== null) return;
    const scene = this.#scene;
    if (event.key === 'Escape') {
      event.preventDefault();
      if (this.#panel !== null && this.#panel.dataset.panel !== 'fusion') this.#setPanel(null);
      else if (scene !== null && scene.state.tool !== 'cross') this.#pickTool('cross');
      else this.#leave(null);
    }
  };
}

/** Pictures lie over each other only in one frame of reference (PS3.3 C.7.4.1). */
function frameOfReference(opened: OpenSeries): string | null {
  const [first] = opened.instances();
  return first === undefined ? null : textOf(first, '00200052');
}

/** PET for a CT and CT for a PET of the same examination: the one with most slices. */
export function partnerOf(manifest: StudyManifest, series: ManifestSeries): ManifestSeries | null {
  const wanted = series.modality === 'CT' ? 'PT' : series.modality === 'PT' ? 'CT' : null;
  const found = manifest.series.filter(
    (one) => wanted !== null && one.modality === wanted && one.frames.length > 2,
  );
  return [...found].sort((a, b) => b.frames.length - a.frames.length)[0] ?? null;
}
