// WADO-RS metadata (PS3.18 §10.4.1.1.2, Annex F) of one instance. The head is read from the stored
// object; values that are long, and the pixel data, are given by address (BulkDataURI) and read by range.
import {
  type Changes,
  type Dataset,
  type DicomJson,
  deleteElement,
  parsePersonName,
  readHead,
  recode,
  setValue,
  toDicomJson,
  transferSyntax,
} from '@yunying/dicom';
import type { Context } from '../../context.ts';
import type { PlacedInstance } from './archive-types.ts';

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
export async function getInstanceMetadata(
  ctx: Blobs,
  instance: PlacedInstance,
  corrections: Changes = {},
): Promise<DicomJson> {
  const { dataset: stored, transferSyntaxUid } = await openHead(ctx, instance);
  const dataset = corrected(stored, corrections);
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

/** What an edit changed since; written in Unicode, as the JSON is. */
function corrected(stored: Dataset, corrections: Changes): Dataset {
  const changes = Object.entries(corrections);
  if (changes.length === 0) return stored;
  const dataset = recode(stored, 'ISO_IR 192');
  for (const [key, value] of changes) {
    if (value === null) deleteElement(dataset, key);
    else setValue(dataset, key, value);
  }
  return dataset;
}

async function openHead(ctx: Blobs, instance: PlacedInstance) {
  const { body } = await ctx.blobs.read(instance.blob_id);
  try {
    return await readHead(body);
  } finally {
    body.destroy();
  }
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
