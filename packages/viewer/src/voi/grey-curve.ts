// Stored values to grey in the order of presentation states (PS3.3 C.11, PS3.4 N.2): rescale or modality table, window
// or VOI table, presentation table. One table by stored value, so that any surface can draw it.
import type { Pixels } from '../frames/pixels.ts';
import { binaryOf, type JsonItem, numbersOf } from '../geometry/dicom-json.ts';
import type { GreyTable } from '../pane/tone.ts';
import type { Voi } from '../types.ts';
import { type Rescale, type VoiFunction, voiRange } from './window.ts';

export type LookUpTable = { first: number; bits: number; entries: Uint16Array };

export type GreySteps = {
  modality: Rescale | LookUpTable;
  /** null: the values as they are, over their whole range. */
  voi: { voi: Voi; shape: VoiFunction } | LookUpTable | null;
  presentation: LookUpTable | null;
};

type Range = { min: number; max: number };

/** LUT Descriptor and LUT Data of an item (C.11.1.1.1); null where they contradict each other. */
export function readTable(item: JsonItem): LookUpTable | null {
  const [declared, first, bits] = numbersOf(item, '00283002') ?? [];
  const source = binaryOf(item, '00283006');
  if (declared === undefined || first === undefined || bits === undefined || source?.kind !== 'inline')
    return null;
  const count = declared === 0 ? 65536 : declared;
  if (!Number.isInteger(count) || count < 1 || count > 65536 || bits < 8 || bits > 16) return null;
  const bytes = Uint8Array.from(atob(source.base64), (letter) => letter.charCodeAt(0));
  const isPacked = bits === 8 && bytes.length < count * 2;
  if (bytes.length < (isPacked ? count : count * 2)) return null;
  const entries = new Uint16Array(count);
  for (let at = 0; at < count; at += 1)
    entries[at] = isPacked ? (bytes[at] ?? 0) : (bytes[2 * at] ?? 0) | ((bytes[2 * at + 1] ?? 0) << 8);
  return { first, bits, entries };
}

/** What pixels of these bits can hold. */
export function storedRange({ samples }: Pixels, bitsStored: number): Range {
  const isSigned = samples instanceof Int8Array || samples instanceof Int16Array;
  return isSigned
    ? { min: -(2 ** (bitsStored - 1)), max: 2 ** (bitsStored - 1) - 1 }
    : { min: 0, max: 2 ** bitsStored - 1 };
}

export function greyCurve(steps: GreySteps, stored: Range): GreyTable {
  const { modality, voi, presentation } = steps;
  const rescaled = isTable(modality)
    ? lookUp(modality, stored.min)
    : (value: number) => value * modality.slope + modality.intercept;
  const ends = [rescaled(stored.min), rescaled(stored.max)] as const;
  const out: Range = isTable(modality)
    ? { min: 0, max: 2 ** modality.bits - 1 }
    : { min: Math.min(...ends), max: Math.max(...ends) };
  const share = shareOf(voi, out);
  const shown = presentation === null ? (unit: number) => unit : shaped(presentation);
  const greys = new Uint8ClampedArray(stored.max - stored.min + 1);
  for (let at = 0; at < greys.length; at += 1)
    greys[at] = Math.round(255 * shown(share(rescaled(stored.min + at))));
  return { first: stored.min, greys };
}

/** The picture as the table says, 8 bits. */
export function curved(pixels: Pixels, { first, greys }: GreyTable): Pixels {
  const { samples } = pixels;
  const out = new Uint8Array(samples.length);
  const top = greys.length - 1;
  for (let at = 0; at < out.length; at += 1)
    out[at] = greys[Math.min(top, Math.max(0, (samples[at] ?? 0) - first))] ?? 0;
  return { ...pixels, samples: out, min: 0, max: 255 };
}

function isTable(step: Rescale | LookUpTable | { voi: Voi } | null): step is LookUpTable {
  return step !== null && 'entries' in step;
}

function shareOf(voi: GreySteps['voi'], out: Range): (value: number) => number {
  if (voi === null) return (value) => within((value - out.min) / Math.max(out.max - out.min, 1e-9));
  if (isTable(voi)) {
    const at = lookUp(voi, out.min);
    const top = 2 ** voi.bits - 1;
    return (value) => within(at(value) / top);
  }
  const { center, width } = voi.voi;
  if (voi.shape === 'SIGMOID') return (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width));
  const { lower, upper } = voiRange(voi.voi, voi.shape);
  return (value) => within((value - lower) / Math.max(upper - lower, 1e-9));
}

/** Values before the first entry have the first, behind the last the last (C.11.1.1). */
function lookUp({ first, entries }: LookUpTable, least: number): (value: number) => number {
  // The first value is signed where values may be, whatever VR it was written with.
  const start = least < 0 && first > 32767 ? first - 65536 : first;
  const last = entries.length - 1;
  return (value) => entries[Math.min(last, Math.max(0, Math.round(value) - start))] ?? 0;
}

function shaped({ bits, entries }: LookUpTable): (unit: number) => number {
  const top = 2 ** bits - 1;
  return (unit) => within((entries[Math.round(unit * (entries.length - 1))] ?? 0) / top);
}

function within(unit: number): number {
  return Math.min(1, Math.max(0, unit));
}
