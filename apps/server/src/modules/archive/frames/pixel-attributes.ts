// What the frames of an instance mean, read from its data set: the Image Pixel, LUT and functional group attributes
// (PS3.3 C.7.6.3, C.11, C.7.6.16) as the codec's PixelDescription, frame by frame, and the facts a viewer needs.
// Per-frame functional groups win over shared ones, those over the root.
import type { LutTable, PaletteChannel, PixelDescription } from '@yunying/codec';
import {
  type Dataset,
  getElement,
  getNumber,
  getNumbers,
  getSequence,
  getString,
  getStrings,
} from '@yunying/dicom';

/** A window of the object itself; its explanation may be empty. */
export type PresetWindow = { label: string; center: number; width: number };

export type PixelAttributes = {
  /** 1 is the first frame. */
  describe(frameNumber: number): PixelDescription;
  /** Height of a pixel divided by its width; 1 when the object does not say. */
  pixelAspect: number;
  windows: PresetWindow[];
  lossy: boolean;
  ratio: number | null;
  frameTimeMs: number | null;
  flavor: string | null;
};

const jpeg = '1.2.840.10008.1.2.4.';
/** Syntaxes that cannot hold what the modality measured; for the others Lossy Image Compression (0028,2110) decides. */
const lossySyntaxes = new Set(['50', '51', '53', '55', '81', '111', '112'].map((end) => jpeg + end));
const mostWindows = 16;

export function readPixelAttributes(dataset: Dataset, transferSyntaxUid: string): PixelAttributes {
  const shared = getSequence(dataset, '52009229')[0] ?? null;
  const perFrame = getSequence(dataset, '52009230');
  const root = describeRoot(dataset, transferSyntaxUid);
  const grouped = shared !== null || perFrame.length > 0;
  const ratio = getNumbers(dataset, 'LossyImageCompressionRatio').at(-1) ?? null;
  return {
    describe: (frameNumber) =>
      grouped ? { ...root, ...functionalGroups(shared, perFrame[frameNumber - 1] ?? null) } : root,
    pixelAspect: pixelAspect(dataset, [perFrame[0] ?? null, shared]),
    windows: root.samplesPerPixel === 1 ? readWindows(dataset, shared, perFrame) : [],
    lossy: getString(dataset, 'LossyImageCompression') === '01' || lossySyntaxes.has(transferSyntaxUid),
    ratio: ratio !== null && ratio > 1 ? ratio : null,
    frameTimeMs: frameTime(dataset),
    flavor: getStrings(dataset, 'ImageType')[2]?.slice(0, 16) || null,
  };
}

function describeRoot(dataset: Dataset, transferSyntaxUid: string): PixelDescription {
  const number = (keyword: string) => getNumber(dataset, keyword);
  const bitsAllocated = number('BitsAllocated') ?? 16;
  const bitsStored = number('BitsStored') ?? bitsAllocated;
  const signed = number('PixelRepresentation');
  const description: PixelDescription = {
    transferSyntaxUid,
    rows: number('Rows') ?? 0,
    columns: number('Columns') ?? 0,
    samplesPerPixel: number('SamplesPerPixel') ?? 1,
    bitsAllocated,
    bitsStored,
    highBit: number('HighBit') ?? bitsStored - 1,
    pixelRepresentation: signed === 1 ? 1 : 0,
    photometricInterpretation: getString(dataset, 'PhotometricInterpretation') ?? 'MONOCHROME2',
    // Float Pixel Data comes without Pixel Representation (C.7.6.24); the head ends before the pixel elements.
    ...(signed === null && bitsAllocated >= 32 ? { floatPixels: true } : {}),
  };
  return {
    ...description,
    ...optionalNumbers(dataset),
    ...lookUpTables(dataset),
    ...transformation(dataset),
    ...voi(dataset),
  };
}

function optionalNumbers(dataset: Dataset): Partial<PixelDescription> {
  const planarConfiguration = getNumber(dataset, 'PlanarConfiguration');
  const padding = getNumber(dataset, 'PixelPaddingValue');
  const paddingRangeLimit = getNumber(dataset, 'PixelPaddingRangeLimit');
  const presentationLutShape = getString(dataset, 'PresentationLUTShape');
  return {
    ...(planarConfiguration === null ? {} : { planarConfiguration }),
    ...(padding === null ? {} : { padding }),
    ...(paddingRangeLimit === null ? {} : { paddingRangeLimit }),
    ...(presentationLutShape === null ? {} : { presentationLutShape }),
  };
}

function lookUpTables(dataset: Dataset): Partial<PixelDescription> {
  const modalityLut = readLut(getSequence(dataset, 'ModalityLUTSequence')[0], '00283002', '00283006');
  const r = readPalette(dataset, 1);
  const g = readPalette(dataset, 2);
  const b = readPalette(dataset, 3);
  return {
    ...(modalityLut === null ? {} : { modalityLut }),
    ...(r === null || g === null || b === null ? {} : { palette: { r, g, b } }),
  };
}

function readPalette(dataset: Dataset, channel: 1 | 2 | 3): PaletteChannel | null {
  const plain = readLut(dataset, `0028110${channel}`, `0028120${channel}`);
  if (plain !== null) return plain;
  const segmented = readLut(dataset, `0028110${channel}`, `0028122${channel}`);
  return segmented === null ? null : { ...segmented, segmented: true };
}

function readLut(dataset: Dataset | undefined, descriptorTag: string, valuesTag: string): LutTable | null {
  if (dataset === undefined) return null;
  const [entries, first, bits] = getNumbers(dataset, descriptorTag);
  const values = getElement(dataset, valuesTag);
  if (entries === undefined || first === undefined || bits === undefined) return null;
  if (values?.kind !== 'value' || values.value.length === 0) return null;
  return { descriptor: [entries, first, bits], values: values.value };
}

function transformation(dataset: Dataset): Partial<PixelDescription> {
  const rescaleSlope = getNumber(dataset, 'RescaleSlope');
  const rescaleIntercept = getNumber(dataset, 'RescaleIntercept');
  return {
    ...(rescaleSlope === null ? {} : { rescaleSlope }),
    ...(rescaleIntercept === null ? {} : { rescaleIntercept }),
  };
}

function voi(dataset: Dataset): Partial<PixelDescription> {
  const windowCenter = getNumbers(dataset, 'WindowCenter');
  const windowWidth = getNumbers(dataset, 'WindowWidth');
  const voiLutFunction = getString(dataset, 'VOILUTFunction');
  const voiLut = readLut(getSequence(dataset, 'VOILUTSequence')[0], '00283002', '00283006');
  return {
    ...(windowCenter.length === 0 || windowWidth.length === 0 ? {} : { windowCenter, windowWidth }),
    ...(voiLutFunction === null ? {} : { voiLutFunction }),
    ...(voiLut === null ? {} : { voiLut }),
  };
}

/** Pixel Value Transformation (0028,9145) and Frame VOI LUT (0028,9132) of one frame. */
function functionalGroups(shared: Dataset | null, own: Dataset | null): Partial<PixelDescription> {
  const transform = group('00289145', own, shared);
  const frameVoi = group('00289132', own, shared);
  return {
    ...(transform === null ? {} : transformation(transform)),
    ...(frameVoi === null ? {} : voi(frameVoi)),
  };
}

function group(tag: string, ...places: (Dataset | null)[]): Dataset | null {
  for (const place of places) {
    const item = place === null ? undefined : getSequence(place, tag)[0];
    if (item !== undefined) return item;
  }
  return null;
}

/** The object's own presets: those of the root, else of the middle frame. */
function readWindows(dataset: Dataset, shared: Dataset | null, perFrame: readonly Dataset[]): PresetWindow[] {
  const middle = perFrame[Math.floor((perFrame.length - 1) / 2)] ?? null;
  const from = group('00289132', middle, shared) ?? dataset;
  const centers = getNumbers(from, 'WindowCenter');
  const widths = getNumbers(from, 'WindowWidth');
  const labels = getStrings(from, 'WindowCenterWidthExplanation');
  const windows: PresetWindow[] = [];
  for (const [index, center] of centers.entries()) {
    const width = widths[index];
    if (width === undefined || !(width > 0) || windows.length >= mostWindows) continue;
    if (windows.some((known) => known.center === center && known.width === width)) continue;
    windows.push({ label: (labels[index] ?? '').slice(0, 64), center, width });
  }
  return windows;
}

function pixelAspect(dataset: Dataset, groups: (Dataset | null)[]): number {
  const measures = group('00289110', ...groups);
  const candidates = [
    ...(measures === null ? [] : [getNumbers(measures, 'PixelSpacing')]),
    getNumbers(dataset, 'PixelSpacing'),
    getNumbers(dataset, 'ImagerPixelSpacing'),
    getNumbers(dataset, 'NominalScannedPixelSpacing'),
    getNumbers(dataset, 'PixelAspectRatio'),
  ];
  for (const [vertical, horizontal] of candidates) {
    if (vertical === undefined || horizontal === undefined || vertical <= 0 || horizontal <= 0) continue;
    const ratio = vertical / horizontal;
    return Math.abs(ratio - 1) < 0.005 ? 1 : ratio;
  }
  return 1;
}

function frameTime(dataset: Dataset): number | null {
  const rate = getNumber(dataset, 'RecommendedDisplayFrameRate') ?? getNumber(dataset, 'CineRate');
  const time =
    getNumber(dataset, 'FrameTime') ??
    getNumbers(dataset, 'FrameTimeVector')[1] ??
    (rate !== null && rate > 0 ? 1000 / rate : null);
  return time !== null && time > 0 && time < 60_000 ? Math.round(time * 1000) / 1000 : null;
}
