// Draws the visible part of a paper onto a canvas: millimetre grid, calibration pulses, traces, names, calipers.
import { type Caliper, caliperText, stripsOf } from './calipers.ts';
import { type Paper, pulseMm, type Strip, xOf, yOf } from './layout.ts';
import { traceOf } from './trace.ts';

export type Drawing = {
  paper: Paper;
  samplesPerSecond: number;
  pxPerMm: number;
  /** Of the viewport on the paper, CSS pixels. */
  scrollX: number;
  scrollY: number;
  width: number;
  height: number;
  pixelRatio: number;
  calipers: readonly Caliper[];
  perMinute: string;
  derived: string;
};

const colors = {
  paper: '#fffaf6',
  fine: '#f7d3d0',
  coarse: '#eda9a3',
  ink: '#14181d',
  name: '#10243a',
  caliper: '#0b5fb0',
};

export function drawPaper(context: CanvasRenderingContext2D, drawing: Drawing): void {
  const { pixelRatio, width, height } = drawing;
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.clearRect(0, 0, width, height);
  const { paper, pxPerMm, scrollX, scrollY } = drawing;
  const right = Math.min(width, paper.width * pxPerMm - scrollX);
  const bottom = Math.min(height, paper.height * pxPerMm - scrollY);
  context.fillStyle = colors.paper;
  context.fillRect(0, 0, right, bottom);
  drawGrid(context, drawing);
  for (const strip of drawing.paper.strips) drawStrip(context, drawing, strip);
  for (const strip of drawing.paper.strips) drawName(context, drawing, strip);
  for (const caliper of drawing.calipers) drawCaliper(context, drawing, caliper);
}

function drawGrid(context: CanvasRenderingContext2D, drawing: Drawing): void {
  const { pxPerMm, scrollX, scrollY, width, height, paper } = drawing;
  const right = Math.min(width, paper.width * pxPerMm - scrollX);
  const bottom = Math.min(height, paper.height * pxPerMm - scrollY);
  const lines = (everyMm: number, color: string, weight: number) => {
    context.beginPath();
    for (
      let mm = Math.ceil(scrollX / pxPerMm / everyMm) * everyMm;
      mm * pxPerMm - scrollX <= right;
      mm += everyMm
    ) {
      const x = mm * pxPerMm - scrollX;
      context.moveTo(x, 0);
      context.lineTo(x, bottom);
    }
    for (
      let mm = Math.ceil(scrollY / pxPerMm / everyMm) * everyMm;
      mm * pxPerMm - scrollY <= bottom;
      mm += everyMm
    ) {
      const y = mm * pxPerMm - scrollY;
      context.moveTo(0, y);
      context.lineTo(right, y);
    }
    context.strokeStyle = color;
    context.lineWidth = weight;
    context.stroke();
  };
  // Closer than two pixels the fine lines are only a veil.
  if (pxPerMm >= 2) lines(1, colors.fine, 0.5);
  lines(5, colors.coarse, pxPerMm >= 2 ? 0.9 : 0.6);
}

function drawStrip(context: CanvasRenderingContext2D, drawing: Drawing, strip: Strip): void {
  const { pxPerMm, scrollX, scrollY, width, samplesPerSecond, pixelRatio } = drawing;
  const visible = { from: scrollX / pxPerMm - 1, to: (scrollX + width) / pxPerMm + 1 };
  context.beginPath();
  for (const line of traceOf(strip, samplesPerSecond, visible, 1 / (pxPerMm * pixelRatio))) {
    for (let at = 0; at < line.length; at += 2) {
      const x = (line[at] ?? 0) * pxPerMm - scrollX;
      const y = (line[at + 1] ?? 0) * pxPerMm - scrollY;
      if (at === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
  }
  if (strip.hasPulse) {
    const points = pulseOf(strip);
    for (const [index, [x, y]] of points.entries()) {
      const [px, py] = [x * pxPerMm - scrollX, y * pxPerMm - scrollY];
      if (index === 0) context.moveTo(px, py);
      else context.lineTo(px, py);
    }
  }
  context.strokeStyle = colors.ink;
  context.lineWidth = Math.max(0.8, Math.min(1.6, pxPerMm * 0.3));
  context.lineJoin = 'round';
  context.stroke();
}

/** One millivolt for two tenths of a second at 25 mm/s. */
export function pulseOf(strip: Strip): [number, number][] {
  const right = strip.x - 2;
  const [from, to] = [right - pulseMm + 1, right - 1];
  const high = yOf(strip, 1);
  return [
    [right - pulseMm, strip.y],
    [from, strip.y],
    [from, high],
    [to, high],
    [to, strip.y],
    [right, strip.y],
  ];
}

function drawName(context: CanvasRenderingContext2D, drawing: Drawing, strip: Strip): void {
  const { pxPerMm, scrollX, scrollY, width } = drawing;
  const x = Math.max(strip.x * pxPerMm - scrollX, 4) + 3;
  if (x > width || (strip.x + strip.width) * pxPerMm < scrollX) return;
  const size = Math.max(11, Math.min(15, pxPerMm * 3.4));
  const y = strip.top * pxPerMm - scrollY + size + 1;
  context.font = `600 ${size}px system-ui, sans-serif`;
  const extra = [strip.scaleText, strip.lead.derivation === null ? null : drawing.derived]
    .filter((text) => text !== null)
    .join(' · ');
  writeOnPaper(context, strip.lead.label, x, y, colors.name);
  if (extra === '') return;
  const shift = context.measureText(strip.lead.label).width + 6;
  context.font = `${Math.max(10, size - 3)}px system-ui, sans-serif`;
  writeOnPaper(context, extra, x + shift, y, '#4a5a6b');
}

function writeOnPaper(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  color: string,
): void {
  context.lineWidth = 3;
  context.lineJoin = 'round';
  context.strokeStyle = 'rgb(255 250 246 / 85%)';
  context.strokeText(text, x, y);
  context.fillStyle = color;
  context.fillText(text, x, y);
}

function drawCaliper(context: CanvasRenderingContext2D, drawing: Drawing, caliper: Caliper): void {
  const { pxPerMm, scrollX, scrollY, paper } = drawing;
  for (const strip of stripsOf(paper, caliper)) {
    const x = (seconds: number) => xOf(strip, seconds) * pxPerMm - scrollX;
    const y = (value: number) => yOf(strip, value) * pxPerMm - scrollY;
    const [x0, x1] = [x(caliper.from.seconds), x(caliper.to.seconds)];
    const [y0, y1] = [y(caliper.from.value), y(caliper.to.value)];
    const [top, bottom] = [Math.min(y0, y1) - 14, Math.max(y0, y1) + 14];
    context.beginPath();
    for (const at of [x0, x1]) {
      context.moveTo(at, top);
      context.lineTo(at, bottom);
    }
    context.moveTo(x0, y0);
    context.lineTo(x1, y0);
    context.moveTo(x1, y0);
    context.lineTo(x1, y1);
    context.strokeStyle = colors.caliper;
    context.lineWidth = 1.25;
    context.stroke();
    context.fillStyle = 'rgb(11 95 176 / 18%)';
    for (const [px, py] of [
      [x0, y0],
      [x1, y1],
    ] as const) {
      context.beginPath();
      context.arc(px, py, 6, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
    context.font = '600 13px system-ui, sans-serif';
    const text = caliperText(caliper, drawing.perMinute);
    const wide = context.measureText(text).width;
    const textX = Math.min(Math.max(4, Math.min(x0, x1)), drawing.width - wide - 8);
    const textY = Math.max(16, top - 4);
    context.fillStyle = 'rgb(255 250 246 / 94%)';
    context.fillRect(textX - 4, textY - 14, wide + 8, 19);
    context.fillStyle = colors.caliper;
    context.fillText(text, textX, textY);
  }
}
