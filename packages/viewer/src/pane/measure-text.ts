// What is written beside a measurement: its text, its values, and what must be said with them (viewer spec §5).
import type { Pixels } from '../frames/pixels.ts';
import type { FrameFacts } from '../geometry/frame-facts.ts';
import {
  type AreaMeasurement,
  formatValue,
  type MeasuredValue,
  measureAngle,
  measureArea,
  measureCobb,
  measureLength,
} from '../geometry/measure.ts';
import { type AreaStatistics, areaStatistics } from '../geometry/measure-area.ts';
import type { Measurement } from '../geometry/measurement.ts';
import type { Spacing } from '../geometry/spacing.ts';
import type { Say } from '../text.ts';
import { traceLines, traceValues } from '../ultrasound/trace-text.ts';
import { valueAt } from './tone-of.ts';

export type MeasureFacts = {
  spacing: Spacing;
  /** Every stored bit is here: values may be told. */
  isExact: boolean;
  pixels: Pixels | null;
  facts: FrameFacts | null;
  isLossy: boolean;
  say: Say;
};

export function measureLines(measurement: Measurement, facts: MeasureFacts): string[] {
  const text = measurement.text === '' ? [] : measurement.text.split('\n');
  return [...text, ...valueLines(measurement, facts)];
}

export type NamedValue = { concept: string; value: number; unit: string };

/** The values under their names, for documents. None before the frame is in full quality. */
export function measuredValues(measurement: Measurement, facts: MeasureFacts): NamedValue[] {
  const { spacing } = facts;
  if (!facts.isExact) return [];
  const traced = traceValues(measurement, facts.facts);
  if (traced !== null) return traced;
  switch (measurement.kind) {
    case 'arrow':
    case 'text':
      return [];
    case 'length':
      return [named('length', measureLength(measurement.points, spacing))];
    case 'angle':
      return [named('angle', measureAngle(measurement.points, spacing))];
    case 'cobb':
      return [named('cobb', measureCobb(measurement.points, spacing))];
    case 'probe': {
      const { x, y } = measurement.points[0];
      const value = facts.pixels === null ? null : valueAt(facts.facts, facts.pixels, x, y);
      const unit = facts.facts?.unit ?? '';
      return typeof value === 'number' ? [{ concept: 'value', value, unit }] : [];
    }
    default: {
      const area = measureArea(measurement, spacing);
      const statistics = statisticsOf(measurement, facts);
      const unit = facts.facts?.unit ?? '';
      const values = area === null ? [] : [named('area', area)];
      if (statistics === null) return values;
      const { mean, deviation, min, max } = statistics;
      values.push(
        { concept: 'mean', value: mean, unit },
        { concept: 'deviation', value: deviation, unit },
        { concept: 'minimum', value: min, unit },
        { concept: 'maximum', value: max, unit },
      );
      return values;
    }
  }
}

function named(concept: string, { value, unit }: MeasuredValue): NamedValue {
  return { concept, value, unit };
}

function valueLines(measurement: Measurement, facts: MeasureFacts): string[] {
  const { spacing, say } = facts;
  if (measurement.kind === 'arrow' || measurement.kind === 'text') return [];
  if (!facts.isExact) return ['…'];
  const traced = traceLines(measurement, facts.facts, say);
  if (traced !== null) return traced;
  switch (measurement.kind) {
    case 'length':
      return [withCaveat(measureLength(measurement.points, spacing), say)];
    case 'angle':
      return [withCaveat(measureAngle(measurement.points, spacing), say)];
    case 'cobb':
      return [`Cobb ${withCaveat(measureCobb(measurement.points, spacing), say)}`];
    case 'probe':
      return probeLines(measurement.points[0], facts);
    default:
      return areaLines(measurement, facts);
  }
}

function areaLines(measurement: AreaMeasurement, facts: MeasureFacts): string[] {
  const { say, spacing } = facts;
  const area = measureArea(measurement, spacing);
  const first = area === null ? say('crossesItself') : `${say('area')} ${withCaveat(area, say)}`;
  const statistics = statisticsOf(measurement, facts);
  if (statistics === null) return [first];
  const unit = facts.facts?.unit ?? '';
  const tail = unit === '' ? '' : `\u2009${unit}`;
  const { mean, deviation, min, max } = statistics;
  return [
    first,
    `${say('mean')} ${figure(mean)} ± ${figure(deviation)}${tail}${lossyMark(facts)}`,
    `${say('least')} ${figure(min)}  ${say('most')} ${figure(max)}`,
  ];
}

function probeLines(at: { x: number; y: number }, facts: MeasureFacts): string[] {
  const value = facts.pixels === null ? null : valueAt(facts.facts, facts.pixels, at.x, at.y);
  if (value === null) return [];
  if (Array.isArray(value)) return [`RGB ${value.join(' ')}${lossyMark(facts)}`];
  const unit = facts.facts?.unit ?? '';
  return [`${figure(value)}${unit === '' ? '' : `\u2009${unit}`}${lossyMark(facts)}`];
}

type Known = { pixels: Pixels; statistics: AreaStatistics | null };
const known = new WeakMap<Measurement, Known>();

/** Counted once for a shape and its pixels: measurements are never changed in place. */
function statisticsOf(measurement: AreaMeasurement, { pixels, facts }: MeasureFacts): AreaStatistics | null {
  if (pixels === null || facts === null) return null;
  const before = known.get(measurement);
  if (before?.pixels === pixels) return before.statistics;
  const statistics = areaStatistics(measurement, pixels, facts.rescale);
  known.set(measurement, { pixels, statistics });
  return statistics;
}

function withCaveat(measured: MeasuredValue, say: Say): string {
  const caveats = {
    none: '',
    uncalibrated: ` (${say('uncalibrated')})`,
    'at-detector': ` (${say('atDetector')})`,
    manual: ` (${say('manuallyCalibrated')})`,
  };
  return formatValue(measured) + caveats[measured.caveat];
}

/** Values of pixels that were once compressed lossily are said to be so. */
function lossyMark({ isLossy, say }: MeasureFacts): string {
  return isLossy ? ` (${say('lossy')})` : '';
}

function figure(value: number): string {
  const digits = Math.abs(value) < 10 ? 2 : 1;
  return String(Number(value.toFixed(digits)));
}
