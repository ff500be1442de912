// Buttons of the panel: with words, or an icon whose name is read aloud.
import { type IconName, icon } from '../chrome/icons.ts';
import { element } from '../dom.ts';

const iconPx = 16;

export function wordButton(word: string, iconName: IconName | null, press: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', class: 'yv-button yv-saved-word' });
  if (iconName !== null) made.append(icon(iconName, iconPx));
  if (word !== '') made.append(word);
  made.addEventListener('click', press);
  return made;
}

export function iconButton(label: string, iconName: IconName, press: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', class: 'yv-button', title: label, 'aria-label': label });
  made.append(icon(iconName, iconPx));
  made.addEventListener('click', press);
  return made;
}
