// What stands below a saved set in the panel: its measurements, images, segments or structures, each with a way to it or a
// switch.
import { element } from '../dom.ts';
import type { Language } from '../types.ts';
import { type Rgb, rgbToCss } from './model/cielab.ts';
import type { ImageRef, Mark } from './model/saved-types.ts';
import { doseBands } from './paint-dose.ts';
import { iconButton, wordButton } from './saved-buttons.ts';
import type { SavedEntry } from './saved-content.ts';
import type { SavedSession } from './saved-session.ts';
import { type SavedSay, toolLabel, unshownLabel, valueLabel } from './saved-text.ts';

export type PanelActions = {
  markKey(): void;
  saveState(): void;
  goTo(ref: ImageRef): void;
  /** A segment or structure, by its number. */
  goToPart(entry: SavedEntry, number: number): void;
  apply(entry: SavedEntry): void;
  describe(mark: Mark): string;
};

export type PartsFacts = {
  session: SavedSession;
  say: SavedSay;
  language: Language;
  actions: PanelActions;
  mayChange: boolean;
  imageButton(ref: ImageRef): HTMLButtonElement;
};

const mostRows = 60;

export function entryParts(entry: SavedEntry, facts: PartsFacts): HTMLElement[] {
  const { content } = entry;
  switch (content?.kind) {
    case undefined:
      return [];
    case 'none':
      return [element('p', { class: 'yv-saved-none' }, facts.say('failedObject'))];
    case 'measurements':
      return limited(facts.session.marksOf(entry), facts, (mark) => markRow(entry, mark, facts));
    case 'keys':
      return limited(content.keys.images, facts, (ref) =>
        element('div', { class: 'yv-saved-row' }, facts.imageButton(ref)),
      );
    case 'presentation': {
      const apply = wordButton(facts.say('apply'), 'target', () => facts.actions.apply(entry));
      const { unshown } = content.state;
      const note = `${facts.say('notShown')}${unshown.map((name) => unshownLabel(facts.say, name)).join(', ')}`;
      return [
        element('div', { class: 'yv-saved-row' }, apply),
        ...(unshown.length === 0 ? [] : [element('p', { class: 'yv-saved-none' }, note)]),
      ];
    }
    case 'segmentation':
      return [
        opacity(entry, facts),
        ...limited(content.segmentation.segments, facts, ({ number, label, rgb }) =>
          partRow(entry, { number, label, rgb }, facts),
        ),
      ];
    case 'structures':
      return limited(content.structures.structures, facts, ({ number, name, rgb }) =>
        partRow(entry, { number, label: name, rgb }, facts),
      );
    case 'dose': {
      const said = `${facts.say('doseMaximum')} ${valueLabel(content.maximum, content.grid.units === 'GY' ? 'Gy' : '')}`;
      const bands = doseBands.map(({ share, rgb: [red, green, blue] }) =>
        element(
          'span',
          { class: 'yv-saved-band' },
          swatch([red, green, blue]),
          `${Math.round(share * 100)}%`,
        ),
      );
      return [
        opacity(entry, facts),
        element('p', { class: 'yv-saved-none' }, said),
        element('div', { class: 'yv-saved-bands' }, ...bands),
      ];
    }
  }
}

function limited<T>(list: readonly T[], facts: PartsFacts, row: (one: T) => HTMLElement): HTMLElement[] {
  const rows = list.slice(0, mostRows).map(row);
  const rest = list.length - rows.length;
  if (rest > 0) rows.push(element('p', { class: 'yv-saved-none' }, `${rest}\u2009${facts.say('more')}`));
  return rows;
}

function markRow(entry: SavedEntry, mark: Mark, facts: PartsFacts): HTMLElement {
  const said = facts.actions.describe(mark).split('\n').slice(0, 2).join(' ');
  const go = wordButton('', null, () => facts.actions.goTo(mark));
  go.classList.add('yv-saved-go');
  go.title = facts.say('goTo');
  go.append(
    element('span', {}, toolLabel(facts.language, mark.tool, mark.shape)),
    element('span', { class: 'yv-saved-value' }, said),
  );
  const row = element('div', { class: 'yv-saved-row' }, go);
  if (entry.object.isOwn && facts.mayChange)
    row.append(iconButton(facts.say('remove'), 'close', () => facts.session.removeMark(entry, mark)));
  return row;
}

function partRow(
  entry: SavedEntry,
  part: { number: number; label: string; rgb: Rgb },
  facts: PartsFacts,
): HTMLElement {
  const box = element('input', { type: 'checkbox' });
  box.checked = !entry.hidden.has(part.number);
  box.addEventListener('change', () => facts.session.togglePart(entry, part.number));
  const label = element('label', { class: 'yv-saved-part' }, box, swatch(part.rgb), part.label);
  const go = iconButton(facts.say('goTo'), 'target', () => facts.actions.goToPart(entry, part.number));
  return element('div', { class: 'yv-saved-row' }, label, go);
}

function swatch(rgb: Rgb): HTMLElement {
  const made = element('span', { class: 'yv-saved-swatch' });
  made.style.background = rgbToCss(rgb);
  return made;
}

function opacity(entry: SavedEntry, facts: PartsFacts): HTMLElement {
  const slider = element('input', { type: 'range', min: '5', max: '100', step: '5' });
  slider.value = String(Math.round(entry.opacity * 100));
  slider.addEventListener('change', () => facts.session.setOpacity(entry, Number(slider.value) / 100));
  return element('label', { class: 'yv-saved-slider' }, facts.say('opacity'), slider);
}
