// Whole-stream conveniences over DicomStream: a file in memory, or just the head of a long one.
import type { Dataset } from './dataset.ts';
import { DicomError } from './errors.ts';
import { DicomStream, type DicomStreamOptions, type ParsedDicom } from './stream.ts';
import { getString } from './values.ts';

/** Parses bytes that stay alive as long as the result: values are views of them, pixel data included. */
export function parseDicom(bytes: Uint8Array, options: DicomStreamOptions = {}): ParsedDicom {
  const stream = new DicomStream({ keepBulk: true, copyValues: false, ...options });
  stream.write(bytes);
  return stream.end();
}

/** A data set without preamble and meta information: C-STORE, C-FIND, command sets. */
export function parseDataset(
  bytes: Uint8Array,
  transferSyntaxUid: string,
  options: DicomStreamOptions = {},
): Dataset {
  return parseDicom(bytes, { ...options, transferSyntaxUid }).dataset;
}

/** Reads up to the pixel data and no further. */
export async function readHead(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  options: DicomStreamOptions = {},
): Promise<ParsedDicom> {
  const stream = new DicomStream({ headOnly: true, ...options });
  if (source instanceof Uint8Array) stream.write(source);
  else {
    for await (const chunk of source) {
      stream.write(chunk);
      if (stream.done) break;
    }
  }
  return stream.end();
}

export interface ObjectIdentity {
  sopClassUid: string;
  sopInstanceUid: string;
  studyInstanceUid: string;
  seriesInstanceUid: string;
}

/** The four UIDs an archive cannot do without; 'missing-uid' names the first that is absent. */
export function requireIdentity(dataset: Dataset): ObjectIdentity {
  return {
    sopClassUid: requireUid(dataset, '00080016', 'SOP Class UID'),
    sopInstanceUid: requireUid(dataset, '00080018', 'SOP Instance UID'),
    studyInstanceUid: requireUid(dataset, '0020000D', 'Study Instance UID'),
    seriesInstanceUid: requireUid(dataset, '0020000E', 'Series Instance UID'),
  };
}

function requireUid(dataset: Dataset, tag: string, name: string): string {
  const uid = getString(dataset, tag);
  if (uid === null) throw new DicomError('missing-uid', `the object has no ${name}`, { tag });
  // Leading zeros are common in the field and harmless; other characters would end up in paths and URLs.
  if (!/^[0-9.]{1,64}$/.test(uid)) throw new DicomError('missing-uid', `the ${name} is not a UID`, { tag });
  return uid;
}
