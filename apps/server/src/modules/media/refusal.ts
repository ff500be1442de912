// Which failures are the object's own and which are ours. A broken frame or document is remembered with its reason and
// never tried again; a full disk, a lost database or a stop of the server ends the job, which will run again.
import { CodecError } from '@yunying/codec';
import { DicomError } from '@yunying/dicom';
import { AppError } from '../../errors.ts';

const objectCodes = new Set<string>([
  'archive.no_frame',
  'documents.damaged',
  'documents.failed',
  'documents.too_large',
  'storage.damaged',
  'storage.missing',
  'storage.too_large',
  'media.no_content',
]);

/** The reason as a short sentence without names, or null when the failure is not the object's. */
export function refusalOf(error: unknown): string | null {
  if (error instanceof CodecError)
    return error.code === 'closed' ? null : cut(`${error.code}: ${error.message}`);
  if (error instanceof DicomError) return cut(`${error.code}: ${error.message}`);
  if (error instanceof AppError && objectCodes.has(error.code)) {
    const { reason } = error.details;
    return cut(typeof reason === 'string' ? `${error.code}: ${reason}` : error.code);
  }
  return null;
}

function cut(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, 300);
}
