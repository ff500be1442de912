// TS, DT, DTM (HL7 v2.x chapter 2A): YYYY[MM[DD[HH[MM[SS[.S…]]]]]][+/-ZZZZ]. The precision sent is kept: a
// date without a time is not midnight. `2024-05-01 08:30:00` is read too, because many systems send it.
// A time without a zone is local; the default zone is China's, +08:00.
import { Hl7Error } from '../error.ts';
import type { Piece } from '../piece.ts';

export type TimePrecision = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'fraction';

export interface Hl7Time {
  precision: TimePrecision;
  /** `YYYY`, `YYYYMM` or `YYYYMMDD` as sent, whatever the zone: what a birth date is compared by. */
  day: string;
  /** Minutes east of UTC as sent; null when the local zone was assumed. */
  offsetMinutes: number | null;
  /** The instant; missing parts are their first. */
  date: Date;
}

export interface TimeOptions {
  /** Local zone, minutes east of UTC. */
  offsetMinutes?: number;
}

export const chinaOffsetMinutes = 480;

const standard =
  /^(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.(\d{1,9}))?)?)?)?)?)?([+-]\d{4})?$/;
const dashed =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T](\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(Z|[+-]\d\d:?\d\d)?$/;

const precisions: readonly TimePrecision[] = ['year', 'month', 'day', 'hour', 'minute', 'second', 'fraction'];

/** Null when the piece is absent or null; Hl7Error `bad-time` when it is not a time. */
export function parseTs(piece: Piece, options: TimeOptions = {}): Hl7Time | null {
  const text = piece.at(1).at(1).text;
  if (text === null || text.trim() === '') return null;
  const time = readTime(text.trim(), options);
  if (time === null) {
    const { segment, field } = piece.context.where;
    throw new Hl7Error(
      'bad-time',
      `${segment ?? 'A segment'}-${field ?? ''} is not a date or time.`,
      piece.context.where,
    );
  }
  return time;
}

/** Null when `text` is not a date or time. */
export function readTime(text: string, options: TimeOptions = {}): Hl7Time | null {
  const match = text.length > 40 ? null : (standard.exec(text) ?? dashed.exec(text));
  if (match === null) return null;
  const parts = match.slice(1, 8).filter((part) => part !== undefined);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.slice(0, 6).map(Number);
  if (year === 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;

  const offsetMinutes = readOffset(match[8]);
  if (offsetMinutes === 'wrong') return null;
  const milliseconds = Math.floor(Number(`0.${parts[6] ?? '0'}`) * 1000);
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second, milliseconds);
  const east = offsetMinutes ?? options.offsetMinutes ?? chinaOffsetMinutes;
  return {
    precision: precisions[parts.length - 1] ?? 'year',
    day: parts
      .slice(0, 3)
      .map((part) => part.padStart(2, '0'))
      .join(''),
    offsetMinutes,
    date: new Date(local.getTime() - east * 60_000),
  };
}

export interface FormatTimeOptions extends TimeOptions {
  precision?: TimePrecision;
  /** Write the zone behind a time (default yes). */
  zone?: boolean;
}

/** An instant as TS/DTM text in the local zone. */
export function formatTs(date: Date, options: FormatTimeOptions = {}): string {
  const east = options.offsetMinutes ?? chinaOffsetMinutes;
  const digits = new Date(date.getTime() + east * 60_000).toISOString().replace(/\D/g, '');
  const precision = options.precision ?? 'second';
  const length = { year: 4, month: 6, day: 8, hour: 10, minute: 12, second: 14, fraction: 14 }[precision];
  const fraction = precision === 'fraction' ? `.${digits.slice(14, 17)}` : '';
  const zone = length > 8 && options.zone !== false ? formatOffset(east) : '';
  return digits.slice(0, length) + fraction + zone;
}

function formatOffset(east: number): string {
  const size = Math.abs(east);
  const hours = String(Math.floor(size / 60)).padStart(2, '0');
  return `${east < 0 ? '-' : '+'}${hours}${String(size % 60).padStart(2, '0')}`;
}

function readOffset(text: string | undefined): number | null | 'wrong' {
  if (text === undefined) return null;
  if (text === 'Z') return 0;
  const digits = text.replace(/\D/g, '');
  const hours = Number(digits.slice(0, 2));
  const minutes = Number(digits.slice(2));
  if (hours > 14 || minutes > 59) return 'wrong';
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}
