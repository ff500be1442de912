// Standardised uptake value by body weight of PET pictures (PS3.3 C.8.9.1, the rules of QIBA's vendor-neutral
// pseudo-code): the injected dose is decayed to the time the pixels are corrected to. Where an element is missing the
// answer names it: a guessed SUV is worse than none.
import { itemsOf, type JsonItem, numberOf, textOf, valuesOf } from '../geometry/dicom-json.ts';

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

/** SUVbw of a rescaled value is value × factor. */
export type Suv = { ok: true; factor: number } | { ok: false; reason: SuvRefusal };

export function suvOf(instances: readonly JsonItem[]): Suv {
  const [first] = instances;
  if (first === undefined || textOf(first, '00080060') !== 'PT') return refuse('not-pet');
  const units = textOf(first, '00541001');
  if (units === 'GML') return { ok: true, factor: 1 };
  const corrections = valuesOf(first, '00280051').map(String);
  if (!corrections.includes('ATTN') || !corrections.includes('DECY')) return refuse('not-corrected');
  if (units === 'CNTS') {
    const factor = numberOf(first, '70531000');
    return factor !== null && factor > 0 ? { ok: true, factor } : refuse('units');
  }
  if (units !== 'BQML') return refuse('units');
  const weight = numberOf(first, '00101030');
  if (weight === null || !(weight > 0)) return refuse('weight');
  const drug = itemsOf(first, '00540016')[0];
  const dose = drug === undefined ? null : numberOf(drug, '00181074');
  if (drug === undefined || dose === null || !(dose > 0)) return refuse('dose');
  const decay = textOf(first, '00541102');
  if (decay === 'ADMIN') return { ok: true, factor: (weight * 1000) / dose };
  if (decay !== 'START') return refuse('decay-correction');
  const halfLife = numberOf(drug, '00181075');
  if (halfLife === null || !(halfLife > 0)) return refuse('half-life');
  const scan = scanStart(instances);
  if (scan === null) return refuse('scan-time');
  const injected = injectionTime(first, drug, scan);
  if (injected === null || scan < injected) return refuse('injection-time');
  const decayed = dose * 2 ** (-(scan - injected) / halfLife);
  return { ok: true, factor: (weight * 1000) / decayed };
}

function refuse(reason: SuvRefusal): Suv {
  return { ok: false, reason };
}

/** Series time where no slice was acquired before it (else it was made later), or GE's own, or the earliest slice. */
function scanStart(instances: readonly JsonItem[]): number | null {
  const [first] = instances;
  if (first === undefined) return null;
  const acquired = instances
    .map((one) => timeOf(one, '00080022', '00080032'))
    .filter((time): time is number => time !== null);
  const earliest = acquired.length === 0 ? null : Math.min(...acquired);
  const series = timeOf(first, '00080021', '00080031');
  if (series !== null && (earliest === null || series <= earliest)) return series;
  return secondsOf(textOf(first, '0009100D')) ?? earliest;
}

function injectionTime(first: JsonItem, drug: JsonItem, scan: number): number | null {
  const whole = secondsOf(textOf(drug, '00181078'));
  if (whole !== null) return whole;
  const time = textOf(drug, '00181072');
  const date = textOf(first, '00080021') ?? textOf(first, '00080022');
  if (time === null || date === null) return null;
  const sameDay = secondsOf(date + time);
  if (sameDay === null) return null;
  // A time of day only: an injection before midnight.
  return sameDay > scan ? sameDay - 86_400 : sameDay;
}

function timeOf(item: JsonItem, dateTag: string, timeTag: string): number | null {
  const date = textOf(item, dateTag);
  const time = textOf(item, timeTag);
  return date === null || time === null ? null : secondsOf(date + time);
}

/** Seconds of a DICOM date and time; zones cancel out because all come from one scanner. */
function secondsOf(text: string | null): number | null {
  const match = /^(\d{4})\.?(\d{2})\.?(\d{2})(\d{2}):?(\d{2})?:?(\d{2})?(\.\d+)?/.exec(text ?? '');
  if (match === null) return null;
  const [, year, month, day, hour, minute = '0', second = '0', fraction = '0'] = match;
  const ms = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  return ms / 1000 + Number(fraction);
}
