// DA and TM (PS3.5 §6.2) as wall-clock time of the hospital (China's one zone) to instants and back, and their
// range matching in a worklist query: when both date and time are ranges they make one period, e.g. July 5 to 7
// and 10:00 to 18:00 is July 5, 10:00 to July 7, 18:00 (PS3.4 §K.6.1.2.2, table K.6-1).
import { StatusError, status } from '@yunying/dimse';

const offsetMs = 8 * 3_600_000;

export function toDa(at: Date): string {
  return local(at).slice(0, 10).replaceAll('-', '');
}

export function toTm(at: Date): string {
  return local(at).slice(11, 19).replaceAll(':', '');
}

/** DA and TM to an instant; null when the date is none. Parts of the time that are not said are zero. */
export function toInstant(da: string | null, tm: string | null): Date | null {
  const day = /^(\d{4})(\d{2})(\d{2})$/.exec(da ?? '');
  if (day === null) return null;
  const [, hours = '00', minutes = '00', seconds = '00'] =
    /^(\d{2})(\d{2})?(\d{2})?/.exec(tm?.replaceAll(':', '') ?? '') ?? [];
  const at = new Date(`${day[1]}-${day[2]}-${day[3]}T${hours}:${minutes}:${seconds}+08:00`);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** Instants inclusive; `clock` is a time of day as HHMMSS that holds for each day by itself. */
export type Period = {
  from: Date | null;
  to: Date | null;
  clock: { from: string; to: string } | null;
};

type Range = { from: string | null; to: string | null; isRange: boolean };

/** Throws 0xA900 for what is neither a date (time) nor a range of them. */
export function readPeriod(dateKey: string | null, timeKey: string | null): Period {
  const date = readRange(dateKey, /^\d{8}$/, 'Scheduled Procedure Step Start Date', (text) =>
    text.replaceAll('.', ''),
  );
  const time = readRange(
    timeKey,
    /^\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?$/,
    'Scheduled Procedure Step Start Time',
    (text) => text.replaceAll(':', ''),
  );
  const first = time?.from?.slice(0, 6).padEnd(6, '0') ?? '000000';
  const last = time?.to?.slice(0, 6).padEnd(6, '59') ?? '235959';
  const together = date?.isRange === true && time?.isRange === true;
  return {
    from: toInstant(date?.from ?? null, together ? first : '000000'),
    to: endOfSecond(toInstant(date?.to ?? null, together ? last : '235959')),
    clock: time === null || together ? null : { from: first, to: last },
  };
}

export function isInPeriod(at: Date, { from, to, clock }: Period): boolean {
  if (from !== null && at < from) return false;
  if (to !== null && at > to) return false;
  if (clock === null) return true;
  const time = toTm(at);
  return time >= clock.from && time <= clock.to;
}

function readRange(
  key: string | null,
  form: RegExp,
  name: string,
  plain: (text: string) => string,
): Range | null {
  if (key === null || key === '*') return null;
  const parts = plain(key)
    .split('-')
    .map((part) => part.trim());
  const valid = parts.length <= 2 && parts.every((part) => part === '' || form.test(part));
  const [from = '', to = from] = parts;
  if (!valid || (from === '' && to === '')) {
    throw new StatusError(status.datasetDoesNotMatchSopClass, `${name} is not a value or range`);
  }
  return { from: from || null, to: to || null, isRange: parts.length === 2 };
}

function endOfSecond(at: Date | null): Date | null {
  return at === null ? null : new Date(at.getTime() + 999);
}

function local(at: Date): string {
  return new Date(at.getTime() + offsetMs).toISOString();
}
