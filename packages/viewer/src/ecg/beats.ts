// Heart beats of a recording: where the QRS complexes are, the rate, and the median beat of every lead, aligned by the R
// peak. Detection looks at the energy between 5 and 20 Hz over all leads together; it serves reading aids (rate, median
// beat), not diagnosis, and is labelled as measured here.
import { applyFilters } from './filters.ts';
import type { Group, Lead } from './recording.ts';

export type Beats = { /** Seconds on the group's clock. */ peaks: number[]; rate: number | null };

const refractorySeconds = 0.25;
const mostLeads = 12;

export function findBeats(group: Group): Beats {
  const leads = group.leads.filter((lead) => lead.unit === 'mV').slice(0, mostLeads);
  const rate = group.samplesPerSecond;
  const count = leads[0]?.samples.length ?? 0;
  if (count < rate) return { peaks: [], rate: null };
  const bands = leads.map((lead) =>
    applyFilters(withoutGaps(lead.samples), rate, { highPass: 5, lowPass: 20, notch: null }),
  );
  const energy = smooth(energyOf(bands, count), Math.round(rate * 0.08));
  const peaks = pickPeaks(energy, rate);
  const strongest = strongestOf(bands);
  const start = leads[0]?.startSeconds ?? 0;
  const refined = peaks.map((at) => start + largest(strongest, at, Math.round(rate * 0.06)) / rate);
  return { peaks: refined, rate: rateOf(refined) };
}

/** Beats per minute of the middle RR interval. */
function rateOf(peaks: readonly number[]): number | null {
  const intervals = intervalsOf(peaks);
  return intervals.length < 2 ? null : 60 / median(intervals);
}

export function intervalsOf(peaks: readonly number[]): number[] {
  return peaks.slice(1).map((peak, index) => peak - (peaks[index] ?? peak));
}

export type MedianBeat = { leads: Lead[]; beats: number; beforeSeconds: number };

/** null when fewer than three beats are alike. Premature beats and those after a pause are left out. */
export function medianBeat(group: Group, peaks: readonly number[]): MedianBeat | null {
  const intervals = intervalsOf(peaks);
  if (intervals.length < 3) return null;
  const usual = median(intervals);
  const beforeSeconds = Math.min(0.35, usual * 0.45);
  const afterSeconds = Math.min(0.6, usual * 0.75);
  const end = group.fromSeconds + group.seconds;
  const used = peaks.filter((peak, index) => {
    const before = intervals[index - 1];
    const isUsual = before === undefined || Math.abs(before - usual) < usual * 0.2;
    return isUsual && peak - beforeSeconds >= group.fromSeconds && peak + afterSeconds < end;
  });
  if (used.length < 3) return null;
  const rate = group.samplesPerSecond;
  const length = Math.round((beforeSeconds + afterSeconds) * rate);
  const leads = group.leads
    .filter((lead) => lead.unit === 'mV')
    .map((lead): Lead => {
      const starts = used.map((peak) => Math.round((peak - beforeSeconds - lead.startSeconds) * rate));
      const samples = new Float32Array(length);
      for (let at = 0; at < length; at += 1) {
        const values = starts
          .map((start) => lead.samples[start + at] ?? Number.NaN)
          .filter((value) => !Number.isNaN(value));
        samples[at] = values.length === 0 ? Number.NaN : median(values);
      }
      return { ...lead, samples, startSeconds: 0 };
    });
  return { leads, beats: used.length, beforeSeconds };
}

function withoutGaps(samples: Float32Array): Float32Array {
  return samples.map((value) => (Number.isNaN(value) ? 0 : value));
}

function energyOf(bands: readonly Float32Array[], count: number): Float64Array {
  const energy = new Float64Array(count);
  for (const band of bands) {
    for (let at = 1; at < count; at += 1) {
      const slope = (band[at] ?? 0) - (band[at - 1] ?? 0);
      energy[at] = (energy[at] ?? 0) + slope * slope;
    }
  }
  return energy;
}

function smooth(values: Float64Array, width: number): Float64Array {
  const out = new Float64Array(values.length);
  const half = width >> 1;
  let sum = 0;
  for (let at = 0; at < values.length + half; at += 1) {
    sum += values[at] ?? 0;
    sum -= values[at - width] ?? 0;
    if (at >= half) out[at - half] = sum / width;
  }
  return out;
}

/** Above a third of what a usual beat reaches, and the largest within the refractory time. */
function pickPeaks(energy: Float64Array, rate: number): number[] {
  const window = Math.round(rate * 1.5);
  const maxima: number[] = [];
  for (let from = 0; from + window <= energy.length; from += window) {
    let most = 0;
    for (let at = from; at < from + window; at += 1) most = Math.max(most, energy[at] ?? 0);
    maxima.push(most);
  }
  const limit = median(maxima) * 0.25;
  if (!(limit > 0)) return [];
  const apart = Math.round(rate * refractorySeconds);
  const peaks: number[] = [];
  for (let at = 1; at < energy.length - 1; at += 1) {
    const value = energy[at] ?? 0;
    if (value < limit || value < (energy[at - 1] ?? 0) || value <= (energy[at + 1] ?? 0)) continue;
    const last = peaks[peaks.length - 1];
    if (last === undefined || at - last > apart) peaks.push(at);
    else if (value > (energy[last] ?? 0)) peaks[peaks.length - 1] = at;
  }
  return peaks;
}

function strongestOf(bands: readonly Float32Array[]): Float32Array {
  const power = (band: Float32Array) => band.reduce((sum, value) => sum + value * value, 0);
  const [first = new Float32Array(0), ...others] = bands;
  return others.reduce((best, band) => (power(band) > power(best) ? band : best), first);
}

function largest(band: Float32Array, middle: number, reach: number): number {
  let best = middle;
  for (let at = Math.max(0, middle - reach); at <= Math.min(band.length - 1, middle + reach); at += 1) {
    if (Math.abs(band[at] ?? 0) > Math.abs(band[best] ?? 0)) best = at;
  }
  return best;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? high) + high) / 2;
}
