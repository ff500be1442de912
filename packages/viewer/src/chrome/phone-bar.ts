// The phone's reading room: a line at the top, five buttons in the thumb zone (窗 量 播 反 更多), and sheets that
// rise from them without covering the middle of the picture.
import { element, setText } from '../dom.ts';
import { speeds } from '../pane/cine.ts';
import type { Say } from '../text.ts';
import { button, type Choice, choiceButton, press } from './buttons.ts';
import { type IconName, icon } from './icons.ts';
import type { Chrome, RoomActions, RoomFacts } from './room-actions.ts';

type SheetName = 'window' | 'measure' | 'more' | 'series' | 'speed';

export type SeriesChoice = { studyInstanceUid: string; seriesInstanceUid: string; label: string };

export function makePhoneChrome(
  actions: RoomActions,
  say: Say,
  series: SeriesChoice[],
): { top: HTMLElement; bottom: Chrome } {
  let facts: RoomFacts | null = null;
  let shown: SheetName | null = null;
  const title = element('div', { class: 'yv-title' });
  const top = element(
    'div',
    { class: 'yv-phone-top' },
    button({ label: say('back'), icon: 'back' }, actions.exit),
    title,
  );
  if (series.length > 1)
    top.append(button({ label: say('series'), icon: 'series', text: say('series') }, () => toggle('series')));

  const sheet = element('div', { class: 'yv-sheet', hidden: true });
  const tab = (name: IconName, text: string, act: () => void): HTMLButtonElement => {
    const made = element(
      'button',
      { type: 'button', class: 'yv-tab' },
      icon(name, 24),
      element('span', {}, text),
    );
    made.addEventListener('click', act);
    return made;
  };
  const windowTab = tab('window', say('windowShort'), () => toggle('window'));
  const measureTab = tab('length', say('measureShort'), () => toggle('measure'));
  const cineTab = tab('play', say('playShort'), () => {
    hide();
    actions.toggleCine();
  });
  const invertTab = tab('invert', say('invertShort'), actions.invert);
  const moreTab = tab('more', say('more'), () => toggle('more'));
  const bar = element(
    'div',
    { class: 'yv-tabs', role: 'toolbar' },
    windowTab,
    measureTab,
    cineTab,
    invertTab,
    moreTab,
  );
  const root = element('div', { class: 'yv-phone-bottom' }, sheet, bar);

  function choices(name: SheetName): Choice[] {
    if (facts === null) return [];
    const { tool, voi } = facts;
    const toolChoice = (
      each: 'scroll' | 'window' | 'pan' | 'zoom' | 'length' | 'angle',
      label: string,
    ): Choice => ({
      label,
      isChosen: tool === each,
      pick: () => actions.pickTool(tool === each ? 'scroll' : each),
    });
    switch (name) {
      case 'window':
        return [
          toolChoice('window', say('manual')),
          ...facts.presets.map((preset) => ({
            label: preset.label,
            isChosen: voi?.center === preset.center && voi.width === preset.width,
            pick: () => actions.pickPreset(preset),
          })),
        ];
      case 'measure':
        return [
          toolChoice('length', say('length')),
          toolChoice('angle', say('angle')),
          ...(facts.hasMeasurements
            ? [
                { label: say('deleteOne'), pick: actions.removeMeasurement },
                { label: say('deleteAll'), pick: actions.clearMeasurements },
              ]
            : []),
        ];
      case 'more':
        return [
          toolChoice('pan', say('pan')),
          { label: say('rotate'), pick: actions.rotate },
          { label: say('mirror'), pick: actions.mirror },
          { label: say('upend'), pick: actions.upend },
          { label: `${say('speed')} ${facts.speed}`, pick: () => toggle('speed') },
          { label: say('reset'), pick: actions.reset },
        ];
      case 'speed':
        return speeds.map((value) => ({
          label: `${value}\u2009fps`,
          isChosen: value === facts?.speed,
          pick: () => actions.pickSpeed(value),
        }));
      case 'series':
        return series.map((one) => ({
          label: one.label,
          isChosen: one.seriesInstanceUid === facts?.activeSeries,
          pick: () => actions.pickSeries(one.studyInstanceUid, one.seriesInstanceUid),
        }));
    }
  }

  function toggle(name: SheetName): void {
    if (shown === name) {
      hide();
      return;
    }
    shown = name;
    sheet.dataset.name = name;
    sheet.hidden = false;
    sheet.replaceChildren(...choices(name).map((choice) => choiceButton(choice, hide)));
    mark();
  }
  function hide(): void {
    shown = null;
    sheet.hidden = true;
    mark();
  }
  function mark(): void {
    press(windowTab, shown === 'window' || facts?.tool === 'window');
    press(measureTab, shown === 'measure' || facts?.tool === 'length' || facts?.tool === 'angle');
    press(moreTab, shown === 'more' || facts?.tool === 'pan');
    press(cineTab, facts?.isPlaying === true);
    press(invertTab, facts?.presentation.invert === true);
  }

  return {
    top,
    bottom: {
      root,
      draw(next) {
        const wasPlaying = facts?.isPlaying;
        facts = next;
        setText(title, next.title);
        if (wasPlaying !== next.isPlaying)
          cineTab.firstElementChild?.replaceWith(icon(next.isPlaying ? 'stop' : 'play', 24));
        cineTab.disabled = next.frameCount < 2;
        windowTab.disabled = next.voi === null;
        mark();
      },
    },
  };
}
