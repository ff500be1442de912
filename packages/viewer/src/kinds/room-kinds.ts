// What the room offers for some kinds of examination only: colours and mosaic of nuclear medicine, the full-mouth mount.
// One object for the room, so that its rows and sheets need not know the kinds.
import { button, type Choice, press } from '../chrome/buttons.ts';
import type { Chrome } from '../chrome/room-actions.ts';
import { hasMount, Mount } from '../dental/mount.ts';
import type { PaneGrid } from '../layout/pane-grid.ts';
import { makeNuclearTools, nuclearChoices, type SheetChoices } from '../nuclear/nuclear-tools.ts';
import type { Pane } from '../pane/pane.ts';
import type { Say } from '../text.ts';
import type { Language, ReadingOptions } from '../types.ts';

export class RoomKinds {
  readonly #mount: Mount | null;
  readonly #grid: PaneGrid;
  readonly #say: Say;
  readonly #language: Language;

  constructor(options: ReadingOptions, say: Say, grid: PaneGrid) {
    this.#grid = grid;
    this.#say = say;
    this.#language = options.language;
    const { manifest, hang, restore } = options;
    const open = (series: string, index: number): void => {
      grid.setSeries(series, undefined, grid.active);
      grid.pane?.show(index);
    };
    this.#mount = hasMount(manifest) ? new Mount({ manifest, say, open }) : null;
    if (this.#mount === null) return;
    grid.root.append(this.#mount.root);
    if (hang === true && restore === undefined) this.#mount.toggle(true);
  }

  get hasMount(): boolean {
    return this.#mount !== null;
  }

  /** Whether there was one open. */
  closeMount(): boolean {
    if (this.#mount?.isOpen !== true) return false;
    this.#mount.toggle(false);
    return true;
  }

  tools(): Chrome {
    const say = this.#say;
    const chrome = makeNuclearTools(this.#pane, say, this.#language);
    const mount = this.#mount;
    if (mount === null) return chrome;
    const opener = button({ label: say('mount'), text: say('mountShort') }, () => {
      mount.toggle();
      press(opener, mount.isOpen);
    });
    chrome.root.prepend(opener);
    return {
      root: chrome.root,
      draw(facts) {
        chrome.draw(facts);
        chrome.root.hidden = false;
        press(opener, mount.isOpen);
      },
    };
  }

  choices(): SheetChoices {
    const { window, more } = nuclearChoices(this.#pane, this.#say, this.#language);
    return { window, more: () => [...this.#mountChoice(), ...more()] };
  }

  readonly #pane = (): Pane | null => this.#grid.pane ?? null;

  #mountChoice(): Choice[] {
    const mount = this.#mount;
    if (mount === null) return [];
    return [{ label: this.#say('mount'), isChosen: mount.isOpen, pick: () => mount.toggle() }];
  }
}
