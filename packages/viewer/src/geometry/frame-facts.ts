// What the engine must know of one frame to show and measure it, out of an instance's metadata. For enhanced
// multi-frame objects the frame's functional groups win over the shared ones, these over the top level
// (PS3.3 C.7.6.16).
import type { Voi } from '../types.ts';
import { type VoiCurve, type VoiLut, voiLutOf } from '../voi/voi-lut.ts';
import type { Rescale, VoiFunction } from '../voi/window.ts';
import {
  type BinarySource,
  binaryOf,
  isItem,
  itemsOf,
  type JsonItem,
  numberOf,
  numbersOf,
  textOf,
  textsOf,
} from './dicom-json.ts';
import type { SpacingFacts, UltrasoundRegion } from './spacing.ts';

export type Palette = {
  descriptor: number[];
  red: BinarySource;
  green: BinarySource;
  blue: BinarySource;
  /** Written as runs (PS3.3 C.7.9.2). */
  isSegmented: boolean;
};

export type FrameFacts = {
  sopInstanceUid: string;
  frameNumber: number;
  instanceNumber: number | null;
  modality: string | null;
  rows: number | null;
  columns: number | null;
  photometricInterpretation: string;
  bitsStored: number;
  rescale: Rescale;
  /** Unit of rescaled values: HU, or what Units (0054,1001) says; empty when there is none. */
  unit: string;
  windows: Voi[];
  voiFunction: VoiFunction;
  /** Only where the object names no window. */
  voiLut: VoiLut | null;
  /** Its table, once that is here. */
  curve: VoiCurve | null;
  spacing: SpacingFacts;
  imageOrientation: number[] | null;
  patientOrientation: string[] | null;
  imagePosition: number[] | null;
  frameOfReferenceUid: string | null;
  sliceThickness: number | null;
  sliceLocation: number | null;
  lossy: boolean;
  lossyRatio: number | null;
  palette: Palette | null;
  pixelPadding: number | null;
};

export type InstanceMetadata = Map<string, JsonItem>;

const mostInstances = 20_000;

export function readMetadata(json: unknown): InstanceMetadata {
  const instances: InstanceMetadata = new Map();
  if (!Array.isArray(json)) return instances;
  for (const item of json.slice(0, mostInstances)) {
    if (!isItem(item)) continue;
    const uid = textOf(item, '00080018');
    if (uid !== null) instances.set(uid, item);
  }
  return instances;
}

export function frameFacts(instance: JsonItem, sopInstanceUid: string, frameNumber: number): FrameFacts {
  const perFrame = itemsOf(instance, '52009230')[frameNumber - 1];
  const shared = itemsOf(instance, '52009229')[0];
  /** The item of a functional group, or the object itself. */
  const group = (sequence: string, tag: string): JsonItem => {
    for (const groups of [perFrame, shared]) {
      const item = groups === undefined ? undefined : itemsOf(groups, sequence)[0];
      if (item?.[tag] !== undefined) return item;
    }
    return instance;
  };
  const transformation = group('00289145', '00281053');
  const voi = group('00289132', '00281050');
  const measures = group('00289110', '00280030');
  const modality = textOf(instance, '00080060');
  const windows = windowsOf(voi);
  return {
    sopInstanceUid,
    frameNumber,
    instanceNumber: numberOf(instance, '00200013'),
    modality,
    rows: numberOf(instance, '00280010'),
    columns: numberOf(instance, '00280011'),
    photometricInterpretation: textOf(instance, '00280004') ?? 'MONOCHROME2',
    bitsStored: numberOf(instance, '00280101') ?? 16,
    rescale: {
      slope: numberOf(transformation, '00281053') || 1,
      intercept: numberOf(transformation, '00281052') ?? 0,
    },
    unit: unitOf(instance, transformation, modality),
    windows,
    voiFunction: voiFunctionOf(voi),
    voiLut: windows.length > 0 ? null : voiLutOf(group('00289132', '00283010')),
    curve: null,
    spacing: spacingFacts(instance, measures, modality),
    imageOrientation: numbersOf(group('00209116', '00200037'), '00200037'),
    patientOrientation: textsOf(instance, '00200020'),
    imagePosition: numbersOf(group('00209113', '00200032'), '00200032'),
    frameOfReferenceUid: textOf(instance, '00200052'),
    sliceThickness: numberOf(group('00289110', '00180050'), '00180050'),
    sliceLocation: numberOf(instance, '00201041'),
    lossy: textOf(instance, '00282110') === '01',
    lossyRatio: lossyRatioOf(instance),
    palette: paletteOf(instance),
    pixelPadding: numberOf(instance, '00280120'),
  };
}

function windowsOf(item: JsonItem): Voi[] {
  const centers = numbersOf(item, '00281050') ?? [];
  const widths = numbersOf(item, '00281051') ?? [];
  const windows: Voi[] = [];
  for (const [index, center] of centers.entries()) {
    const width = widths[index];
    if (width !== undefined && width > 0) windows.push({ center, width });
  }
  return windows;
}

/** The last value belongs to the last compression step. */
function lossyRatioOf(instance: JsonItem): number | null {
  const ratios = numbersOf(instance, '00282112') ?? [];
  return ratios[ratios.length - 1] ?? null;
}

function voiFunctionOf(item: JsonItem): VoiFunction {
  const text = textOf(item, '00281056');
  return text === 'SIGMOID' || text === 'LINEAR_EXACT' ? text : 'LINEAR';
}

function unitOf(instance: JsonItem, transformation: JsonItem, modality: string | null): string {
  const type = textOf(transformation, '00281054');
  if (modality === 'CT') return type === null || type === 'HU' || type === 'US' ? 'HU' : type;
  if (modality === 'PT') return textOf(instance, '00541001') ?? '';
  return type === null || type === 'US' || type === 'UNSPECIFIED' ? '' : type;
}

function spacingFacts(instance: JsonItem, measures: JsonItem, modality: string | null): SpacingFacts {
  return {
    modality,
    pixelSpacing: numbersOf(measures, '00280030'),
    imagerPixelSpacing: numbersOf(instance, '00181164'),
    nominalScannedPixelSpacing: numbersOf(instance, '00182010'),
    pixelSpacingCalibrationType: textOf(instance, '00280A02'),
    estimatedMagnification: numberOf(instance, '00181114'),
    pixelAspectRatio: numbersOf(instance, '00280034'),
    regions: itemsOf(instance, '00186011').map(regionOf),
  };
}

function regionOf(item: JsonItem): UltrasoundRegion {
  return {
    spatialFormat: numberOf(item, '00186012') ?? 0,
    unitsX: numberOf(item, '00186024') ?? 0,
    unitsY: numberOf(item, '00186026') ?? 0,
    deltaX: numberOf(item, '0018602C') ?? 0,
    deltaY: numberOf(item, '0018602E') ?? 0,
    left: numberOf(item, '00186018') ?? 0,
    top: numberOf(item, '0018601A') ?? 0,
    right: numberOf(item, '0018601C') ?? 0,
    bottom: numberOf(item, '0018601E') ?? 0,
    referenceY: numberOf(item, '00186022'),
    referenceValueY: numberOf(item, '0018602A'),
  };
}

function paletteOf(instance: JsonItem): Palette | null {
  const descriptor = numbersOf(instance, '00281101');
  if (descriptor === null) return null;
  for (const [isSegmented, tags] of [
    [false, ['00281201', '00281202', '00281203']],
    [true, ['00281221', '00281222', '00281223']],
  ] as const) {
    const [red = null, green = null, blue = null] = tags.map((tag) => binaryOf(instance, tag));
    if (red !== null && green !== null && blue !== null) return { descriptor, red, green, blue, isSegmented };
  }
  return null;
}
