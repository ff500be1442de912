// Dates, numbers and codes as a hospital prints them. Times on the wire are ISO 8601 with the hospital's offset and
// are shown as written there: a patient abroad still reads the time of the examination, not of the phone.

const wireTime = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}))?/;

/** 2026-11-24 09:30; what is not a time comes back as it is. */
export function formatDateTime(wire: string): string {
  const found = wireTime.exec(wire);
  if (found === null) return wire;
  const [, year, month, day, hour, minute] = found;
  return hour === undefined ? `${year}-${month}-${day}` : `${year}-${month}-${day} ${hour}:${minute}`;
}

/** 2026-11-24 */
export function formatDate(wire: string): string {
  return formatDateTime(wire).slice(0, 10);
}

/** 11-24, for rows that stand under their year. */
export function formatMonthDay(wire: string): string {
  return wireTime.test(wire) ? wire.slice(5, 10) : wire;
}

export function yearOf(wire: string): string {
  return wireTime.test(wire) ? wire.slice(0, 4) : '';
}

/** The time of day when `wire` lies on the day of `now` in the hospital (UTC+8, no summer time), else null. */
export function timeWithinToday(wire: string, now: Date = new Date()): string | null {
  const today = new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
  const found = wireTime.exec(wire);
  if (found === null || found[4] === undefined || wire.slice(0, 10) !== today) return null;
  return `${found[4]}:${found[5]}`;
}

const ageUnits: Record<string, string> = { 岁: 'y', 月: 'm', 周: 'w', 天: 'd' };

/** An age as Chinese reports print it (62岁, 3岁8月), in the language of the screen. */
export function formatAge(printed: string, language: 'zh-CN' | 'en'): string {
  if (language === 'zh-CN') return printed;
  if (printed === '出生当天') return 'newborn';
  return printed
    .replace(/(\d+)([岁月周天])/g, (_, count: string, unit: string) => `${count}\u2009${ageUnits[unit]} `)
    .trim();
}

/** 18 KB, 1.4 MB: with a thin space, powers of ten as networks count. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return '';
  if (bytes < 1000) return `${Math.round(bytes)}\u2009B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)}\u2009KB`;
  return `${(bytes / 1_000_000).toFixed(1)}\u2009MB`;
}

/** A value with its unit, joined by a thin space: 12.4 mm. */
export function formatUnit(value: number, unit: string, digits = 1): string {
  return `${value.toFixed(digits)}\u2009${unit}`;
}

/** 5:00, for countdowns longer than a minute; 42 below. */
export function formatCountdown(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 60) return String(whole);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
