// What a frame's bytes mean: the Image Pixel, Modality LUT, VOI LUT and Palette attributes (PS3.3 C.7.6.3,
// C.11.1, C.11.2, C.7.9) as a plain object that crosses thread borders. Attribute names are the standard's keywords.
import { CodecError } from './codec-error.ts';

export type Samples = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array;

/** Descriptor is [number of entries (0 = 65536), first mapped value, bits per entry]. */
export type LutDescriptor = readonly [number, number, number];

/** `values` are the element's bytes in the byte order of the transfer syntax the object came in. */
export type LutTable = { descriptor: LutDescriptor; values: Uint8Array };

/** `segmented` when the values come from a Segmented Palette Color Lookup Table (0028,1221-1223). */
export type PaletteChannel = LutTable & { segmented?: boolean };

export type PixelDescription = {
  transferSyntaxUid: string;
  rows: number;
  columns: number;
  samplesPerPixel: number;
  bitsAllocated: number;
  bitsStored: number;
  highBit: number;
  pixelRepresentation: 0 | 1;
  photometricInterpretation: string;
  planarConfiguration?: number;
  /** VR of Pixel Data (7FE0,0010); only big endian objects with cells narrower than a word depend on it. */
  pixelDataVr?: 'OB' | 'OW';
  palette?: { r: PaletteChannel; g: PaletteChannel; b: PaletteChannel };
  rescaleSlope?: number;
  rescaleIntercept?: number;
  modalityLut?: LutTable;
  windowCenter?: number[];
  windowWidth?: number[];
  voiLutFunction?: string;
  voiLut?: LutTable;
  presentationLutShape?: string;
  smallestPixel?: number;
  padding?: number;
  paddingRangeLimit?: number;
  lossyImageCompression?: string;
  /** Float or Double Float Pixel Data (7FE0,0008/0009): refused by name, there is no window for it here. */
  floatPixels?: boolean;
};

/** `pixels` are interleaved samples sign-extended to their type; `description` tells the layout they have now. */
export type DecodedFrame = { pixels: Samples; description: PixelDescription };

export const explicitLittleEndian = '1.2.840.10008.1.2.1';

/** A gibibyte holds a 16k x 16k colour tile; anything beyond is an attack or a mistake. */
export const maxFrameBytes = 2 ** 30;

export function sampleCount(d: PixelDescription): number {
  return d.rows * d.columns * d.samplesPerPixel;
}

export function isColour(d: PixelDescription): boolean {
  return d.samplesPerPixel >= 3;
}

/** Throws bad-description, unsupported-pixels or limit; every entry point calls it before allocating. */
export function checkDescription(d: PixelDescription): void {
  const whole = (name: string, value: number, low: number, high: number) => {
    if (!Number.isInteger(value) || value < low || value > high) {
      throw new CodecError('bad-description', `${name} is ${value}, expected ${low} to ${high}`);
    }
  };
  if (d.floatPixels === true) {
    throw new CodecError(
      'unsupported-pixels',
      'float pixel data (7FE0,0008/0009) is kept but not renderable',
    );
  }
  whole('Rows (0028,0010)', d.rows, 1, 65535);
  whole('Columns (0028,0011)', d.columns, 1, 65535);
  whole('SamplesPerPixel (0028,0002)', d.samplesPerPixel, 1, 4);
  whole('BitsAllocated (0028,0100)', d.bitsAllocated, 1, 64);
  if (d.bitsAllocated > 32) {
    throw new CodecError(
      'unsupported-pixels',
      `BitsAllocated (0028,0100) of ${d.bitsAllocated} is not renderable`,
    );
  }
  whole('BitsStored (0028,0101)', d.bitsStored, 1, d.bitsAllocated);
  whole('HighBit (0028,0102)', d.highBit, d.bitsStored - 1, d.bitsAllocated - 1);
  whole('PixelRepresentation (0028,0103)', d.pixelRepresentation, 0, 1);
  if (sampleCount(d) * containerBytes(d.bitsAllocated) > maxFrameBytes) {
    throw new CodecError(
      'limit',
      `a frame of ${d.columns}x${d.rows}x${d.samplesPerPixel} exceeds ${maxFrameBytes} bytes`,
    );
  }
}

/** Bytes per sample of the typed array that holds samples of this width. */
export function containerBytes(bits: number): 1 | 2 | 4 {
  return bits <= 8 ? 1 : bits <= 16 ? 2 : 4;
}

export function newSamples(length: number, bits: number, signed: boolean): Samples {
  switch (containerBytes(bits)) {
    case 1:
      return signed ? new Int8Array(length) : new Uint8Array(length);
    case 2:
      return signed ? new Int16Array(length) : new Uint16Array(length);
    case 4:
      return signed ? new Int32Array(length) : new Uint32Array(length);
  }
}

/** Bit patterns as a codec left them -> values: drops bits outside BitsStored/HighBit and extends the sign. */
export function normaliseSamples(
  raw: ArrayLike<number>,
  d: PixelDescription,
  shift = d.highBit - d.bitsStored + 1,
): Samples {
  const length = raw.length;
  const signed = d.pixelRepresentation === 1;
  const out = newSamples(length, d.bitsAllocated, signed);
  const up = 32 - d.bitsStored - shift;
  const down = 32 - d.bitsStored;
  // << then >> (or >>>) takes exactly the stored bits and extends them in one step.
  if (signed) for (let i = 0; i < length; i++) out[i] = ((raw[i] ?? 0) << up) >> down;
  else for (let i = 0; i < length; i++) out[i] = ((raw[i] ?? 0) << up) >>> down;
  return out;
}
