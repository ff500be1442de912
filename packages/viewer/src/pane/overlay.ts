// What lies over the pixels of a viewport: measurements, corner text, orientation letters, scale bar, quality badge
// and the value under the pointer. Drawn anew from plain facts after every change; owns no state.
import { element, setText, svg } from '../dom.ts';
import type { Point, Size } from '../geometry/affine.ts';
import { scaleBarMm } from '../geometry/measure.ts';
import type { Measurement } from '../geometry/measurement.ts';
import type { EdgeLetters } from '../geometry/orientation.ts';
import type { Corners } from './corner-text.ts';
import { drawMeasurement, type LabelBox } from './measure-drawing.ts';

export type Badge = { text: string; look: 'preview' | 'lossy' } | null;

export type OverlayFacts = {
  corners: Corners;
  letters: EdgeLetters | null;
  badge: Badge;
  readout: string;
  cross: Point | null;
  /** Screen pixels per mm; null without trustworthy spacing. */
  pixelsPerMm: number | null;
  size: Size;
  measurements: readonly Measurement[];
  selected: string | null;
  /** What is written beside a measurement. */
  linesOf(measurement: Measurement): string[];
  letterSize: number;
  /** How the picture was changed beyond its window, as a badge of its own. */
  look: string;
  toCanvas(image: Point): Point;
};

export type Overlay = {
  root: HTMLElement;
  draw(facts: OverlayFacts): void;
  note(text: string): void;
  /** The text of a measurement within `reach` of a place. */
  labelAt(at: Point, reach: number): { id: string; place: Point } | null;
};

export function makeOverlay(): Overlay {
  const drawing = svg('svg', { class: 'yv-drawing', 'aria-hidden': 'true' });
  const corner = (name: string) => element('div', { class: `yv-corner yv-${name}` });
  const corners = {
    topLeft: corner('tl'),
    topRight: corner('tr'),
    bottomLeft: corner('bl'),
    bottomRight: corner('br'),
  };
  const badge = element('div', { class: 'yv-badge', role: 'status' });
  const look = element('div', { class: 'yv-badge', 'data-look': 'lossy' });
  const readout = element('div', { class: 'yv-readout' });
  const letters = {
    top: element('span', { class: 'yv-letter yv-letter-top' }),
    right: element('span', { class: 'yv-letter yv-letter-right' }),
    bottom: element('span', { class: 'yv-letter yv-letter-bottom' }),
    left: element('span', { class: 'yv-letter yv-letter-left' }),
  };
  const note = element('div', { class: 'yv-note', role: 'status', 'aria-live': 'polite', hidden: true });
  const lines = {
    topLeft: element('div'),
    topRight: element('div'),
    bottomLeft: element('div'),
    bottomRight: element('div'),
  };
  corners.topLeft.append(lines.topLeft);
  corners.topRight.append(lines.topRight);
  corners.bottomLeft.append(lines.bottomLeft);
  corners.bottomRight.append(look, badge, readout, lines.bottomRight);
  const root = element(
    'div',
    { class: 'yv-overlay' },
    drawing,
    ...Object.values(corners),
    ...Object.values(letters),
    note,
  );
  let noteTimer = 0;
  let labels: LabelBox[] = [];
  let bareKey = '';

  return {
    root,
    draw(facts) {
      for (const name of ['topLeft', 'topRight', 'bottomLeft', 'bottomRight'] as const) {
        setText(lines[name], facts.corners[name].join('\n'));
      }
      for (const name of ['top', 'right', 'bottom', 'left'] as const) {
        setText(letters[name], facts.letters?.[name] ?? '');
      }
      badge.hidden = facts.badge === null;
      const badgeLook = facts.badge?.look ?? '';
      if (badge.dataset.look !== badgeLook) badge.dataset.look = badgeLook;
      setText(badge, facts.badge?.text ?? '');
      look.hidden = facts.look === '';
      setText(look, facts.look);
      setText(readout, facts.readout);
      // From slice to slice mostly nothing is drawn but the same scale bar.
      const { pixelsPerMm, size, cross } = facts;
      const key = `${pixelsPerMm} ${size.width} ${size.height} ${cross?.x} ${cross?.y}`;
      if (facts.measurements.length === 0 && key === bareKey) return;
      bareKey = facts.measurements.length === 0 ? key : '';
      const drawn = facts.measurements.map((measurement) =>
        drawMeasurement(measurement, {
          ...facts,
          lines: facts.linesOf(measurement),
          isSelected: measurement.id === facts.selected,
        }),
      );
      labels = drawn.map(({ label }) => label).filter((label) => label !== null);
      drawing.replaceChildren(
        ...(facts.pixelsPerMm === null ? [] : scaleBar(facts.pixelsPerMm, facts.size)),
        ...(facts.cross === null ? [] : crossAt(facts.cross)),
        ...drawn.map(({ drawing: one }) => one),
      );
    },
    note(text) {
      window.clearTimeout(noteTimer);
      note.hidden = text === '';
      setText(note, text);
      if (text !== '') noteTimer = window.setTimeout(() => (note.hidden = true), 4000);
    },
    labelAt(at, reach) {
      const found = labels.find(
        ({ x, y, width, height }) =>
          at.x >= x - reach && at.x <= x + width + reach && at.y >= y - reach && at.y <= y + height + reach,
      );
      return found === undefined ? null : { id: found.id, place: { x: found.x, y: found.y } };
    },
  };
}

function scaleBar(pixelsPerMm: number, size: Size): SVGElement[] {
  const mm = scaleBarMm(pixelsPerMm, size.height * 0.35);
  const length = mm * pixelsPerMm;
  if (!Number.isFinite(length) || length < 8) return [];
  const x = size.width - 14;
  const top = size.height / 2 - length / 2;
  const bottom = top + length;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const y = top + share * length;
    return `M${x} ${y.toFixed(1)}h${share === 0 || share === 1 ? -8 : -5}`;
  });
  const d = `M${x} ${top.toFixed(1)}V${bottom.toFixed(1)}${ticks.join('')}`;
  const label = mm >= 10 ? `${mm / 10}\u2009cm` : `${mm}\u2009mm`;
  return [
    svg('path', { class: 'yv-halo', d }),
    svg('path', { class: 'yv-bar', d }),
    svg(
      'text',
      { class: 'yv-bar-text', x: String(x - 12), y: (bottom + 16).toFixed(1), 'text-anchor': 'middle' },
      label,
    ),
  ];
}

function crossAt({ x, y }: Point): SVGElement[] {
  const d = `M${x - 14} ${y}h10M${x + 4} ${y}h10M${x} ${y - 14}v10M${x} ${y + 4}v10`;
  return [svg('path', { class: 'yv-halo', d }), svg('path', { class: 'yv-cross', d })];
}
