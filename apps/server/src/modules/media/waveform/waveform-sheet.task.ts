// Worker task: traces on calibrated paper, A4 across. ECG: 25 mm/s and 10 mm/mV on a millimetre grid, twelve leads as
// 3 rows of 4 with a rhythm strip, others one channel per row. Other signals: one row each, scaled to fit, with the
// scale written beside it. All lengths below are millimetres until `mm()` makes them points.
import { Sheet, type TextStyle } from '../../../documents/sheet.ts';
import type { Channel, MultiplexGroup, Recording } from './read-waveforms.ts';

export type WaveformSheetInput = Recording & { madeAt: Date };

const mm = (length: number): number => (length * 72) / 25.4;
const paper = { width: 297, height: 210 };
const field = { left: 10, top: 26, width: 275, height: 170 };
const speed = 25; // mm/s
const gain = 10; // mm/mV
const leads = ['I', 'II', 'III', 'AVR', 'AVL', 'AVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];
const mostPages = 20;
const pulse = 5; // width of the calibration pulse

const title: TextStyle = { size: 13, weight: 'bold' };
const small: TextStyle = { size: 8.5, color: '#444444' };
const lead: TextStyle = { size: 10, weight: 'bold', color: '#111111' };
const fine = '#f6c9c9';
const coarse = '#ea9999';
const ink = '#101828';

export async function run(input: WaveformSheetInput): Promise<Uint8Array> {
  const sheet = new Sheet({ title: input.title, madeAt: input.madeAt });
  let pages = 0;
  for (const group of input.groups) {
    for (const page of layOut(group)) {
      if (pages >= mostPages) break;
      pages += 1;
      startPage(sheet, input, group, page.scaleText);
      for (const strip of page.strips) drawStrip(sheet, strip, group.samplesPerSecond);
    }
  }
  return sheet.finish();
}

type Strip = {
  channel: Channel;
  x: number;
  /** Where zero lies, and how far the trace may reach. */
  y: number;
  reach: number;
  width: number;
  fromSecond: number;
  millimetresPerUnit: number;
  millimetresPerSecond: number;
  withPulse: boolean;
  caption: string;
};
type Page = { strips: Strip[]; scaleText: string };

function layOut(group: MultiplexGroup): Page[] {
  const isVoltage = group.channels.every((channel) => channel.unit === 'mV');
  const seconds = (group.channels[0]?.samples.length ?? 0) / group.samplesPerSecond;
  if (!isVoltage) return layOutRows(group, seconds, false);
  const twelve = leads.flatMap(
    (name) => group.channels.find((channel) => channel.label.toUpperCase() === name) ?? [],
  );
  return twelve.length === 12 && seconds >= 9.5 ? [layOutTwelve(twelve)] : layOutRows(group, seconds, true);
}

/** Rows I–aVR–V1–V4, II–aVL–V2–V5, III–aVF–V3–V6 of 2.5 s each, and lead II over the whole width. */
function layOutTwelve(channels: readonly Channel[]): Page {
  const left = field.left + pulse + 3;
  const rowHeight = field.height / 4;
  const strips: Strip[] = [];
  for (let column = 0; column < 4; column += 1) {
    for (let row = 0; row < 3; row += 1) {
      const channel = channels[column * 3 + row];
      if (channel === undefined) continue;
      const x = left + column * 2.5 * speed;
      const y = field.top + (row + 0.5) * rowHeight;
      strips.push({
        ...ecg(channel, x, y, rowHeight),
        width: 2.5 * speed,
        fromSecond: column * 2.5,
        withPulse: column === 0,
      });
    }
  }
  const rhythm = channels[1];
  if (rhythm !== undefined) {
    const y = field.top + 3.5 * rowHeight;
    strips.push({ ...ecg(rhythm, left, y, rowHeight), width: 10 * speed, fromSecond: 0, withPulse: true });
  }
  return { strips, scaleText: `${speed} mm/s   ${gain} mm/mV` };
}

function ecg(
  channel: Channel,
  x: number,
  y: number,
  rowHeight: number,
): Omit<Strip, 'width' | 'fromSecond' | 'withPulse'> {
  const scale = { millimetresPerUnit: gain, millimetresPerSecond: speed };
  return { channel, x, y, reach: rowHeight * 0.75, ...scale, caption: channel.label };
}

/** One channel per row, up to six rows and ten seconds on a page; a short recording fills the width it needs. */
function layOutRows(group: MultiplexGroup, seconds: number, calibrated: boolean): Page[] {
  const rows = Math.min(group.channels.length, 6);
  const rowHeight = field.height / rows;
  const left = field.left + pulse + 3;
  const width = field.width - pulse - 3;
  const perPage = Math.floor(width / speed);
  const pages: Page[] = [];
  for (let from = 0; from < seconds && pages.length < mostPages; from += perPage) {
    for (let first = 0; first < group.channels.length; first += rows) {
      const strips = group.channels.slice(first, first + rows).map((channel, row): Strip => {
        const y = field.top + (row + 0.5) * rowHeight;
        const shown = Math.min(perPage, seconds - from) * speed;
        if (calibrated)
          return { ...ecg(channel, left, y, rowHeight), width: shown, fromSecond: from, withPulse: true };
        return { ...fitted(channel, left, y, rowHeight), width: shown, fromSecond: from, withPulse: false };
      });
      pages.push({ strips, scaleText: calibrated ? `${speed} mm/s   ${gain} mm/mV` : `${speed} mm/s` });
    }
  }
  return pages;
}

/** Scaled so that the whole range fits its row; zero may lie outside of it. */
function fitted(
  channel: Channel,
  x: number,
  middle: number,
  rowHeight: number,
): Omit<Strip, 'width' | 'fromSecond' | 'withPulse'> {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of channel.samples) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const span = high > low ? high - low : 1;
  const step = roundUp(span / (rowHeight * 0.8));
  const millimetresPerUnit = 1 / step;
  const centre = Number.isFinite(low) ? (low + high) / 2 : 0;
  const unit = channel.unit === '' ? '' : ` ${channel.unit}`;
  const caption = `${channel.label}   ${trim(step * 10)}${unit}/cm   ${trim(low)} … ${trim(high)}${unit}`;
  const y = middle + centre * millimetresPerUnit;
  return {
    channel,
    x,
    y,
    reach: Number.POSITIVE_INFINITY,
    millimetresPerUnit,
    millimetresPerSecond: speed,
    caption,
  };
}

/** To 1, 2 or 5 times a power of ten: what a person can read off the grid. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const digit = value / power;
  return (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10) * power;
}

function trim(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : '–';
}

function startPage(sheet: Sheet, input: WaveformSheetInput, group: MultiplexGroup, scaleText: string): void {
  sheet.document.addPage({ size: [mm(paper.width), mm(paper.height)], margin: 0 });
  drawGrid(sheet);
  const heading = group.label === '' ? input.title : `${input.title} · ${group.label}`;
  sheet.draw(heading, mm(field.left), mm(7), mm(150), title, 1);
  sheet.draw(scaleText, mm(field.left), mm(15), mm(150), { ...small, weight: 'bold' }, 1);
  sheet.draw(input.facts.slice(0, 3).join('   '), mm(field.left), mm(19.5), mm(180), small, 1);
  const rest = input.facts.slice(3);
  if (rest.length > 0) sheet.draw(rest.join('   '), mm(165), mm(8), mm(122), { ...small, align: 'right' }, 3);
}

function drawGrid(sheet: Sheet): void {
  const { document } = sheet;
  const lines = (step: number, color: string, width: number): void => {
    document.lineWidth(width);
    for (let x = 0; x <= field.width + 0.001; x += step)
      document
        .moveTo(mm(field.left + x), mm(field.top))
        .lineTo(mm(field.left + x), mm(field.top + field.height));
    for (let y = 0; y <= field.height + 0.001; y += step)
      document
        .moveTo(mm(field.left), mm(field.top + y))
        .lineTo(mm(field.left + field.width), mm(field.top + y));
    document.stroke(color);
  };
  lines(1, fine, 0.25);
  lines(5, coarse, 0.55);
}

function drawStrip(sheet: Sheet, strip: Strip, samplesPerSecond: number): void {
  const { document } = sheet;
  document.save();
  document.rect(mm(field.left), mm(field.top), mm(field.width), mm(field.height)).clip();
  document.lineWidth(0.75).lineJoin('round').lineCap('round');
  if (strip.withPulse) drawPulse(sheet, strip);
  drawTrace(sheet, strip, samplesPerSecond);
  document.restore();
  const top = strip.reach === Number.POSITIVE_INFINITY ? captionTop(strip, samplesPerSecond) : strip.y - 14;
  sheet.draw(strip.caption, mm(strip.x + 1), mm(Math.max(field.top + 0.5, top)), mm(120), lead, 1);
}

function captionTop(strip: Strip, samplesPerSecond: number): number {
  const from = Math.floor(strip.fromSecond * samplesPerSecond);
  let highest = Number.NEGATIVE_INFINITY;
  for (const value of strip.channel.samples.subarray(from, from + samplesPerSecond))
    if (value > highest) highest = value;
  return Number.isFinite(highest) ? strip.y - highest * strip.millimetresPerUnit - 6 : strip.y - 6;
}

/** One millivolt high, a fifth of a second wide. */
function drawPulse(sheet: Sheet, { x, y, millimetresPerUnit }: Strip): void {
  const foot = mm(y);
  const top = mm(y - millimetresPerUnit);
  const { document } = sheet;
  document
    .moveTo(mm(x - pulse - 2), foot)
    .lineTo(mm(x - pulse - 1), foot)
    .lineTo(mm(x - pulse - 1), top);
  document
    .lineTo(mm(x - 1), top)
    .lineTo(mm(x - 1), foot)
    .lineTo(mm(x), foot)
    .stroke(ink);
}

function drawTrace(sheet: Sheet, strip: Strip, samplesPerSecond: number): void {
  const { document } = sheet;
  const { samples } = strip.channel;
  const from = Math.floor(strip.fromSecond * samplesPerSecond);
  const count = Math.min(
    samples.length - from,
    Math.ceil((strip.width / strip.millimetresPerSecond) * samplesPerSecond) + 1,
  );
  // Twenty points to a millimetre are finer than any screen; more only make the file large.
  const stride = Math.max(1, Math.floor(samplesPerSecond / (strip.millimetresPerSecond * 20)));
  let pen = false;
  for (let at = 0; at < count; at += stride) {
    const value = samples[from + at];
    if (value === undefined || Number.isNaN(value)) {
      pen = false;
      continue;
    }
    const x = mm(strip.x + (at / samplesPerSecond) * strip.millimetresPerSecond);
    const high = Math.max(-strip.reach, Math.min(strip.reach, value * strip.millimetresPerUnit));
    const y = mm(strip.y - high);
    if (pen) document.lineTo(x, y);
    else document.moveTo(x, y);
    pen = true;
  }
  document.stroke(ink);
}
