// The frames of a series as slices in space, with what their values mean: out of the series' metadata, which is made
// once, or else out of each instance's head. Functional groups of a frame win over shared ones, those over the object
// (PS3.3 C.7.6.16).
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type DicomJson, isJsonItem, itemsOf, numberOf, numbersOf, textOf, textsOf } from '@yunying/dicom';
import { type SlicePlace, suvOf } from '@yunying/volume';
import type { Context } from '../../../context.ts';
import { getInstanceMetadata, listInstances, type PlacedInstance } from '../../archive/index.ts';
import { inDisplayOrder } from '../display-order.ts';
import { findSeriesMetadata } from '../series-metadata.ts';

export type Slice = SlicePlace & {
  instance: PlacedInstance;
  /** 1 is the first. */
  frame: number;
  slope: number;
  intercept: number;
};

export type SeriesSlices = {
  slices: Slice[];
  modality: string | null;
  bitsStored: number;
  isSigned: boolean;
  isInverted: boolean;
  /** HU, Bq/ml …; empty when there is none. */
  unit: string;
  suvFactor: number | null;
  window: { center: number; width: number } | null;
  /** Why the values of the frames are no volume, whatever their places are. */
  refusal: 'colour' | 'lookup-table' | 'no-images' | null;
};

const mostMetadataBytes = 256 * 1024 ** 2;
const mostSlices = 8192;

export async function readSlices(
  ctx: Pick<Context, 'db' | 'blobs'>,
  of: { studyId: string; seriesId: string },
): Promise<SeriesSlices> {
  const all = (await listInstances(ctx.db, of)).filter(
    (one) => one.kind === 'image' && one.number_of_frames > 0,
  );
  const instances = inDisplayOrder(all).filter((one) => one.media_state !== 'failed');
  const known = await readSeriesMetadata(ctx, of.seriesId);
  const slices: Slice[] = [];
  let first: DicomJson | null = null;
  let middle: DicomJson | null = null;
  const acquiredAt: string[] = [];
  let refusal: SeriesSlices['refusal'] = null;
  for (const [at, instance] of instances.entries()) {
    const json = known.get(instance.sop_instance_uid) ?? (await getInstanceMetadata(ctx, instance));
    first ??= json;
    const acquired = momentOf(json, '00080022', '00080032');
    if (acquired !== null) acquiredAt.push(acquired);
    if (at <= (instances.length - 1) / 2) middle = json;
    if ((numberOf(json, '00280002') ?? 1) !== 1) refusal ??= 'colour';
    if (itemsOf(json, '00283000').length > 0 || /PALETTE/.test(textOf(json, '00280004') ?? ''))
      refusal ??= 'lookup-table';
    for (let frame = 1; frame <= instance.number_of_frames && slices.length < mostSlices; frame += 1)
      slices.push(sliceOf(json, instance, frame));
  }
  return describe(slices, first, middle, { refusal, acquiredAt });
}

function describe(
  slices: Slice[],
  first: DicomJson | null,
  middle: DicomJson | null,
  { refusal, acquiredAt }: { refusal: SeriesSlices['refusal']; acquiredAt: readonly string[] },
): SeriesSlices {
  if (first === null || middle === null)
    return {
      slices: [],
      modality: null,
      bitsStored: 16,
      isSigned: false,
      isInverted: false,
      unit: '',
      suvFactor: null,
      window: null,
      refusal: 'no-images',
    };
  const modality = textOf(first, '00080060');
  const type = textOf(groupOf(first, 1, '00289145', '00281053'), '00281054');
  const units = textOf(first, '00541001');
  const hasHounsfield = modality === 'CT' && (type === null || type === 'HU' || type === 'US');
  const voi = groupOf(middle, Math.ceil(slices.length / 2), '00289132', '00281050');
  const [center, width] = [numberOf(voi, '00281050'), numberOf(voi, '00281051')];
  return {
    slices,
    modality,
    bitsStored: numberOf(first, '00280101') ?? 16,
    isSigned: numberOf(first, '00280103') === 1,
    isInverted: textOf(first, '00280004') === 'MONOCHROME1',
    unit: hasHounsfield ? 'HU' : units === 'BQML' ? 'Bq/ml' : units === 'GML' ? 'g/ml' : '',
    suvFactor: readSuv(first, acquiredAt),
    window: center !== null && width !== null && width > 0 ? { center, width } : null,
    refusal,
  };
}

function sliceOf(json: DicomJson, instance: PlacedInstance, frame: number): Slice {
  const measures = groupOf(json, frame, '00289110', '00280030');
  const rescale = groupOf(json, frame, '00289145', '00281053');
  const place = numbersOf(groupOf(json, frame, '00209113', '00200032'), '00200032');
  const orientation = numbersOf(groupOf(json, frame, '00209116', '00200037'), '00200037');
  const spacing = numbersOf(measures, '00280030');
  return {
    instance,
    frame,
    rows: numberOf(json, '00280010') ?? 0,
    columns: numberOf(json, '00280011') ?? 0,
    position: place.length === 3 ? place : null,
    orientation: orientation.length === 6 ? orientation : null,
    pixelSpacing: spacing.length === 2 ? spacing : null,
    slope: numberOf(rescale, '00281053') ?? 1,
    intercept: numberOf(rescale, '00281052') ?? 0,
  };
}

/** The item of a functional group that has `tag`, or the object itself. */
function groupOf(json: DicomJson, frame: number, sequence: string, tag: string): DicomJson {
  for (const groups of [itemsOf(json, '52009230')[frame - 1], itemsOf(json, '52009229')[0]]) {
    const item = groups === undefined ? undefined : itemsOf(groups, sequence)[0];
    if (item?.[tag] !== undefined) return item;
  }
  return json;
}

function readSuv(json: DicomJson, acquiredAt: readonly string[]): number | null {
  const drug = itemsOf(json, '00540016')[0] ?? {};
  const suv = suvOf({
    modality: textOf(json, '00080060'),
    units: textOf(json, '00541001'),
    correctedImage: textsOf(json, '00280051'),
    decayCorrection: textOf(json, '00541102'),
    weightKg: numberOf(json, '00101030'),
    totalDoseBq: numberOf(drug, '00181074'),
    halfLifeSeconds: numberOf(drug, '00181075'),
    seriesAt: momentOf(json, '00080021', '00080031'),
    acquiredAt,
    scanAt: textOf(json, '0009100D'),
    countsFactor: numberOf(json, '70531000'),
    injectedAt: textOf(drug, '00181078'),
    injectionTime: textOf(drug, '00181072'),
  });
  return suv.ok ? suv.factor : null;
}

function momentOf(json: DicomJson, dateTag: string, timeTag: string): string | null {
  const [date, time] = [textOf(json, dateTag), textOf(json, timeTag)];
  return date === null || time === null ? null : date + time;
}

async function readSeriesMetadata(
  ctx: Pick<Context, 'db' | 'blobs'>,
  seriesId: string,
): Promise<Map<string, DicomJson>> {
  const found = new Map<string, DicomJson>();
  const kept = await findSeriesMetadata(ctx.db, seriesId);
  if (kept === null) return found;
  const bytes = await ctx.blobs.readBytes(kept.blobId, undefined, mostMetadataBytes);
  const text = await promisify(gunzip)(bytes, { maxOutputLength: mostMetadataBytes });
  const list: unknown = JSON.parse(text.toString('utf8'));
  for (const item of Array.isArray(list) ? list : []) {
    if (!isJsonItem(item)) continue;
    const uid = textOf(item, '00080018');
    if (uid !== null) found.set(uid, item);
  }
  return found;
}
