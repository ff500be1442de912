// Data sets of DIMSE services that are small (queries, N-CREATE, N-SET, N-ACTION, events): read whole under a limit
// into the DICOM JSON model (PS3.18 annex F, always UTF-8; `charset` is what the peer wrote in), and written from it in the transfer syntax of the
// presentation context and the character set that the peer can show (PS3.3 C.12.1.1.2).
import {
  type DicomJson,
  deleteElement,
  encodeDataset,
  fromDicomJson,
  getString,
  type JsonElement,
  type JsonPersonName,
  parseDataset,
  recode,
  toDicomJson,
} from '@yunying/dicom';
import { type DatasetStream, StatusError, status } from '@yunying/dimse';

export type AnswerCharset = 'ISO_IR 192' | 'GB18030';

const standardLimitBytes = 1024 * 1024;

/** Throws StatusError: 0xC000 when it cannot be read, 0x0213 when it is longer than the limit. */
export async function readJson(
  dataset: DatasetStream | null,
  transferSyntaxUid: string,
  limitBytes = standardLimitBytes,
): Promise<{ json: DicomJson; charset: string | null }> {
  if (dataset === null) throw new StatusError(status.missingAttribute, 'the data set is missing');
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of dataset) {
    length += chunk.length;
    if (length > limitBytes) throw new StatusError(status.resourceLimitation, 'the data set is too long');
    chunks.push(Buffer.from(chunk));
  }
  try {
    const parsed = parseDataset(Buffer.concat(chunks, length), transferSyntaxUid);
    return { json: toDicomJson(parsed), charset: getString(parsed, '00080005') };
  } catch {
    throw new StatusError(status.cannotUnderstand, 'the data set cannot be read');
  }
}

/** `charset` null: identifiers only, (0008,0005) is left out. */
export function encodeJson(
  json: DicomJson,
  transferSyntaxUid: string,
  charset: AnswerCharset | null,
): Uint8Array {
  const dataset = fromDicomJson(json);
  if (charset === null) deleteElement(dataset, '00080005');
  return encodeDataset(charset === 'GB18030' ? recode(dataset, charset) : dataset, transferSyntaxUid);
}

/** An element of the JSON model; null and '' make it empty. */
export function element(
  vr: string,
  ...values: (string | number | null | JsonPersonName | DicomJson)[]
): JsonElement {
  const said = values.filter((value) => value !== null && value !== '');
  return said.length === 0 ? { vr } : { vr, Value: said };
}
