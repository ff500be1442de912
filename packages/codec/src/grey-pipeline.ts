// Grey pixels to display bytes in the standard's order (PS3.3 C.11.1 Modality LUT, C.11.2 VOI LUT, C.11.6
// Presentation LUT shape): stored value -> rescale or modality LUT -> window or VOI LUT -> inversion. Up to 16 bits the
// whole pipeline is folded into one table by stored value.
import type { LookUpTable } from './look-up-table.ts';
import { readLookUpTable } from './look-up-table.ts';
import type { PixelDescription, Samples } from './pixel-description.ts';
import type { SampleStats } from './sample-stats.ts';
import { paddingRange, percentileRange, sampleStats } from './sample-stats.ts';

export type Window = { center: number; width: number };
export type GreyOptions = { window?: Window; invert?: boolean };

type ToUnit = (value: number) => number;

/** `stats` of these pixels, when the caller has them. */
export function greyToBytes(
  pixels: Samples,
  d: PixelDescription,
  options: GreyOptions,
  stats = sampleStats(pixels, d),
): Uint8Array {
  const modality = modalityFunction(d);
  const given = isOutOfUnits(d, options.window, stats) ? undefined : voiFunction(d, options.window);
  const voi = given ?? automaticVoi(pixels, d, { stats, modality });
  const inverted = isInverted(d) !== (options.invert === true);
  const toByte = (stored: number) => {
    const unit = voi(modality(stored));
    return Math.round(255 * (inverted ? 1 - unit : unit));
  };
  const out = new Uint8Array(pixels.length);
  const skip = paddingRange(d);
  if (pixels.BYTES_PER_ELEMENT > 2) {
    for (let i = 0; i < pixels.length; i++) {
      const stored = pixels[i] ?? 0;
      out[i] = stored >= skip.low && stored <= skip.high ? 0 : toByte(stored);
    }
    return out;
  }
  // Padding is black: inside the table by its entry, outside of it because there is none.
  const { min } = stats;
  const table = new Uint8Array(stats.max - min + 1);
  for (let i = 0; i < table.length; i++) {
    const stored = min + i;
    table[i] = stored >= skip.low && stored <= skip.high ? 0 : toByte(stored);
  }
  for (let i = 0; i < pixels.length; i++) out[i] = table[(pixels[i] ?? 0) - min] ?? 0;
  return out;
}

/** MONOCHROME1 and Presentation LUT Shape INVERSE say the same thing; they come together and do not cancel. */
function isInverted(d: PixelDescription): boolean {
  return d.photometricInterpretation === 'MONOCHROME1' || d.presentationLutShape === 'INVERSE';
}

export function modalityFunction(d: PixelDescription): ToUnit {
  if (d.modalityLut !== undefined) return lookUp(readLookUpTable(d.modalityLut));
  const slope = finiteOr(d.rescaleSlope, 1);
  const intercept = finiteOr(d.rescaleIntercept, 0);
  return (stored) => stored * slope + intercept;
}

function finiteOr(value: number | undefined, otherwise: number): number {
  return value !== undefined && Number.isFinite(value) ? value : otherwise;
}

function lookUp(table: LookUpTable): ToUnit {
  const last = table.entries.length - 1;
  return (value) => table.entries[Math.min(last, Math.max(0, Math.round(value) - table.first))] ?? 0;
}

/** The window asked for, else the object's first window, else its VOI LUT; undefined when there is none that works. */
function voiFunction(d: PixelDescription, asked: Window | undefined): ToUnit | undefined {
  const center = asked?.center ?? d.windowCenter?.[0];
  const width = asked?.width ?? d.windowWidth?.[0];
  if (center !== undefined && width !== undefined && Number.isFinite(center) && width > 0) {
    return windowFunction({ center, width }, asked === undefined ? d.voiLutFunction : 'LINEAR');
  }
  if (d.voiLut === undefined) return undefined;
  const table = readLookUpTable(d.voiLut);
  const at = lookUp(table);
  const top = Math.max(1, 2 ** table.bits - 1);
  return (value) => clamp(at(value) / top);
}

/** C.11.2.1.2 (LINEAR, its 0.5 and -1 included) and C.11.2.1.3 (SIGMOID, LINEAR_EXACT). */
function windowFunction(window: Window, shape: string | undefined): ToUnit {
  const { center, width } = window;
  if (shape === 'SIGMOID') return (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width));
  // A width of 1 is a threshold; widths below it (scaled PET and parametric values) only make sense as exact ones.
  if (shape === 'LINEAR_EXACT' || width < 1) return (value) => clamp((value - center) / width + 0.5);
  if (width === 1) return (value) => (value <= center - 0.5 ? 0 : 1);
  return (value) => clamp((value - (center - 0.5)) / (width - 1) + 0.5);
}

function clamp(unit: number): number {
  return Math.max(0, Math.min(1, unit));
}

/**
 * A window in other units than the values (a leftover of another tool): everything lies far outside it and would be
 * one flat tone. Rescaled values have known units (an air-only CT slice must stay black), so those are trusted.
 */
function isOutOfUnits(d: PixelDescription, asked: Window | undefined, stats: SampleStats): boolean {
  const center = d.windowCenter?.[0];
  const width = d.windowWidth?.[0];
  if (asked !== undefined || center === undefined || width === undefined || (d.rescaleIntercept ?? 0) !== 0)
    return false;
  const slope = finiteOr(d.rescaleSlope, 1);
  const low = Math.min(stats.min * slope, stats.max * slope);
  const high = Math.max(stats.min * slope, stats.max * slope);
  const outside = high < center - width / 2 || low > center + width / 2;
  return outside && high - low > 4 * width;
}

function automaticVoi(
  pixels: Samples,
  d: PixelDescription,
  known: { stats: SampleStats; modality: ToUnit },
): ToUnit {
  const { stats, modality } = known;
  // 8-bit and binary pixels without a window are already display values (secondary capture, masks).
  if (d.modalityLut !== undefined && d.voiLut === undefined) {
    const top = 2 ** readLookUpTable(d.modalityLut).bits - 1;
    return (value) => clamp(value / top);
  }
  const range =
    d.bitsStored <= 8 && d.bitsStored > 1 && d.rescaleSlope === undefined
      ? { min: 0, max: 2 ** d.bitsStored - 1 }
      : percentileRange(pixels, d, stats);
  const low = modality(range.min);
  const span = modality(range.max) - low;
  if (span === 0) return () => (stats.max > 0 ? 1 : 0);
  return (value) => clamp((value - low) / span);
}
