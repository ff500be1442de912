// The phone's reading room: a line at the top, five buttons in the thumb zone (窗 量 播 反 更多), and sheets that
// rise from them without covering the middle of the picture.
import { element, setText } from '../dom.ts';
import type { SheetChoices } from '../nuclear/nuclear-tools.ts';
import { speeds } from '../pane/cine.ts';
import type { Say } from '../text.ts';
import type { ToolName } from '../types.ts';
import { button, type Choice, choiceButton, press } from './buttons.ts';
import { type IconName, icon } from './icons.ts';
import type { Chrome, RoomActions, RoomFacts } from './room-actions.ts';

type SheetName = 'window' | 'measure' | 'more' | 'series' | 'speed';

export type SeriesChoice = { studyInstanceUid: string; seriesInstanceUid: string; label: string };

const fewTools = ['length', 'angle'] as const;
const allTools = [
  'length',
  'angle',
  'cobb',
  'ellipse',
  'rectangle',
  'freehand',
  'probe',
  'arrow',
  'text',
  'calibrate',
] as const;

/** Room for two parts: the line above the picture and the bar below it. */
export class PhoneChrome implements Chrome {
  readonly top: HTMLElement;
  readonly root: HTMLElement;
  readonly #actions: RoomActions;
  readonly #say: Say;
  readonly #series: SeriesChoice[];
  readonly #title = element('div', { class: 'yv-title' });
  readonly #sheet = element('div', { class: 'yv-sheet', hidden: true });
  readonly #tabs: Record<'window' | 'measure' | 'cine' | 'invert' | 'more', HTMLButtonElement>;
  readonly #tools: readonly ToolName[];
  readonly #others: SheetChoices | null;
  #facts: RoomFacts | null = null;
  #shown: SheetName | null = null;

  constructor(
    actions: RoomActions,
    say: Say,
    series: SeriesChoice[],
    which: 'all' | 'few',
    others: SheetChoices | null = null,
  ) {
    this.#others = others;
    this.#tools = which === 'all' ? allTools : fewTools;
    this.#actions = actions;
    this.#say = say;
    this.#series = series;
    const back = button({ label: say('back'), icon: 'back' }, actions.exit);
    this.top = element('div', { class: 'yv-phone-top' }, back, this.#title);
    if (series.length > 1) {
      const look = { label: say('series'), icon: 'series', text: say('series') } as const;
      this.top.append(button(look, () => this.#toggle('series')));
    }
    this.#tabs = {
      window: tab('window', say('windowShort'), () => this.#toggle('window')),
      measure: tab('length', say('measureShort'), () => this.#toggle('measure')),
      cine: tab('play', say('playShort'), () => {
        this.#hide();
        actions.toggleCine();
      }),
      invert: tab('invert', say('invertShort'), actions.invert),
      more: tab('more', say('more'), () => this.#toggle('more')),
    };
    const bar = element('div', { class: 'yv-tabs', role: 'toolbar' }, ...Object.values(this.#tabs));
    this.root = element('div', { class: 'yv-phone-bottom' }, this.#sheet, bar);
  }

  draw(facts: RoomFacts): void {
    const wasPlaying = this.#facts?.isPlaying;
    this.#facts = facts;
    setText(this.#title, facts.title);
    this.#title.title = facts.title;
    const { cine, window, measure, invert } = this.#tabs;
    if (wasPlaying !== facts.isPlaying) {
      cine.firstElementChild?.replaceWith(icon(facts.isPlaying ? 'stop' : 'play', 24));
    }
    cine.disabled = facts.frameCount < 2;
    window.disabled = facts.voi === null;
    // A document or a trace is nothing to measure or invert with these.
    measure.disabled = facts.frameCount === 0;
    invert.disabled = facts.frameCount === 0;
    this.#mark();
  }

  #choices(name: SheetName, facts: RoomFacts): Choice[] {
    const say = this.#say;
    const actions = this.#actions;
    switch (name) {
      case 'window':
        return [
          this.#toolChoice('window', say('manual'), facts),
          ...this.#presetChoices(facts),
          ...(this.#others?.window() ?? []),
        ];
      case 'measure': {
        const remove = [
          { label: say('deleteOne'), pick: actions.removeMeasurement },
          { label: say('deleteAll'), pick: actions.clearMeasurements },
        ];
        const tools = this.#tools.map((tool) => this.#toolChoice(tool, say(tool), facts));
        const back = facts.canUndo ? [{ label: say('undo'), pick: actions.undo }] : [];
        const again = facts.canRedo ? [{ label: say('redo'), pick: actions.redo }] : [];
        return [...tools, ...back, ...again, ...(facts.hasMeasurements ? remove : [])];
      }
      case 'more':
        return [
          this.#toolChoice('pan', say('pan'), facts),
          ...(facts.canReconstruct ? [{ label: say('volume'), pick: actions.openVolume }] : []),
          ...(this.#others?.more() ?? []),
          this.#toolChoice('magnify', say('magnify'), facts),
          ...(this.#tools.length > fewTools.length
            ? [
                {
                  label: say('sharpen'),
                  isChosen: facts.presentation.sharpen === true,
                  pick: actions.sharpen,
                },
              ]
            : []),
          { label: say('rotate'), pick: actions.rotate },
          { label: say('mirror'), pick: actions.mirror },
          { label: say('upend'), pick: actions.upend },
          { label: `${say('speed')} ${facts.speed}`, pick: () => this.#toggle('speed') },
          { label: say('reset'), pick: actions.reset },
        ];
      case 'speed':
        return speeds.map((value) => ({
          label: `${value}\u2009${say('perSecond')}`,
          isChosen: value === facts.speed,
          pick: () => actions.pickSpeed(value),
        }));
      case 'series':
        return this.#series.map((one) => ({
          label: one.label,
          isChosen: one.seriesInstanceUid === facts.activeSeries,
          pick: () => actions.pickSeries(one.studyInstanceUid, one.seriesInstanceUid),
        }));
    }
  }

  /** Choosing a tool again gives the finger back to scrolling. */
  #toolChoice(tool: ToolName, label: string, facts: RoomFacts): Choice {
    const isChosen = facts.tool === tool;
    return { label, isChosen, pick: () => this.#actions.pickTool(isChosen ? 'scroll' : tool) };
  }

  #presetChoices({ presets, voi }: RoomFacts): Choice[] {
    return presets.map((preset) => ({
      label: preset.label,
      isChosen: voi?.center === preset.center && voi.width === preset.width,
      pick: () => this.#actions.pickPreset(preset),
    }));
  }

  #toggle(name: SheetName): void {
    if (this.#shown === name || this.#facts === null) {
      this.#hide();
      return;
    }
    this.#shown = name;
    this.#sheet.dataset.name = name;
    this.#sheet.hidden = false;
    const choices = this.#choices(name, this.#facts);
    this.#sheet.replaceChildren(...choices.map((choice) => choiceButton(choice, () => this.#hide())));
    this.#mark();
  }

  #hide(): void {
    this.#shown = null;
    this.#sheet.hidden = true;
    this.#mark();
  }

  #mark(): void {
    const { window, measure, cine, invert, more } = this.#tabs;
    const tool = this.#facts?.tool;
    press(window, this.#shown === 'window' || tool === 'window');
    press(measure, this.#shown === 'measure' || this.#tools.some((one) => one === tool));
    press(more, this.#shown === 'more' || tool === 'pan' || tool === 'magnify');
    press(cine, this.#facts?.isPlaying === true);
    press(invert, this.#facts?.presentation.invert === true);
  }
}

function tab(name: IconName, text: string, act: () => void): HTMLButtonElement {
  const made = element(
    'button',
    { type: 'button', class: 'yv-tab' },
    icon(name, 24),
    element('span', {}, text),
  );
  made.addEventListener('click', act);
  return made;
}
