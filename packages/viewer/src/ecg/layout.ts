// Where every trace lies on the paper, in millimetres. Pure: screen, print and calipers all read the same strips, so
// what is measured is what is drawn. Voltages are at the chosen gain; other units get the largest round scale that fits.
import type { Group, Lead } from './recording.ts';
import { twelveOf } from './recording.ts';

export const formats = ['3x4', '6x2', '12x1', 'rhythm', 'rows', 'median', 'lead'] as const;
export type Format = (typeof formats)[number];

export type Strip = {
  lead: Lead;
  /** Left end, and where zero (or `centre`) lies. */
  x: number;
  y: number;
  width: number;
  /** The row it may be picked in. */
  top: number;
  height: number;
  fromSeconds: number;
  mmPerSecond: number;
  mmPerUnit: number;
  /** The value that lies on `y`; not 0 for pressures. */
  centre: number;
  hasPulse: boolean;
  /** Beside the name, where the gain does not say it: '10 mm = 20 mm[Hg]'. */
  scaleText: string | null;
};

export type Paper = {
  width: number;
  height: number;
  strips: Strip[] /** Pages and not a running strip. */;
  isPaged: boolean;
};

export type LayoutChoice = {
  format: Format;
  mmPerSecond: number;
  mmPerMillivolt: number;
  /** Start of a page, seconds. */
  fromSeconds: number;
  /** Of format 'lead' and of the rhythm strip. */
  leadLabel: string | null;
};

export const pulseMm = 5;
const margin = 5;
const left = margin + pulseMm + 3;
const pageSeconds = 10;

export function layOut(
  group: Group,
  choice: LayoutChoice,
  beat: { leads: Lead[]; seconds: number } | null,
): Paper {
  const twelve = twelveOf(group.leads);
  switch (choice.format) {
    case '3x4':
      return twelve === null ? rowsOf(group.leads, group, choice) : columns(twelve, group, choice, 4, true);
    case '6x2':
      return twelve === null ? rowsOf(group.leads, group, choice) : columns(twelve, group, choice, 2, false);
    case 'median':
      return beat === null ? empty : beatPaper(beat, choice);
    case 'rhythm':
      return rowsOf(rhythmLead(group, choice.leadLabel), group, choice);
    case 'lead':
      return rowsOf(rhythmLead(group, choice.leadLabel), group, {
        ...choice,
        mmPerMillivolt: choice.mmPerMillivolt * 2,
        mmPerSecond: choice.mmPerSecond * 2,
      });
    case '12x1':
    case 'rows':
      return rowsOf(group.leads, group, choice);
  }
}

const empty: Paper = { width: 100, height: 40, strips: [], isPaged: true };

export function rhythmLead(group: Group, label: string | null): Lead[] {
  const wanted = label ?? 'II';
  const found = group.leads.find((lead) => lead.label === wanted) ?? group.leads[0];
  return found === undefined ? [] : [found];
}

/** Which formats a recording can have. */
export function formatsOf(group: Group): Format[] {
  if (twelveOf(group.leads) !== null) return ['3x4', '6x2', '12x1', 'rhythm', 'median'];
  const isVoltage = group.leads.some((lead) => lead.unit === 'mV');
  return isVoltage ? ['rows', 'rhythm', 'median'] : ['rows'];
}

function rowHeight(mmPerMillivolt: number, rows: number): number {
  const usual = rows > 6 ? 20 : rows > 4 ? 24 : 30;
  return mmPerMillivolt > 10 ? usual * 1.5 : usual;
}

/** Columns of consecutive time, as recorders print them; with lead II below over the whole page. */
function columns(
  twelve: Lead[],
  group: Group,
  choice: LayoutChoice,
  count: number,
  hasRhythm: boolean,
): Paper {
  const { mmPerSecond, mmPerMillivolt, fromSeconds } = choice;
  const rows = 12 / count;
  const height = rowHeight(mmPerMillivolt, rows);
  const seconds = Math.min(pageSeconds, group.seconds) / count;
  const strips: Strip[] = [];
  for (const [index, lead] of twelve.entries()) {
    const column = Math.floor(index / rows);
    strips.push({
      ...voltage(lead, choice, margin + (index % rows) * height, height),
      x: left + column * seconds * mmPerSecond,
      width: seconds * mmPerSecond,
      fromSeconds: fromSeconds + column * seconds,
      hasPulse: column === 0,
    });
  }
  const [rhythm] = rhythmLead(group, choice.leadLabel);
  if (hasRhythm && rhythm !== undefined)
    strips.push({
      ...voltage(rhythm, choice, margin + rows * height, height),
      x: left,
      width: seconds * count * mmPerSecond,
      fromSeconds,
      hasPulse: true,
    });
  return {
    width: left + seconds * count * mmPerSecond + margin,
    height: margin * 2 + (rows + (hasRhythm ? 1 : 0)) * height,
    strips,
    isPaged: true,
  };
}

/** One channel per row over all that is there; the paper is as long as the recording. */
function rowsOf(leads: readonly Lead[], group: Group, choice: LayoutChoice): Paper {
  const { mmPerSecond, mmPerMillivolt } = choice;
  const height = rowHeight(mmPerMillivolt, leads.length);
  const strips = leads.map((lead, row): Strip => {
    const top = margin + row * height;
    const form =
      lead.unit === 'mV' && fits(lead, height, mmPerMillivolt)
        ? voltage(lead, choice, top, height)
        : fitted(lead, choice, top, height);
    return {
      ...form,
      x: left,
      width: group.seconds * mmPerSecond,
      fromSeconds: group.fromSeconds,
      hasPulse: form.scaleText === null,
    };
  });
  return {
    width: left + group.seconds * mmPerSecond + margin,
    height: margin * 2 + leads.length * height,
    strips,
    isPaged: false,
  };
}

function beatPaper(beat: { leads: Lead[]; seconds: number }, choice: LayoutChoice): Paper {
  const leads = twelveOf(beat.leads) ?? beat.leads;
  const rows = leads.length > 3 ? 3 : leads.length;
  const height = rowHeight(choice.mmPerMillivolt, rows) * 1.1;
  const width = Math.max(20, beat.seconds * choice.mmPerSecond);
  const step = width + 6;
  const strips = leads.map((lead, index): Strip => {
    const column = Math.floor(index / rows);
    return {
      ...voltage(lead, choice, margin + (index % rows) * height, height),
      x: left + column * step,
      width,
      fromSeconds: 0,
      hasPulse: column === 0,
    };
  });
  return {
    width: left + Math.ceil(leads.length / rows) * step + margin,
    height: margin * 2 + rows * height,
    strips,
    isPaged: true,
  };
}

type Form = Omit<Strip, 'x' | 'width' | 'fromSeconds' | 'hasPulse'>;

function voltage(lead: Lead, choice: LayoutChoice, top: number, height: number): Form {
  const { mmPerSecond, mmPerMillivolt } = choice;
  // A lead that is mostly below its line (aVR) or above it lies in the middle of its row all the same.
  const y = top + height * 0.58;
  return { lead, y, top, height, mmPerSecond, mmPerUnit: mmPerMillivolt, centre: 0, scaleText: null };
}

function fitted(lead: Lead, choice: LayoutChoice, top: number, height: number): Form {
  const { low, high } = rangeOf(lead.samples);
  const spread = Math.max(high - low, 1e-9);
  const perCentimetre = roundUp((spread / (height * 0.8)) * 10);
  return {
    lead,
    y: top + height / 2,
    top,
    height,
    mmPerSecond: choice.mmPerSecond,
    mmPerUnit: 10 / perCentimetre,
    centre: (low + high) / 2,
    scaleText: `10 mm = ${trim(perCentimetre)} ${lead.unit}`,
  };
}

/** Surface leads are a few millivolts; catheter signals and raw counts are scaled instead. */
function fits(lead: Lead, height: number, mmPerMillivolt: number): boolean {
  const { low, high } = rangeOf(lead.samples);
  return Math.max(Math.abs(low), Math.abs(high)) * mmPerMillivolt < height * 3;
}

export function rangeOf(samples: Float32Array): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of samples) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low > high ? { low: 0, high: 0 } : { low, high };
}

/** 1, 2 or 5 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((one) => one * power >= value) ?? 10;
  return step * power;
}

export function trim(value: number): string {
  return String(Number(value.toPrecision(3)));
}

export function stripAt(paper: Paper, x: number, y: number): Strip | null {
  return (
    paper.strips.find(
      (strip) => y >= strip.top && y < strip.top + strip.height && x >= strip.x && x <= strip.x + strip.width,
    ) ?? null
  );
}

/** Paper to recording and back. */
export function secondsAt(strip: Strip, x: number): number {
  return strip.fromSeconds + (x - strip.x) / strip.mmPerSecond;
}
export function valueAt(strip: Strip, y: number): number {
  return strip.centre + (strip.y - y) / strip.mmPerUnit;
}
export function xOf(strip: Strip, seconds: number): number {
  return strip.x + (seconds - strip.fromSeconds) * strip.mmPerSecond;
}
export function yOf(strip: Strip, value: number): number {
  return strip.y - (value - strip.centre) * strip.mmPerUnit;
}
