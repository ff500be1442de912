// The line of one strip as points in millimetres: every sample where the paper has room for it, otherwise the lowest and
// highest of each column, so that no spike is lost. Gaps break the line.
import { runsOf } from './filters.ts';
import { type Strip, xOf, yOf } from './layout.ts';

export type Line = number[]; // x0 y0 x1 y1 …

export function traceOf(
  strip: Strip,
  samplesPerSecond: number,
  visible: { from: number; to: number },
  mmPerDot: number,
): Line[] {
  const { lead } = strip;
  const firstX = Math.max(strip.x, visible.from);
  const lastX = Math.min(strip.x + strip.width, visible.to);
  if (firstX >= lastX) return [];
  const indexAt = (x: number) =>
    (strip.fromSeconds + (x - strip.x) / strip.mmPerSecond - lead.startSeconds) * samplesPerSecond;
  const from = Math.max(0, Math.ceil(indexAt(firstX) - 1e-6));
  const to = Math.min(lead.samples.length, Math.floor(indexAt(lastX) + 1e-6) + 1);
  if (from >= to) return [];
  const perDot = (mmPerDot / strip.mmPerSecond) * samplesPerSecond;
  const x = (at: number) => xOf(strip, lead.startSeconds + at / samplesPerSecond);
  const lines: Line[] = [];
  for (const [start, end] of runsOf(lead.samples.subarray(from, to)))
    lines.push(
      perDot <= 2
        ? everySample(strip, from + start, from + end, x)
        : lowAndHigh(strip, from + start, from + end, perDot, x),
    );
  return lines;
}

function everySample(strip: Strip, from: number, to: number, x: (at: number) => number): Line {
  const line: Line = [];
  for (let at = from; at < to; at += 1) line.push(x(at), yOf(strip, strip.lead.samples[at] ?? 0));
  return line;
}

function lowAndHigh(strip: Strip, from: number, to: number, perDot: number, x: (at: number) => number): Line {
  const { samples } = strip.lead;
  const line: Line = [];
  for (let dot = Math.floor(from / perDot); dot * perDot < to; dot += 1) {
    const first = Math.max(from, Math.ceil(dot * perDot));
    const last = Math.min(to, Math.ceil((dot + 1) * perDot));
    if (first >= last) continue;
    let [low, high] = [first, first];
    for (let at = first; at < last; at += 1) {
      if ((samples[at] ?? 0) < (samples[low] ?? 0)) low = at;
      if ((samples[at] ?? 0) > (samples[high] ?? 0)) high = at;
    }
    for (const at of low < high ? [low, high] : [high, low]) line.push(x(at), yOf(strip, samples[at] ?? 0));
  }
  return line;
}
