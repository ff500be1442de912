// Standardised uptake value by body weight of PET (PS3.3 C.8.9.1, the rules of QIBA's vendor-neutral pseudo-code): the
// injected dose is decayed to the time the pixels are corrected to. Where a fact is missing the answer names it: a
// guessed SUV is worse than none.

export type SuvFacts = {
  /** Modality, Units (0054,1001), Corrected Image (0028,0051), Decay Correction (0054,1102). */
  modality: string | null;
  units: string | null;
  correctedImage: readonly string[];
  decayCorrection: string | null;
  weightKg: number | null;
  totalDoseBq: number | null;
  halfLifeSeconds: number | null;
  /** DICOM DA and TM in one text: of the series, and of each image's acquisition. */
  seriesAt: string | null;
  acquiredAt: readonly string[];
  /** GE's own start of the scan (0009,100D); Philips' own factor of counts (7053,1000). */
  scanAt: string | null;
  countsFactor: number | null;
  /** DT (0018,1078); or only the TM (0018,1072), which is within the day before the scan. */
  injectedAt: string | null;
  injectionTime: string | null;
};

export type SuvRefusal =
  | 'not-pet'
  | 'units'
  | 'weight'
  | 'dose'
  | 'half-life'
  | 'injection-time'
  | 'scan-time'
  | 'decay-correction'
  | 'not-corrected';

/** SUVbw (g/ml) of a rescaled value is value × factor. */
export type Suv = { ok: true; factor: number } | { ok: false; reason: SuvRefusal };

const daySeconds = 86_400;

export function suvOf(facts: SuvFacts): Suv {
  const { units, correctedImage, countsFactor, decayCorrection } = facts;
  if (facts.modality !== 'PT') return refuse('not-pet');
  if (units === 'GML') return { ok: true, factor: 1 };
  if (!correctedImage.includes('ATTN') || !correctedImage.includes('DECY')) return refuse('not-corrected');
  if (units === 'CNTS' && isPositive(countsFactor)) return { ok: true, factor: countsFactor };
  if (units !== 'BQML') return refuse('units');
  if (!isPositive(facts.weightKg)) return refuse('weight');
  if (!isPositive(facts.totalDoseBq)) return refuse('dose');
  const perDose = (dose: number) => ((facts.weightKg ?? 0) * 1000) / dose;
  if (decayCorrection === 'ADMIN') return { ok: true, factor: perDose(facts.totalDoseBq) };
  if (decayCorrection !== 'START') return refuse('decay-correction');
  if (!isPositive(facts.halfLifeSeconds)) return refuse('half-life');
  const scan = scanStart(facts);
  if (scan === null) return refuse('scan-time');
  const injected = injectionStart(facts, scan);
  // Longer than a day, or after the scan: the clocks or the facts are wrong.
  if (injected === null || injected > scan || scan - injected > daySeconds) return refuse('injection-time');
  return { ok: true, factor: perDose(facts.totalDoseBq * 2 ** (-(scan - injected) / facts.halfLifeSeconds)) };
}

function refuse(reason: SuvRefusal): Suv {
  return { ok: false, reason };
}

function isPositive(value: number | null): value is number {
  return value !== null && Number.isFinite(value) && value > 0;
}

/** Series time where no slice was acquired before it (else it was written later), or GE's own, or the earliest slice. */
function scanStart({ seriesAt, acquiredAt, scanAt }: SuvFacts): number | null {
  const acquired = acquiredAt.map(secondsOf).filter((time) => time !== null);
  const earliest = acquired.length === 0 ? null : Math.min(...acquired);
  const series = secondsOf(seriesAt);
  if (series !== null && (earliest === null || series <= earliest)) return series;
  return secondsOf(scanAt) ?? earliest;
}

function injectionStart({ injectedAt, injectionTime }: SuvFacts, scan: number): number | null {
  if (injectedAt !== null) return secondsOf(injectedAt);
  if (injectionTime === null) return null;
  const day = new Date(scan * 1000).toISOString().slice(0, 10).replaceAll('-', '');
  const sameDay = secondsOf(day + injectionTime);
  if (sameDay === null) return null;
  return sameDay > scan ? sameDay - daySeconds : sameDay;
}

/** Seconds of a DICOM date and time; zones cancel out because all come from one scanner. */
function secondsOf(text: string | null): number | null {
  const match = /^(\d{4})\.?(\d{2})\.?(\d{2})(\d{2}):?(\d{2})?:?(\d{2})?(\.\d+)?/.exec(text ?? '');
  if (match === null) return null;
  const [, year, month, day, hour, minute = '0', second = '0', fraction = '0'] = match;
  const at = [year, Number(month) - 1, day, hour, minute, second].map(Number);
  const [y = 0, m = 0, d = 1, h = 0, min = 0, s = 0] = at;
  return Date.UTC(y, m, d, h, min, s) / 1000 + Number(fraction);
}
