// Calipers: two points on a lead, kept in seconds and physical units, so that they stay where they were measured under any
// paper speed, gain or layout. Pure; the view draws and drags them.
import { type Paper, type Strip, secondsAt, stripAt, trim, valueAt, xOf, yOf } from './layout.ts';

export type CaliperPoint = { seconds: number; value: number };
export type Caliper = { leadLabel: string; unit: string; from: CaliperPoint; to: CaliperPoint };
export type Grip = { index: number; end: 'from' | 'to' };

export class Calipers {
  all: Caliper[] = [];

  begin(paper: Paper, x: number, y: number): Grip | null {
    const strip = stripAt(paper, x, y);
    if (strip === null) return null;
    const point = pointAt(strip, x, y);
    this.all.push({ leadLabel: strip.lead.label, unit: strip.lead.unit, from: point, to: point });
    return { index: this.all.length - 1, end: 'to' };
  }

  /** The end within reach, the last drawn first. */
  gripAt(paper: Paper, x: number, y: number, reach: number): Grip | null {
    for (let index = this.all.length - 1; index >= 0; index -= 1) {
      const caliper = this.all[index];
      if (caliper === undefined) continue;
      for (const strip of stripsOf(paper, caliper)) {
        for (const end of ['to', 'from'] as const) {
          const point = caliper[end];
          const distance = Math.hypot(xOf(strip, point.seconds) - x, yOf(strip, point.value) - y);
          if (distance <= reach) return { index, end };
        }
      }
    }
    return null;
  }

  drag(paper: Paper, grip: Grip, x: number, y: number): void {
    const caliper = this.all[grip.index];
    if (caliper === undefined) return;
    const strips = stripsOf(paper, caliper);
    const strip = strips.find((one) => x >= one.x && x <= one.x + one.width) ?? strips[0];
    if (strip === undefined) return;
    const inside = Math.min(strip.x + strip.width, Math.max(strip.x, x));
    caliper[grip.end] = pointAt(strip, inside, y);
  }

  /** A tap draws nothing. */
  dropSpecks(): void {
    this.all = this.all.filter(
      ({ from, to }) => Math.abs(to.seconds - from.seconds) > 0.004 || Math.abs(to.value - from.value) > 0.02,
    );
  }
}

/** Where a caliper is seen: a lead may lie on the paper twice, as a part and as rhythm strip. */
export function stripsOf(paper: Paper, caliper: Caliper): Strip[] {
  const first = Math.min(caliper.from.seconds, caliper.to.seconds);
  const last = Math.max(caliper.from.seconds, caliper.to.seconds);
  return paper.strips.filter((strip) => {
    if (strip.lead.label !== caliper.leadLabel || strip.lead.unit !== caliper.unit) return false;
    return last >= strip.fromSeconds && first <= strip.fromSeconds + strip.width / strip.mmPerSecond;
  });
}

function pointAt(strip: Strip, x: number, y: number): CaliperPoint {
  return { seconds: secondsAt(strip, x), value: valueAt(strip, y) };
}

/** '412 ms · 146 bpm · 0.85 mV'; a rate only where the interval can be one of beats. */
export function caliperText(caliper: Caliper, perMinute: string): string {
  const milliseconds = Math.abs(caliper.to.seconds - caliper.from.seconds) * 1000;
  const amplitude = caliper.to.value - caliper.from.value;
  const rate =
    milliseconds >= 200 && milliseconds <= 6000 ? ` · ${Math.round(60_000 / milliseconds)} ${perMinute}` : '';
  const size = caliper.unit === 'mV' ? amplitude.toFixed(2) : trim(amplitude);
  return `${Math.round(milliseconds)} ms${rate} · ${size} ${caliper.unit}`;
}
