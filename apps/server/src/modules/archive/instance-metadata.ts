// WADO-RS metadata (PS3.18 §10.4.1.1.2, Annex F) and bulk data of one instance. The head is read from the stored
// object; values that are long, and the pixel data, are given by address (BulkDataURI) and read by range.
import {
  type Dataset,
  type DicomElement,
  type DicomJson,
  parsePersonName,
  readHead,
  swapWords,
  toDicomJson,
  transferSyntax,
  walkElements,
} from '@yunying/dicom';
import type { BlobRange } from '../../blob/index.ts';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { PlacedInstance } from './archive-types.ts';
import { parsePixelLayout } from './pixel-layout.ts';

type Blobs = Pick<Context, 'blobs'>;

const inlineLimitBytes = 1024;
const pixelData = '7FE00010';

export function instancePath(
  instance: Pick<PlacedInstance, 'study_instance_uid' | 'series_instance_uid' | 'sop_instance_uid'>,
): string {
  const { study_instance_uid, series_instance_uid, sop_instance_uid } = instance;
  return `/dicom-web/studies/${study_instance_uid}/series/${series_instance_uid}/instances/${sop_instance_uid}`;
}

/** The data set as DICOM JSON. Addresses are paths of this origin, so that the text can be kept. */
export async function getInstanceMetadata(ctx: Blobs, instance: PlacedInstance): Promise<DicomJson> {
  const { dataset, transferSyntaxUid } = await openHead(ctx, instance);
  const base = `${instancePath(instance)}/bulkdata`;
  const json = toDicomJson(dataset, {
    bulkUri: (path, bulk, length) => (bulk !== null || length > inlineLimitBytes ? `${base}/${path}` : null),
  });
  json['00083002'] = { vr: 'UI', Value: [instance.transfer_syntax_uid] }; // Available Transfer Syntax UID
  if (instance.pixel_layout !== null && json[pixelData] === undefined) {
    const isEncapsulated = transferSyntax(transferSyntaxUid)?.encapsulated ?? false;
    json[pixelData] = { vr: isEncapsulated ? 'OB' : 'OW', BulkDataURI: `${base}/${pixelData}` };
  }
  return json;
}

async function openHead(ctx: Blobs, instance: PlacedInstance) {
  const { body } = await ctx.blobs.read(instance.blob_id);
  try {
    return await readHead(body);
  } finally {
    body.destroy();
  }
}

export type BulkValue = { kind: 'range'; start: number; length: number } | { kind: 'bytes'; bytes: Buffer };

/** The value at `path` (7FE00010, or 54000100/0/54001010), little endian, as bytes or as a range of the blob. */
export async function findBulkValue(ctx: Blobs, instance: PlacedInstance, path: string): Promise<BulkValue> {
  if (path === pixelData) return findPixels(instance);
  const { dataset, transferSyntaxUid } = await openHead(ctx, instance);
  const syntax = transferSyntax(transferSyntaxUid);
  const found = findElement(dataset, path);
  if (found === null) throw new AppError('request.not_found');
  const { element, bigEndian } = found;
  if (element.kind === 'value') {
    const value = bigEndian ? swapWords(element.value, element.vr) : element.value;
    return { kind: 'bytes', bytes: Buffer.from(value) };
  }
  const isPlain =
    element.kind === 'bulk' && element.bulk.fragments === null && !bigEndian && syntax?.deflated !== true;
  if (!isPlain) throw new AppError('archive.bulk_encoded', { tag: element.tag });
  return { kind: 'range', start: element.bulk.offset, length: element.bulk.length };
}

function findPixels(instance: PlacedInstance): BulkValue {
  const layout = parsePixelLayout(instance.pixel_layout);
  if (layout === null) throw new AppError('request.not_found');
  if (layout.kind !== 'native' || layout.bigEndian)
    throw new AppError('archive.bulk_encoded', { tag: pixelData });
  return { kind: 'range', start: layout.offset, length: layout.length };
}

function findElement(dataset: Dataset, path: string): { element: DicomElement; bigEndian: boolean } | null {
  let found: { element: DicomElement; bigEndian: boolean } | null = null;
  walkElements(dataset, (element, at, owner) => {
    if (at === path && element.kind !== 'sequence') found = { element, bigEndian: owner.bigEndian };
  });
  return found;
}

/** The part of a value that a client asked for, as a range of the blob. */
export function within(value: { start: number; length: number }, range: BlobRange | undefined): BlobRange {
  const from = range?.start ?? 0;
  const to = range?.end ?? value.length - 1;
  return { start: value.start + from, end: value.start + to };
}

/** 王^小东=… of the study row as a DICOM JSON person name. */
export function jsonPersonName(
  text: string,
): { Alphabetic?: string; Ideographic?: string; Phonetic?: string } | null {
  const { alphabetic, ideographic, phonetic } = parsePersonName(text);
  if (alphabetic === '' && ideographic === '' && phonetic === '') return null;
  return {
    ...(alphabetic === '' ? {} : { Alphabetic: alphabetic }),
    ...(ideographic === '' ? {} : { Ideographic: ideographic }),
    ...(phonetic === '' ? {} : { Phonetic: phonetic }),
  };
}
