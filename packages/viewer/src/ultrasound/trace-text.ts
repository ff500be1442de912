// What is written beside lines and points in M-mode and Doppler.
import type { Point } from '../geometry/affine.ts';
import type { FrameFacts } from '../geometry/frame-facts.ts';
import type { Measurement } from '../geometry/measurement.ts';
import type { Say } from '../text.ts';
import {
  beatsPerMinute,
  pressureGradient,
  type Trace,
  type TraceQuantity,
  type TraceValue,
  traceAt,
  traceDifferences,
  traceLevel,
  traceSlope,
} from './trace.ts';

const symbols: Record<TraceQuantity, string> = { time: 't', distance: 'd', velocity: 'v', frequency: 'f' };

/** Null: this is no line or point of a trace, or not one that a trace gives values to. */
export function traceLines(measurement: Measurement, facts: FrameFacts | null, say: Say): string[] | null {
  const trace = traceOf(measurement, facts);
  if (trace === null) return null;
  switch (measurement.kind) {
    case 'length':
      return lineLines(trace, measurement.points, say);
    case 'probe':
      return levelLines(trace, measurement.points[0]);
    default:
      return [say('noMeasureHere')];
  }
}

/** The same for documents. */
export function traceValues(measurement: Measurement, facts: FrameFacts | null) {
  const trace = traceOf(measurement, facts);
  if (trace === null) return null;
  if (measurement.kind === 'length')
    return traceDifferences(trace, measurement.points).map(({ name, value, unit }) => ({
      concept: name,
      value,
      unit,
    }));
  const level = measurement.kind === 'probe' ? traceLevel(trace, measurement.points[0]) : null;
  return level === null ? [] : [{ concept: level.name, value: level.value, unit: level.unit }];
}

/** Beside the pointer: the level it stands at. */
export function traceReadout(facts: FrameFacts | null, at: Point): string {
  const trace = traceAt(facts?.spacing.regions ?? [], [at]);
  const level = trace === null ? null : traceLevel(trace, at);
  return level === null ? '' : `${symbols[level.name]} ${formatTrace(level)}`;
}

function traceOf(measurement: Measurement, facts: FrameFacts | null): Trace | null {
  if (measurement.kind === 'arrow' || measurement.kind === 'text') return null;
  return traceAt(facts?.spacing.regions ?? [], measurement.points);
}

function lineLines(trace: Trace, points: readonly [Point, Point], say: Say): string[] {
  const values = traceDifferences(trace, points);
  const lines = values.map((one) => `Δ${symbols[one.name]} ${formatTrace(one)}`);
  const slope = traceSlope(values);
  if (slope !== null) lines.push(`${say('slope')} ${figure(slope.value)}\u2009${slope.unit}`);
  const beats = beatsPerMinute(values);
  if (beats !== null) lines.push(`${say('heartRate')} ${Math.round(beats)}\u2009/min`);
  return lines;
}

function levelLines(trace: Trace, at: Point): string[] {
  const level = traceLevel(trace, at);
  if (level === null) return [];
  const gradient = pressureGradient(level);
  return [
    `${symbols[level.name]} ${formatTrace(level)}`,
    ...(gradient === null ? [] : [`PG ${figure(gradient)}\u2009mmHg`]),
  ];
}

/** Times below a second are said in milliseconds. */
export function formatTrace({ name, value, unit }: TraceValue): string {
  if (name === 'time' && value < 1) return `${Math.round(value * 1000)}\u2009ms`;
  return `${figure(value)}\u2009${unit}`;
}

function figure(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 1000 ? 1 : 0);
}
