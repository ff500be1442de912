// Three planes and a volume to turn, drawn by the server: for devices without usable graphics, and for phones whose
// memory a volume does not fit into (viewer spec §6, tier C). On a phone one view at a time, on wider screens all four.
import type { VolumeDescription } from '@yunying/api';
import { button, choiceButton, press } from '../chrome/buttons.ts';
import { element, setText } from '../dom.ts';
import type { Language } from '../types.ts';
import { MarkBook } from './tile-marks.ts';
import { VolumeClient, type VolumePlace, VolumeRefused } from './volume-client.ts';
import { type Look, type TileName, tileNames, VolumeTile } from './volume-tile.ts';
import { type VolumeSay, type VolumeWord, volumeSayer } from './words.ts';

export type ServerVolumeOptions = VolumePlace & {
  language: Language;
  title: string;
  notForDiagnosis?: boolean;
  onExit(): void;
};
export type ServerVolume = { close(): void };

const pollMs = 500;
const slabs = [0, 5, 10, 20, 40];
const modes = ['mip', 'minip', 'average'] as const;
const ctWindows: readonly { word: VolumeWord; center: number; width: number }[] = [
  { word: 'brain', center: 40, width: 80 },
  { word: 'softWindow', center: 50, width: 400 },
  { word: 'boneWindow', center: 400, width: 1800 },
  { word: 'lungWindow', center: -600, width: 1500 },
];
type Choice = { label: string; isChosen: boolean; pick(): void };

export function openServerVolume(host: HTMLElement, options: ServerVolumeOptions): ServerVolume {
  const room = new VolumeRoom(host, options);
  return { close: () => room.close() };
}

class VolumeRoom {
  readonly #options: ServerVolumeOptions;
  readonly #say: VolumeSay;
  readonly #client: VolumeClient;
  readonly #root: HTMLElement;
  readonly #grid = element('div', { class: 'yv-sv-grid' });
  readonly #wait = element('div', { class: 'yv-sv-wait', role: 'status' });
  readonly #tabs = element('div', { class: 'yv-sv-tabs', role: 'tablist' });
  readonly #bar = element('div', { class: 'yv-sv-bar' });
  readonly #sheet = element('div', { class: 'yv-sv-sheet', hidden: true });
  readonly #badge = element('span', { class: 'yv-sv-badge' });
  readonly #tiles: VolumeTile[] = [];
  #volume: VolumeDescription | null = null;
  #look: Look = { window: null, slabMm: 0, mode: 'mip', preset: 'bone', phase: 0, tool: 'browse' };
  #marks: MarkBook | null = null;
  #shown: TileName = 'volume';
  #opened = '';
  #timer = 0;
  #closed = false;

  constructor(host: HTMLElement, options: ServerVolumeOptions) {
    this.#options = options;
    this.#say = volumeSayer(options.language);
    this.#client = new VolumeClient(options, options.language);
    setText(this.#badge, this.#say('badge'));
    const exit = button({ label: this.#say('back'), icon: 'back' }, () => options.onExit());
    const title = element('div', { class: 'yv-title' }, `${this.#say('title')} · ${options.title}`);
    this.#root = element(
      'section',
      {
        class: 'yv-room yv-sv',
        'data-room': 'reading',
        lang: options.language,
        tabindex: '-1',
        'aria-label': `${this.#say('title')} ${options.title}`,
      },
      element('header', { class: 'yv-sv-top' }, exit, title, this.#badge),
      this.#tabs,
      this.#wait,
      this.#grid,
      this.#sheet,
      this.#bar,
    );
    if (options.notForDiagnosis === true) this.#root.dataset.legal = 'true';
    this.#root.addEventListener('keydown', (event) => this.#key(event));
    host.append(this.#root);
    this.#root.focus({ preventScroll: true });
    void this.#poll();
  }

  close(): void {
    this.#closed = true;
    window.clearTimeout(this.#timer);
    this.#client.close();
    for (const tile of this.#tiles.splice(0)) tile.close();
    this.#root.remove();
  }

  async #poll(): Promise<void> {
    if (this.#closed) return;
    try {
      const { state, done, total, volume } = await this.#client.state(this.#look.phase);
      if (this.#closed) return;
      if (state === 'ready' && volume !== null) {
        this.#show(volume);
        return;
      }
      const numbers = total === 0 ? '' : ` ${done} / ${total} ${this.#say('slice')}`;
      const bar = element('progress', {
        max: String(Math.max(1, total)),
        value: String(done),
        'aria-label': this.#say('building'),
      });
      this.#wait.replaceChildren(element('p', {}, `${this.#say('building')}${numbers}`), bar);
      this.#timer = window.setTimeout(() => void this.#poll(), pollMs);
    } catch (error) {
      if (!this.#closed) this.#refuse(error);
    }
  }

  #refuse(error: unknown): void {
    const isFinal = error instanceof VolumeRefused && error.isFinal;
    const sentence =
      error instanceof VolumeRefused && error.message !== '' ? error.message : this.#say('busy');
    const again = button({ label: this.#say('retry'), text: this.#say('retry') }, () => {
      this.#wait.replaceChildren();
      void this.#poll();
    });
    const back = button({ label: this.#say('back'), text: this.#say('back') }, () => this.#options.onExit());
    this.#wait.replaceChildren(
      element('p', {}, element('strong', {}, this.#say('failed'))),
      element('p', {}, sentence),
      isFinal ? back : again,
    );
  }

  #show(volume: VolumeDescription): void {
    this.#volume = volume;
    this.#wait.hidden = true;
    this.#look = { ...this.#look, preset: volume.presets[0] ?? 'mr-head' };
    const say = this.#say;
    const marks = new MarkBook(errorOf(volume), () => {
      for (const tile of this.#tiles) tile.drawMarks();
    });
    this.#marks = marks;
    for (const name of tileNames) {
      const tile = new VolumeTile(name, { client: this.#client, volume, look: this.#look, marks, say });
      this.#tiles.push(tile);
      this.#grid.append(tile.root);
      tile.root.addEventListener('pointerdown', () => this.#pick(name), { capture: true });
      const tab = button({ label: say(name), text: say(name) }, () => this.#pick(name));
      tab.setAttribute('role', 'tab');
      tab.dataset.tab = name;
      this.#tabs.append(tab);
    }
    setText(this.#badge, [say('badge'), ...this.#caveats(volume)].join(' · '));
    this.#buildBar(volume);
    this.#pick('volume');
    for (const tile of this.#tiles) if (isSeen(tile)) tile.refresh();
  }

  #caveats(volume: VolumeDescription): string[] {
    const say = this.#say;
    return [
      ...(volume.reduced.some((by) => by > 1) ? [say('reduced')] : []),
      ...(volume.missing > 0 ? [`${say('missing')} ${volume.missing}`] : []),
      ...(volume.uneven ? [say('uneven')] : []),
      ...(volume.tiltDegrees > 0 ? [`${say('tilt')} ${volume.tiltDegrees}°`] : []),
    ];
  }

  #buildBar(volume: VolumeDescription): void {
    const say = this.#say;
    const sheets: [string, VolumeWord, () => Choice[]][] = [
      ['look', 'look', () => this.#presetChoices(volume)],
      ['window', 'window', () => this.#windowChoices(volume)],
      ['slab', 'slab', () => this.#slabChoices()],
      ['measure', 'measure', () => this.#measureChoices()],
    ];
    if (volume.phases > 1) sheets.push(['phase', 'phase', () => this.#phaseChoices(volume)]);
    for (const [name, word, choices] of sheets) {
      const opener = button({ label: say(word), text: say(word) }, () => this.#open(name, choices));
      opener.dataset.sheet = name;
      this.#bar.append(opener);
    }
    this.#bar.append(
      button({ label: say('reset'), text: say('reset') }, () => {
        for (const tile of this.#tiles) if (isSeen(tile)) tile.reset();
      }),
    );
  }

  #presetChoices(volume: VolumeDescription): Choice[] {
    const words: Record<string, VolumeWord> = { mip: 'mipTurn' };
    return [...volume.presets, 'mip'].map((preset) => ({
      label: this.#say(words[preset] ?? (preset as VolumeWord)), // the server's presets have words of their names
      isChosen: this.#look.preset === preset,
      pick: () => {
        this.#change({ preset });
        this.#pick('volume');
      },
    }));
  }

  #windowChoices(volume: VolumeDescription): Choice[] {
    const own = { label: this.#say('default'), window: null };
    const others =
      volume.modality === 'CT'
        ? ctWindows.map(({ word, center, width }) => ({ label: this.#say(word), window: { center, width } }))
        : [0.5, 1.5, 2.5].map((by) => ({
            label: `${this.#say('window')} ×${by}`,
            window: { center: volume.window.center * by, width: volume.window.width * by },
          }));
    return [own, ...others].map(({ label, window: voi }) => ({
      label,
      isChosen: JSON.stringify(voi) === JSON.stringify(this.#look.window),
      pick: () => {
        this.#change({ window: voi });
        if (this.#shown === 'volume') this.#pick('axial');
      },
    }));
  }

  #slabChoices(): Choice[] {
    const thick = slabs.map((slabMm) => ({
      label: slabMm === 0 ? this.#say('thin') : `${slabMm}\u2009mm`,
      isChosen: this.#look.slabMm === slabMm,
      pick: () => this.#change({ slabMm }),
    }));
    const kinds = modes.map((mode) => ({
      label: this.#say(mode),
      isChosen: this.#look.slabMm > 0 && this.#look.mode === mode,
      pick: () => this.#change({ mode, slabMm: this.#look.slabMm === 0 ? 10 : this.#look.slabMm }),
    }));
    return [...thick, ...kinds];
  }

  #measureChoices(): Choice[] {
    const pick = (tool: Look['tool']) => () => {
      this.#change({ tool });
      // The turned volume is not to scale in depth: measured is on planes.
      if (tool !== 'browse' && this.#shown === 'volume') this.#pick('axial');
    };
    const tools = (['browse', 'length', 'angle'] as const).map((tool) => ({
      label: this.#say(tool),
      isChosen: this.#look.tool === tool,
      pick: pick(tool),
    }));
    const clear = { label: this.#say('clearMarks'), isChosen: false, pick: () => this.#marks?.clear() };
    return (this.#marks?.all.length ?? 0) > 0 ? [...tools, clear] : tools;
  }

  #phaseChoices({ phases }: VolumeDescription): Choice[] {
    return Array.from({ length: Math.min(40, phases) }, (_unused, phase) => ({
      label: `${this.#say('phase')} ${phase + 1}`,
      isChosen: this.#look.phase === phase,
      pick: () => this.#change({ phase }),
    }));
  }

  #change(change: Partial<Look>): void {
    this.#look = { ...this.#look, ...change };
    for (const tile of this.#tiles) if (isSeen(tile)) tile.set(this.#look);
  }

  #open(name: string, choices: () => Choice[]): void {
    const wasOpen = this.#opened === name;
    this.#closeSheet();
    if (wasOpen) return;
    this.#opened = name;
    this.#sheet.replaceChildren(...choices().map((choice) => choiceButton(choice, () => this.#closeSheet())));
    this.#sheet.hidden = false;
    this.#markBar();
  }

  #closeSheet(): void {
    this.#opened = '';
    this.#sheet.hidden = true;
    this.#markBar();
  }

  #markBar(): void {
    for (const one of this.#bar.querySelectorAll('button')) press(one, one.dataset.sheet === this.#opened);
  }

  #pick(name: TileName): void {
    const changed = this.#shown !== name;
    this.#shown = name;
    this.#root.dataset.shown = name;
    for (const tab of this.#tabs.querySelectorAll('button'))
      tab.setAttribute('aria-selected', String(tab.dataset.tab === name));
    for (const tile of this.#tiles) {
      tile.root.dataset.active = String(tile.name === name);
      if (changed && tile.name === name) tile.set(this.#look);
    }
  }

  #key(event: KeyboardEvent): void {
    // The room underneath has keys of its own.
    event.stopPropagation();
    const { key, target } = event;
    if (target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === 'Escape') {
      event.stopPropagation();
      if (this.#opened === '') this.#options.onExit();
      else this.#closeSheet();
      return;
    }
    const tile = this.#tiles.find((one) => one.name === this.#shown);
    const steps: Record<string, [number, number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      PageUp: [-10, 0],
      PageDown: [10, 0],
    };
    const step = steps[key];
    if (step === undefined || tile === undefined || this.#volume === null) return;
    event.preventDefault();
    event.stopPropagation();
    tile.step(...step);
  }
}

/** mm that a voxel leaves open where the server had to reduce the volume. */
function errorOf({ reduced, spacingMm }: VolumeDescription): number {
  if (!reduced.some((by) => by > 1)) return 0;
  return Math.max(...spacingMm.map((mm, axis) => mm * (reduced[axis] ?? 1)));
}

function isSeen(tile: VolumeTile): boolean {
  return tile.root.offsetParent !== null;
}
