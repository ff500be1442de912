// How fast an object wants to be played and for how long each frame stands (PS3.3 C.7.6.5 Cine): what is recommended for
// display goes before how it was taken. Frame Time Vector gives every frame its own time; Start and Stop Trim and
// Preferred Playback Sequencing say which frames and which way.
import { itemsOf, type JsonItem, numberOf, numbersOf } from '../geometry/dicom-json.ts';

import type { OpenSeries } from './open-series.ts';

export type CineTiming = {
  framesPerSecond: number;
  /** How long the frame of that index stands, against the mean of all; null: all alike. */
  shares: readonly number[] | null;
  /** Back and forth instead of from the start again. */
  isSweep: boolean;
  /** First and last frame to play, 0 first. */
  first: number;
  last: number;
};

const slowest = 0.5;
const fastest = 60;
/** A frame that stands much longer than the others is held, but not for ever. */
const mostShare = 20;

export function cineTiming(instance: JsonItem | null, count: number): CineTiming | null {
  if (instance === null || count < 2) return null;
  const vector = numbersOf(instance, '00181065');
  const times = vector !== null && vector.length >= count ? vector.slice(1, count) : [];
  const mean = times.reduce((sum, time) => sum + time, 0) / Math.max(1, times.length);
  const isVector = times.length > 0 && mean > 0 && times.every((time) => time >= 0);
  const rate =
    positive(numberOf(instance, '00082144')) ??
    positive(numberOf(instance, '00180040')) ??
    perSecond(numberOf(instance, '00181063')) ??
    (isVector ? perSecond(mean) : null) ??
    perSecond(durationOf(instance));
  const first = trim(numberOf(instance, '00082142'), count) ?? 0;
  const last = trim(numberOf(instance, '00082143'), count) ?? count - 1;
  const isTrimmed = last > first && (first > 0 || last < count - 1);
  if (rate === null && !isTrimmed) return null;
  return {
    framesPerSecond: Math.min(fastest, Math.max(slowest, rate ?? 10)),
    shares: isVector ? sharesOf(times, mean) : null,
    isSweep: numberOf(instance, '00181244') === 1,
    first: isTrimmed ? first : 0,
    last: isTrimmed ? last : count - 1,
  };
}

/** Of a series: its one object says all, several objects only how fast. */
export function seriesTiming(opened: OpenSeries): CineTiming | null {
  const { frames } = opened.series;
  const timing = cineTiming(opened.instance(0), frames.length);
  const isOne = frames.every(({ sopInstanceUid }) => sopInstanceUid === frames[0]?.sopInstanceUid);
  if (timing === null || isOne) return timing;
  return { ...timing, shares: null, isSweep: false, first: 0, last: frames.length - 1 };
}

/** The vector counts from frame to frame: entry n is what passes before frame n, so frame n−1 stands that long. */
function sharesOf(times: readonly number[], mean: number): number[] {
  const shares = times.map((time) => Math.min(mostShare, time / mean));
  return [...shares, 1];
}

export const cineModes = ['loop', 'sweep', 'once'] as const;
export type CineMode = (typeof cineModes)[number];

/** The way a clip goes until the reader says otherwise. */
export function modeOf(timing: CineTiming | null): CineMode {
  return timing?.isSweep === true ? 'sweep' : 'loop';
}

/** The next frame to play, and which way it goes on; the same frame again where a clip that plays once has ended. */
export function nextFrame(
  timing: CineTiming | null,
  count: number,
  index: number,
  direction: 1 | -1,
  mode: CineMode = modeOf(timing),
): { index: number; direction: 1 | -1 } {
  const first = timing?.first ?? 0;
  const last = Math.min(timing?.last ?? count - 1, count - 1);
  if (index < first || index > last) return { index: first, direction: 1 };
  if (mode === 'sweep') {
    if (index + direction > last) return { index: Math.max(first, last - 1), direction: -1 };
    if (index + direction < first) return { index: Math.min(last, first + 1), direction: 1 };
    return { index: index + direction, direction };
  }
  if (index >= last) return { index: mode === 'once' ? last : first, direction: 1 };
  return { index: index + 1, direction: 1 };
}

/** Frame durations of nuclear medicine: Actual Frame Duration of the object, or of its first phase. */
function durationOf(instance: JsonItem): number | null {
  const gate = itemsOf(instance, '00540062')[0];
  const interval = gate === undefined ? undefined : itemsOf(gate, '00540063')[0];
  return interval === undefined ? null : numberOf(interval, '00181063');
}

function perSecond(timeMs: number | null): number | null {
  return timeMs !== null && timeMs > 0 && timeMs < 60_000 ? 1000 / timeMs : null;
}

function positive(rate: number | null): number | null {
  return rate !== null && rate > 0 && rate < 1000 ? rate : null;
}

function trim(frameNumber: number | null, count: number): number | null {
  return frameNumber !== null && frameNumber >= 1 && frameNumber <= count
    ? Math.round(frameNumber) - 1
    : null;
}
