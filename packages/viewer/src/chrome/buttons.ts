// Buttons and pop-up lists of the reading room: keyboard and screen reader first, no modal ever over the pixels.
import { element } from '../dom.ts';
import { type IconName, icon } from './icons.ts';

export type ButtonLook = { label: string; icon?: IconName; text?: string; hint?: string };

export function button(look: ButtonLook, press: () => void): HTMLButtonElement {
  const made = element('button', {
    type: 'button',
    class: 'yv-button',
    title: look.hint === undefined ? look.label : `${look.label} (${look.hint})`,
    'aria-label': look.label,
  });
  if (look.icon !== undefined) made.append(icon(look.icon));
  if (look.text !== undefined) made.append(element('span', {}, look.text));
  made.addEventListener('click', press);
  return made;
}

export function press(target: HTMLElement, isPressed: boolean): void {
  target.setAttribute('aria-pressed', String(isPressed));
}

export type Choice = { label: string; hint?: string; isChosen?: boolean; pick(): void };

/** A button that opens a list under (or above) itself; closes on a choice, Escape or a press elsewhere. */
export function menuButton(look: ButtonLook, choices: () => Choice[]): HTMLElement {
  const list = element('div', { class: 'yv-menu', role: 'menu', hidden: true });
  const opener = button(look, () => (list.hidden ? open() : close()));
  opener.setAttribute('aria-haspopup', 'menu');
  opener.setAttribute('aria-expanded', 'false');
  const root = element('div', { class: 'yv-menu-root' }, opener, list);
  const outside = (event: Event): void => {
    if (event.target instanceof Node && !root.contains(event.target)) close();
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      close();
      opener.focus();
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    event.stopPropagation();
    const items = [...list.querySelectorAll('button')];
    const at =
      document.activeElement instanceof HTMLButtonElement ? items.indexOf(document.activeElement) : -1;
    const next = (at + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length;
    items[next]?.focus();
  };
  root.addEventListener('keydown', keys);

  function open(): void {
    list.replaceChildren(...choices().map(item));
    list.hidden = false;
    opener.setAttribute('aria-expanded', 'true');
    document.addEventListener('pointerdown', outside, { capture: true });
    list.querySelector('button')?.focus({ preventScroll: true });
  }
  function close(): void {
    list.hidden = true;
    opener.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', outside, { capture: true });
  }
  function item(choice: Choice): HTMLElement {
    const made = choiceButton(choice, close);
    made.setAttribute('role', 'menuitemradio');
    made.setAttribute('aria-checked', String(choice.isChosen === true));
    return made;
  }
  return root;
}

export function choiceButton(choice: Choice, after: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', class: 'yv-choice' }, element('span', {}, choice.label));
  if (choice.hint !== undefined) made.append(element('kbd', {}, choice.hint));
  if (choice.isChosen === true) made.dataset.chosen = 'true';
  made.addEventListener('click', () => {
    after();
    choice.pick();
  });
  return made;
}
