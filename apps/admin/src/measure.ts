// Sizes, times and waits as the console prints them. Times on the wire are UTC and are shown as the hospital's
// (UTC+8, no summer time), whatever the zone of the computer.
import { formatDateTime } from '@yunying/ui';

const hospitalOffsetMs = 8 * 3_600_000;
const thin = '\u2009';
const steps = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** 2026-11-24T01:30:00Z becomes 2026-11-24T09:30:00.000+08:00; what is no time comes back as it is. */
export function inHospital(wire: string): string {
  const at = Date.parse(wire);
  return Number.isNaN(at) ? wire : new Date(at + hospitalOffsetMs).toISOString().replace('Z', '+08:00');
}

export function formatMoment(wire: string): string {
  return formatDateTime(inHospital(wire));
}

/** 12 KB, 3.4 GB: powers of ten, at most three figures. */
export function formatSize(bytes: number | string | null): string {
  const value = bytes === null ? Number.NaN : Number(bytes);
  if (!Number.isFinite(value) || value < 0) return '';
  let step = 0;
  let rest = value;
  while (rest >= 999.5 && step < steps.length - 1) {
    rest /= 1000;
    step += 1;
  }
  const figures = step === 0 || rest >= 99.95 ? rest.toFixed(0) : rest.toFixed(1);
  return `${figures}${thin}${steps[step]}`;
}

/** 1,234 */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** The largest whole unit of a wait: its number and the key of its word. */
export function waitOf(seconds: number): { count: number; unit: 'second' | 'minute' | 'hour' | 'day' } {
  if (seconds < 60) return { count: Math.max(0, Math.floor(seconds)), unit: 'second' };
  if (seconds < 3600) return { count: Math.floor(seconds / 60), unit: 'minute' };
  if (seconds < 172_800) return { count: Math.floor(seconds / 3600), unit: 'hour' };
  return { count: Math.floor(seconds / 86_400), unit: 'day' };
}
