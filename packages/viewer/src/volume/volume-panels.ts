// Small panels over the views, never over the middle of a picture: clip box, blend of a fusion, the question after a
// cut, the end of a path.
import { button } from '../chrome/buttons.ts';
import { cssGradient } from '../colour/colour-maps.ts';
import { element } from '../dom.ts';
import type { Scene } from './scene.ts';
import type { ClipBox, SolidView } from './solid-view.ts';
import type { VolumeSay } from './volume-text.ts';

function slider(label: string, value: number, onInput: (value: number) => void): HTMLElement {
  const range = element('input', { type: 'range', min: '0', max: '100', step: '1', 'aria-label': label });
  range.value = String(Math.round(value * 100));
  range.addEventListener('input', () => onInput(Number(range.value) / 100));
  return range;
}

function panel(name: string, title: string, close: () => void, ...rows: HTMLElement[]): HTMLElement {
  const head = element(
    'div',
    { class: 'yv-panel-head' },
    title,
    button({ label: title, icon: 'close' }, close),
  );
  head.querySelector('button')?.setAttribute('aria-label', `${title} ×`);
  return element('div', { class: 'yv-panel', 'data-panel': name }, head, ...rows);
}

export function clipPanel(view: SolidView, say: VolumeSay, close: () => void): HTMLElement {
  const rows = (['rightLeft', 'frontBack', 'footHead'] as const).map((word, axis) => {
    const change = (part: 'lower' | 'upper') => (value: number) => {
      const box = view.box.map((range, at) => {
        if (at !== axis) return range;
        return part === 'lower'
          ? { ...range, lower: Math.min(value, range.upper - 0.02) }
          : { ...range, upper: Math.max(value, range.lower + 0.02) };
      });
      const [x, y, z] = box;
      if (x !== undefined && y !== undefined && z !== undefined) view.setBox([x, y, z] satisfies ClipBox);
    };
    const range = view.box[axis] ?? { lower: 0, upper: 1 };
    const label = say(word);
    return element(
      'div',
      { class: 'yv-panel-row' },
      element('span', {}, label),
      slider(`${label} 1`, range.lower, change('lower')),
      slider(`${label} 2`, range.upper, change('upper')),
    );
  });
  return panel('clip', say('clip'), close, ...rows);
}

export function fusionPanel(scene: Scene, say: VolumeSay, close: () => void): HTMLElement {
  const { fusion } = scene.state;
  const bar = element('div', { class: 'yv-colour-bar' });
  bar.style.background = cssGradient(fusion?.map ?? 'hot-iron', '90deg');
  const unit = scene.overlay?.unit ?? '';
  const top =
    fusion === null ? '' : (fusion.voi.center + fusion.voi.width / 2).toFixed(unit === 'SUVbw' ? 0 : 1);
  const low = fusion === null ? '' : (fusion.voi.center - fusion.voi.width / 2).toFixed(0);
  const row = element(
    'div',
    { class: 'yv-panel-row' },
    element('span', {}, say('blend')),
    slider(say('blend'), fusion?.blend ?? 0.5, (blend) => {
      const now = scene.state.fusion;
      if (now !== null) scene.move({ fusion: { ...now, blend } });
    }),
  );
  const scaleRow = element(
    'div',
    { class: 'yv-panel-row yv-colour-row' },
    element('span', {}, low),
    bar,
    element('span', {}, `${top} ${unit}`),
  );
  const rows = [row, scaleRow];
  if (unit === 'SUVbw' && fusion !== null) {
    const span = element('span', {}, `SUV 0–`);
    const range = element('input', { type: 'range', min: '1', max: '30', step: '1', 'aria-label': 'SUV' });
    range.value = String(Math.round(fusion.voi.center + fusion.voi.width / 2));
    range.addEventListener('input', () => {
      const now = scene.state.fusion;
      const most = Number(range.value);
      if (now !== null) scene.move({ fusion: { ...now, voi: { center: most / 2, width: most } } });
      scaleRow.lastElementChild?.replaceChildren(`${most} ${unit}`);
    });
    rows.push(element('div', { class: 'yv-panel-row' }, span, range));
  }
  const reason = scene.overlay?.noSuv ?? null;
  if (reason !== null)
    rows.push(element('p', { class: 'yv-panel-note' }, `${say('suvOff')}${say.suv(reason)}`));
  return panel('fusion', say('fusion'), close, ...rows);
}

export function askPanel(name: string, ...choices: { label: string; pick(): void }[]): HTMLElement {
  const buttons = choices.map(({ label, pick }) => {
    const made = button({ label, text: label }, pick);
    made.classList.add('yv-choose');
    return made;
  });
  return element('div', { class: 'yv-panel yv-panel-ask', 'data-panel': name }, ...buttons);
}
