// How narrow a C-FIND must be (spec DN-2): whoever asks for everything, or for a name that is all wildcards, reads out the
// archive. One patient id, accession number or unique key without wildcards is enough, or a span of at most 31 days.
import { type DicomJson, textOf } from '@yunying/dicom';

const mostDays = 31;
const patientId = '00100020';
const accessionNumber = '00080050';
const studyDate = '00080020';
const uniqueKeys = ['0020000D', '0020000E', '00080018'];

export function isNarrow(json: DicomJson): boolean {
  return (
    [patientId, accessionNumber].some((tag) => isLiteral(textOf(json, tag))) ||
    uniqueKeys.some((tag) => isLiteral(textOf(json, tag))) ||
    spanDays(textOf(json, studyDate)) <= mostDays
  );
}

/** Something is asked for, and no sign stands for anything (PS3.4 §C.2.2.2.4). A list of values counts. */
function isLiteral(text: string | null): boolean {
  return text !== null && text.trim() !== '' && !/[*?]/.test(text);
}

/** Days of a date or a range of dates, both included; endless where an end is open or unreadable (PS3.5 §6.2). */
function spanDays(text: string | null): number {
  const found = /^(\d{8})(-(\d{8}))?$/.exec(text?.trim() ?? '');
  if (found === null) return Number.POSITIVE_INFINITY;
  const from = dayNumber(found[1] ?? '');
  const to = dayNumber(found[3] ?? found[1] ?? '');
  return Number.isNaN(to - from) ? Number.POSITIVE_INFINITY : Math.max(1, to - from + 1);
}

function dayNumber(day: string): number {
  return Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}T00:00:00Z`) / 86_400_000;
}
