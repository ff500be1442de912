// What lies over the pixels of a viewport: measurements, corner text, orientation letters, scale bar, quality badge
// and the value under the pointer. Drawn anew from plain facts after every change; owns no state.
import { element, setText, svg } from '../dom.ts';
import type { Point, Size } from '../geometry/affine.ts';
import { formatValue, type Measurement, measure, scaleBarMm } from '../geometry/measure.ts';
import type { EdgeLetters } from '../geometry/orientation.ts';
import type { Spacing } from '../geometry/spacing.ts';
import type { Say } from '../text.ts';
import type { Corners } from './corner-text.ts';

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
  spacingOf(measurement: Measurement): Spacing;
  toCanvas(image: Point): Point;
  /** Values may be told: the frame has full quality. */
  isExact: boolean;
};

export type Overlay = { root: HTMLElement; draw(facts: OverlayFacts): void; note(text: string): void };

export function makeOverlay(say: Say): Overlay {
  const drawing = svg('svg', { class: 'yv-drawing', 'aria-hidden': 'true' });
  const corner = (name: string) => element('div', { class: `yv-corner yv-${name}` });
  const corners = {
    topLeft: corner('tl'),
    topRight: corner('tr'),
    bottomLeft: corner('bl'),
    bottomRight: corner('br'),
  };
  const badge = element('div', { class: 'yv-badge', role: 'status' });
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
  corners.bottomRight.append(badge, readout, lines.bottomRight);
  const root = element(
    'div',
    { class: 'yv-overlay' },
    drawing,
    ...Object.values(corners),
    ...Object.values(letters),
    note,
  );
  let noteTimer = 0;

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
      badge.dataset.look = facts.badge?.look ?? '';
      setText(badge, facts.badge?.text ?? '');
      setText(readout, facts.readout);
      drawing.replaceChildren(
        ...(facts.pixelsPerMm === null ? [] : scaleBar(facts.pixelsPerMm, facts.size)),
        ...(facts.cross === null ? [] : crossAt(facts.cross)),
        ...facts.measurements.map((measurement) => drawMeasurement(measurement, facts, say)),
      );
    },
    note(text) {
      window.clearTimeout(noteTimer);
      note.hidden = text === '';
      setText(note, text);
      if (text !== '') noteTimer = window.setTimeout(() => (note.hidden = true), 4000);
    },
  };
}

function drawMeasurement(measurement: Measurement, facts: OverlayFacts, say: Say): SVGElement {
  const points = measurement.points.map(facts.toCanvas);
  const path = points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  const group = svg('g', { class: 'yv-measure', 'data-selected': measurement.id === facts.selected });
  group.append(
    svg('polyline', { class: 'yv-halo', points: path }),
    svg('polyline', { class: 'yv-line', points: path }),
    ...points.map(({ x, y }) =>
      svg('circle', { class: 'yv-grip', cx: x.toFixed(1), cy: y.toFixed(1), r: '5' }),
    ),
  );
  const anchor = points.reduce((best, point) => (point.x > best.x ? point : best));
  const text = valueText(measurement, facts, say);
  const room = 8 * text.length;
  const x = anchor.x + 12 + room > facts.size.width ? Math.max(4, anchor.x - 12 - room) : anchor.x + 12;
  const y = Math.min(facts.size.height - 8, Math.max(16, anchor.y + 4));
  group.append(svg('text', { class: 'yv-value', x: x.toFixed(1), y: y.toFixed(1) }, text));
  return group;
}

function valueText(measurement: Measurement, facts: OverlayFacts, say: Say): string {
  if (!facts.isExact) return '…';
  const measured = measure(measurement, facts.spacingOf(measurement));
  const caveats = {
    none: '',
    uncalibrated: ` (${say('uncalibrated')})`,
    'at-detector': ` (${say('atDetector')})`,
  };
  return formatValue(measured) + caveats[measured.caveat];
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
