// Buttons of the panel: with words, or an icon whose name is read aloud.
import { element } from '../dom.ts';
import { type SavedIcon, savedIcon } from './saved-icons.ts';

export function wordButton(word: string, icon: SavedIcon | null, press: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', class: 'yv-button yv-saved-word' });
  if (icon !== null) made.append(savedIcon(icon));
  if (word !== '') made.append(word);
  made.addEventListener('click', press);
  return made;
}

export function iconButton(label: string, icon: SavedIcon, press: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', class: 'yv-button', title: label, 'aria-label': label });
  made.append(savedIcon(icon));
  made.addEventListener('click', press);
  return made;
}
