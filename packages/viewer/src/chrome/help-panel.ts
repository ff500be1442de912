// The keyboard map, listed beside the picture (never over it all) by `?`.
import { element } from '../dom.ts';
import { keyHelp } from '../input/keys.ts';
import type { Say } from '../text.ts';
import type { Language } from '../types.ts';
import { button } from './buttons.ts';

export function makeHelpPanel(language: Language, say: Say, close: () => void): HTMLElement {
  const rows = keyHelp.map(({ keys, zh, en }) =>
    element(
      'div',
      { class: 'yv-help-row' },
      element('kbd', {}, keys),
      element('span', {}, language === 'en' ? en : zh),
    ),
  );
  const head = element(
    'div',
    { class: 'yv-help-head' },
    element('h2', {}, say('keysTitle')),
    button({ label: say('close'), icon: 'close' }, close),
  );
  return element('aside', { class: 'yv-help', 'aria-label': say('keysTitle'), hidden: true }, head, ...rows);
}
