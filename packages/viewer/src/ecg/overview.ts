// The whole stretch in one narrow line, with the part on paper marked; dragged to move through a long recording.
import { element } from '../dom.ts';
import { rangeOf, type Strip } from './layout.ts';
import type { Lead } from './recording.ts';
import { traceOf } from './trace.ts';

export type OverviewFacts = {
  lead: Lead;
  samplesPerSecond: number;
  fromSeconds: number;
  seconds: number;
  shown: { from: number; to: number };
};

export function makeOverview(label: string, moveTo: (seconds: number) => void) {
  const canvas = element('canvas', {
    class: 'yv-ecg-overview',
    role: 'slider',
    'aria-label': label,
    tabindex: '0',
  });
  let facts: OverviewFacts | null = null;
  const toSeconds = (event: PointerEvent) => {
    if (facts === null) return;
    const box = canvas.getBoundingClientRect();
    const half = (facts.shown.to - facts.shown.from) / 2;
    moveTo(facts.fromSeconds + ((event.clientX - box.left) / box.width) * facts.seconds - half);
  };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    toSeconds(event);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) toSeconds(event);
  });
  canvas.addEventListener('keydown', (event) => {
    if (facts === null) return;
    const step = (facts.shown.to - facts.shown.from) / 2;
    const by = event.key === 'ArrowLeft' ? -step : event.key === 'ArrowRight' ? step : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    moveTo(facts.shown.from + by);
  });
  const draw = (next: OverviewFacts, pixelRatio: number) => {
    facts = next;
    const { lead, samplesPerSecond, fromSeconds, seconds, shown } = next;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (width === 0) return;
    canvas.width = width * pixelRatio;
    canvas.height = height * pixelRatio;
    const context = canvas.getContext('2d');
    if (context === null) return;
    context.scale(pixelRatio, pixelRatio);
    context.fillStyle = '#fffaf6';
    context.fillRect(0, 0, width, height);
    const { low, high } = rangeOf(lead.samples);
    const strip: Strip = {
      lead,
      x: 0,
      y: height / 2,
      width,
      top: 0,
      height,
      fromSeconds,
      mmPerSecond: width / seconds,
      mmPerUnit: (height - 6) / Math.max(high - low, 1e-9),
      centre: (low + high) / 2,
      hasPulse: false,
      scaleText: null,
    };
    context.beginPath();
    for (const line of traceOf(strip, samplesPerSecond, { from: 0, to: width }, 1)) {
      for (let at = 0; at < line.length; at += 2) {
        if (at === 0) context.moveTo(line[at] ?? 0, line[at + 1] ?? 0);
        else context.lineTo(line[at] ?? 0, line[at + 1] ?? 0);
      }
    }
    context.strokeStyle = '#3b4a5a';
    context.lineWidth = 0.8;
    context.stroke();
    const x = ((shown.from - fromSeconds) / seconds) * width;
    const span = ((shown.to - shown.from) / seconds) * width;
    context.fillStyle = 'rgb(11 95 176 / 16%)';
    context.fillRect(x, 0, span, height);
    context.strokeStyle = '#0b5fb0';
    context.strokeRect(x + 0.5, 0.5, Math.max(2, span - 1), height - 1);
    canvas.setAttribute('aria-valuemin', String(Math.round(fromSeconds)));
    canvas.setAttribute('aria-valuemax', String(Math.round(fromSeconds + seconds)));
    canvas.setAttribute('aria-valuenow', String(Math.round(shown.from)));
  };
  return { root: canvas, draw };
}
