// Standardised uptake value by body weight: the factor from Bq/ml to g/ml (PS3.3 C.8.9.1, C.8.9.2; the QIBA sums).
// Says nothing when one of the facts is missing or the image is not corrected for decay and attenuation: a wrong SUV is
// worse than none. The object's own private factors are not used.

export type SuvFacts = {
  units: string | null;
  correctedImage: readonly string[];
  decayCorrection: string | null;
  weightKg: number | null;
  totalDoseBq: number | null;
  halfLifeSeconds: number | null;
  /** DICOM DA and TM of the series, and when the first image was acquired. */
  seriesDate: string | null;
  seriesTime: string | null;
  acquisitionDate: string | null;
  acquisitionTime: string | null;
  /** DT (0018,1078); or only the TM (0018,1072), which is on the day of the scan. */
  injectionDateTime: string | null;
  injectionTime: string | null;
};

/** Multiply a real value by this for SUVbw (g/ml); null when it cannot be known. */
export function suvFactor(facts: SuvFacts): number | null {
  if (facts.units === 'GML') return 1;
  if (facts.units !== 'BQML') return null;
  if (!facts.correctedImage.includes('ATTN') || !facts.correctedImage.includes('DECY')) return null;
  const { weightKg, totalDoseBq, halfLifeSeconds } = facts;
  if (!isPositive(weightKg) || !isPositive(totalDoseBq) || !isPositive(halfLifeSeconds)) return null;
  if (facts.decayCorrection === 'ADMIN') return (weightKg * 1000) / totalDoseBq;
  if (facts.decayCorrection !== 'START') return null;
  const scan = scanStart(facts);
  if (scan === null) return null;
  const injected = injectionStart(facts, scan);
  if (injected === null) return null;
  const waited = scan - injected;
  // Longer than a day, or before the injection: the clocks or the facts are wrong.
  if (waited < 0 || waited > 24 * 3600) return null;
  return (weightKg * 1000) / (totalDoseBq * 2 ** (-waited / halfLifeSeconds));
}

/** Series time, unless it is that of a later reconstruction. */
function scanStart(facts: SuvFacts): number | null {
  const series = seconds(facts.seriesDate, facts.seriesTime);
  const acquired = seconds(facts.acquisitionDate ?? facts.seriesDate, facts.acquisitionTime);
  if (series === null) return acquired;
  return acquired === null ? series : Math.min(series, acquired);
}

function injectionStart(facts: SuvFacts, scan: number): number | null {
  if (facts.injectionDateTime !== null) {
    const text = facts.injectionDateTime;
    return seconds(text.slice(0, 8), text.slice(8).replace(/[+-].*$/, ''));
  }
  const today = seconds(facts.acquisitionDate ?? facts.seriesDate, facts.injectionTime);
  if (today === null) return null;
  return today > scan ? today - 24 * 3600 : today;
}

function seconds(date: string | null, time: string | null): number | null {
  const day = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(date ?? '');
  const clock = /^(\d{2}):?(\d{2})?:?(\d{2}(?:\.\d+)?)?/.exec(time ?? '');
  if (day === null || clock === null) return null;
  const [, year, month, dayOfMonth] = day.map(Number);
  const [, hour, minute, second] = clock.map((part) => Number(part ?? 0));
  const midnight = Date.UTC(year ?? 0, (month ?? 1) - 1, dayOfMonth) / 1000;
  return midnight + (hour ?? 0) * 3600 + (minute ?? 0) * 60 + (second ?? 0);
}

function isPositive(value: number | null): value is number {
  return value !== null && Number.isFinite(value) && value > 0;
}
