// The identifier of C-MOVE and C-GET (PS3.4 C.4.2.1.4, C.4.2.2.1): the level, its unique key as one UID or a list, and
// the unique keys above it. A key above that is not given does not narrow (relational retrieve, C.4.2.2.2).
import { type DicomJson, isUid, textsOf } from '@yunying/dicom';
import { StatusError, status } from '@yunying/dimse';
import type { OutgoingAsk } from './repo-outgoing.ts';

export type RetrieveRoot = 'patient' | 'study';
export type RetrieveLevel = 'PATIENT' | 'STUDY' | 'SERIES' | 'IMAGE';

const levels: Record<RetrieveRoot, readonly RetrieveLevel[]> = {
  patient: ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'],
  study: ['STUDY', 'SERIES', 'IMAGE'],
};
const keys = {
  PATIENT: { tag: '00100020', name: 'Patient ID' },
  STUDY: { tag: '0020000D', name: 'Study Instance UID' },
  SERIES: { tag: '0020000E', name: 'Series Instance UID' },
  IMAGE: { tag: '00080018', name: 'SOP Instance UID' },
} as const;
const mostUids = 10_000;

/** Throws StatusError 0xA900 that names the key. */
export function readRetrieveKeys(
  json: DicomJson,
  root: RetrieveRoot,
): { level: RetrieveLevel; ask: OutgoingAsk } {
  const asked = textsOf(json, '00080052')[0];
  const level = levels[root].find((one) => one === asked);
  if (level === undefined) throw mismatch(`Query/Retrieve Level is missing or not one of the ${root} root`);
  const above = levels[root].slice(0, levels[root].indexOf(level));
  const own = values(json, level);
  if (own.length === 0) throw mismatch(`${keys[level].name} is missing`);
  if (level === 'PATIENT' && own.length > 1) throw mismatch('Patient ID has more than one value');
  const ask: OutgoingAsk = {};
  narrow(ask, level, own);
  for (const upper of above) {
    const given = values(json, upper);
    if (given.length > 1) throw mismatch(`${keys[upper].name} above the level has more than one value`);
    if (given.length === 1) narrow(ask, upper, given);
  }
  return { level, ask };
}

function values(json: DicomJson, level: RetrieveLevel): string[] {
  const { tag, name } = keys[level];
  const found = textsOf(json, tag);
  if (found.length > mostUids) throw mismatch(`${name} has more than ${mostUids} values`);
  if (level === 'PATIENT') {
    if (found.some((text) => /[*?]/.test(text))) throw mismatch(`${name} may not hold wildcards`);
  } else if (!found.every((text) => isUid(text))) throw mismatch(`${name} is not a UID`);
  return found;
}

function narrow(ask: OutgoingAsk, level: RetrieveLevel, given: string[]): void {
  if (level === 'PATIENT') {
    if (given[0] !== undefined) ask.patientId = given[0];
  } else if (level === 'STUDY') ask.studyInstanceUids = given;
  else if (level === 'SERIES') ask.seriesInstanceUids = given;
  else ask.sopInstanceUids = given;
}

function mismatch(comment: string): StatusError {
  return new StatusError(status.datasetDoesNotMatchSopClass, comment);
}
