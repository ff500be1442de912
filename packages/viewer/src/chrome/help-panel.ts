// The keyboard map, listed beside the picture (never over it all) by `?`. What may lie on another key is a button: press
// it, then the key; a key that is taken names who has it.
import { element, setText } from '../dom.ts';
import { isOwnableKey, keyConflict, keyHelp, keyOfName, type OwnKeys, ownable } from '../input/keys.ts';
import type { Say } from '../text.ts';
import { type Language, toolNames } from '../types.ts';
import { button } from './buttons.ts';

export type HelpRoom = {
  keys(): OwnKeys;
  /** Undefined where nobody keeps them. */
  keep: ((keys: OwnKeys) => Promise<void>) | undefined;
  close(): void;
};

const words = {
  invert: 'invert',
  rotate: 'rotate',
  mirror: 'mirror',
  upend: 'upend',
  layout: 'layout',
  sharpen: 'sharpen',
} as const;

export function makeHelpPanel(
  language: Language,
  say: Say,
  room: HelpRoom,
): { root: HTMLElement; draw(): void } {
  const status = element('p', { class: 'yv-help-status', role: 'status' });
  const rows = ownable.map(({ name }) => {
    const shown = button({ label: nameIn(say, name), text: '' }, () => ask(name));
    shown.classList.add('yv-key');
    shown.disabled = room.keep === undefined;
    const row = element('div', { class: 'yv-key-row' }, shown, element('span', {}, nameIn(say, name)));
    return { name, shown, row };
  });
  const reset = button({ label: say('keysReset'), text: say('keysReset') }, () => keep({}));
  reset.hidden = room.keep === undefined;
  const fixed = keyHelp.map(({ keys, zh, en }) =>
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
    button({ label: say('close'), icon: 'close' }, room.close),
  );
  const root = element(
    'aside',
    { class: 'yv-help', 'aria-label': say('keysTitle'), hidden: true },
    head,
    element('div', { class: 'yv-keys' }, ...rows.map(({ row }) => row)),
    status,
    reset,
    ...fixed,
  );

  function keep(keys: OwnKeys): void {
    setText(status, '');
    room.keep?.(keys).catch(() => setText(status, say('keysUnkept')));
    draw();
  }
  function ask(name: string): void {
    setText(status, `${nameIn(say, name)}: ${say('keysPress')}`);
    window.addEventListener('keydown', (event) => take(name, event), { capture: true, once: true });
  }
  function take(name: string, event: KeyboardEvent): void {
    event.preventDefault();
    event.stopPropagation();
    const key = event.key.toLowerCase();
    const taken = keyConflict(name, key, room.keys());
    if (key === 'escape') setText(status, '');
    else if (!isOwnableKey(key) || event.ctrlKey || event.metaKey || event.altKey)
      setText(status, say('keysWrong'));
    else if (taken !== null)
      setText(status, `${key.toUpperCase()}: ${say('keysTaken')} ${nameIn(say, taken)}`);
    else keep({ ...room.keys(), [name]: key });
  }
  function draw(): void {
    for (const { name, shown } of rows) {
      const key = keyOfName(name, room.keys()).toUpperCase();
      const text = shown.querySelector('span');
      if (text !== null) setText(text, key);
      shown.setAttribute('aria-label', `${nameIn(say, name)} ${key}`);
    }
    reset.disabled = Object.keys(room.keys()).length === 0;
  }
  draw();
  return { root, draw };
}

function nameIn(say: Say, name: string): string {
  const tool = toolNames.find((one) => `tool.${one}` === name);
  if (tool !== undefined) return say(tool);
  const word = Object.entries(words).find(([own]) => own === name)?.[1];
  return word === undefined ? name : say(word);
}
