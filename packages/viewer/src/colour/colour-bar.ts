// The colour bar of a viewport: which value has which colour, with the unit, while colours stand for grey values.
import { element, setText } from '../dom.ts';
import type { Voi } from '../types.ts';
import { voiRange } from '../voi/window.ts';
import { type ColourMapName, cssGradient } from './colour-maps.ts';

export type ColourBarFacts = { palette: ColourMapName; voi: Voi; unit: string; isInverted: boolean };

export function makeColourBar(name: string): { root: HTMLElement; draw(facts: ColourBarFacts | null): void } {
  const strip = element('div', { class: 'yv-colour-strip' });
  const ends = [0, 1, 2].map(() => element('span', {}));
  const root = element(
    'div',
    { class: 'yv-colour-bar', role: 'img', 'aria-label': name, hidden: true },
    strip,
    element('div', { class: 'yv-colour-values' }, ...ends),
  );
  return {
    root,
    draw(facts) {
      root.hidden = facts === null;
      if (facts === null) return;
      const { lower, upper } = voiRange(facts.voi, 'LINEAR_EXACT');
      strip.style.background = cssGradient(facts.palette, facts.isInverted ? '180deg' : '0deg');
      const unit = facts.unit === '' ? '' : `\u2009${facts.unit}`;
      const values = [`${figure(upper)}${unit}`, figure((lower + upper) / 2), figure(lower)];
      for (const [at, end] of ends.entries()) setText(end, values[at] ?? '');
    },
  };
}

function figure(value: number): string {
  return String(Number(value.toFixed(Math.abs(value) < 10 ? 2 : 0)));
}
