// Age as Chinese reports print it: 45岁, 8月, 3天, 出生当天. Dates are calendar days of the hospital, not instants.

const hospitalOffsetMs = 8 * 3_600_000; // China has one time zone and no summer time

/** Age of someone born on `birthDate` (YYYYMMDD, YYYYMM or YYYY) at an instant; null when it cannot be told. */
export function ageAt(birthDate: string | null, at: Date): string | null {
  const born = parseBirth(birthDate);
  if (born === null) return null;
  const local = new Date(at.getTime() + hospitalOffsetMs);
  const today = { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
  if (born.month === null) return wholeYears(today.year - born.year);

  const day = born.day ?? 1;
  const months = (today.year - born.year) * 12 + (today.month - born.month) - (today.day < day ? 1 : 0);
  if (months < 0) return null;
  if (months >= 36) return wholeYears(Math.floor(months / 12));
  if (months >= 12)
    return months % 12 === 0 ? `${months / 12}岁` : `${Math.floor(months / 12)}岁${months % 12}月`;
  if (months >= 1 || born.day === null) return `${months}月`;
  const days = Math.round(
    (Date.UTC(today.year, today.month - 1, today.day) - Date.UTC(born.year, born.month - 1, born.day)) /
      86_400_000,
  );
  return days < 0 ? null : `${days}天`;
}

function wholeYears(years: number): string | null {
  return years < 0 || years > 150 ? null : `${years}岁`;
}

function parseBirth(text: string | null): { year: number; month: number | null; day: number | null } | null {
  const found = text === null ? null : /^(\d{4})(?:(\d{2})(?:(\d{2}))?)?$/.exec(text);
  if (found === null) return null;
  const year = Number(found[1]);
  const month = found[2] === undefined ? null : Number(found[2]);
  const day = found[3] === undefined ? null : Number(found[3]);
  if (year < 1850 || (month !== null && (month < 1 || month > 12)) || (day !== null && (day < 1 || day > 31)))
    return null;
  return { year, month, day };
}
