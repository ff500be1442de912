// A worklist query (PS3.4 §K.6.1.2, table K.6-1) as a question to the table of waiting exams and a test for each of
// them. Matched: station, date and time, modality, performing physician, step and procedure ids, step status, patient
// name and id, birth date, sex, accession and order numbers, study UID; wild cards in all that are text. Everything
// else in the identifier is a return key.
import { type DicomJson, itemsOf, textOf, textsOf } from '@yunying/dicom';
import { searchKey } from '../../mpi/index.ts';
import { toPersonName } from './person-name.ts';
import type { PlannedExam } from './plan-items.ts';
import type { WaitingAsk, WaitingExam } from './repo.ts';
import { isInPeriod, type Period, readPeriod } from './wall-clock.ts';
import { hasWildcard, matchesWildcard } from './wildcard.ts';

export type Question = {
  ask: Omit<WaitingAsk, 'institutionId' | 'after' | 'limit'>;
  /** As asked, null when universal: devices want their own title back. */
  stationAeTitle: string | null;
  /** On what is known before identifiers are made. */
  matches(exam: WaitingExam): boolean;
  /** On the identifiers themselves. */
  matchesIds(exam: PlannedExam): boolean;
};

const step = '00400100';
const han = /\p{Script=Han}/u;
const maxKeyLength = 324; // PN has three groups of 64 and more; longer keys match nothing anyway

export function readQuestion(json: DicomJson): Question {
  const scheduled = itemsOf(json, step)[0] ?? {};
  const period = readPeriod(key(scheduled, '00400002'), key(scheduled, '00400003'));
  const keys = {
    accession: key(json, '00080050'),
    patientId: key(json, '00100020'),
    modality: key(scheduled, '00080060')?.toUpperCase() ?? null,
    station: key(scheduled, '00400001'),
    physician: key(scheduled, '00400006'),
    stepStatus: key(scheduled, '00400020'),
    name: key(json, '00100010'),
    birthDate: key(json, '00100030'),
    sex: key(json, '00100040'),
    placer: key(json, '00402016'),
    filler: key(json, '00402017'),
    procedure: key(json, '00401001'),
    stepId: key(scheduled, '00400009'),
    studies: textsOf(json, '0020000D'),
  };
  return {
    ask: {
      from: period.from,
      to: period.to,
      accessionNumber: exact(keys.accession),
      patientId: exact(keys.patientId),
      modality: exact(keys.modality),
    },
    stationAeTitle: exact(keys.station),
    matches: (exam) =>
      isDue(exam, period) &&
      fits(keys.accession, exam.accessionNumber) &&
      fits(keys.patientId, exam.patientId) &&
      fits(keys.modality, exam.modality) &&
      // An order that names no device is for every device of its modality.
      (exam.stationAeTitle === null || fits(keys.station, exam.stationAeTitle)) &&
      fits(keys.stepStatus, stepStatus(exam)) &&
      fits(keys.birthDate, exam.patientBirthDate) &&
      fits(keys.sex, dicomSex(exam.patientSex)) &&
      fits(keys.placer, exam.placerOrderNumber) &&
      fits(keys.filler, exam.fillerOrderNumber) &&
      (keys.name === null || matchesName(keys.name, nameForms(exam))) &&
      (keys.physician === null ||
        (exam.performingPhysician !== null &&
          matchesName(keys.physician, groupsOf(exam.performingPhysician)))),
    matchesIds: (exam) =>
      fits(keys.procedure, exam.requestedProcedureId) &&
      fits(keys.stepId, exam.scheduledStepId) &&
      (keys.studies.length === 0 || keys.studies.includes(exam.studyInstanceUid)),
  };
}

export function stepStatus(exam: WaitingExam): 'SCHEDULED' | 'ARRIVED' | 'STARTED' {
  if (exam.isStarted) return 'STARTED';
  return exam.status === 'registered' ? 'ARRIVED' : 'SCHEDULED';
}

/** GB/T 2261.1 to (0010,0040). */
export function dicomSex(sex: string): string | null {
  return { '1': 'M', '2': 'F', '9': 'O' }[sex] ?? null;
}

function isDue(exam: WaitingExam, period: Period): boolean {
  return isInPeriod(exam.examAt, period);
}

function key(json: DicomJson, tag: string): string | null {
  const text = textOf(json, tag);
  return text === null || /^\*+$/.test(text) ? null : text.slice(0, maxKeyLength);
}

function exact(text: string | null): string | null {
  return text === null || hasWildcard(text) ? null : text;
}

function fits(pattern: string | null, value: string | null): boolean {
  if (pattern === null) return true;
  if (value === null) return false;
  return hasWildcard(pattern) ? matchesWildcard(pattern, value) : pattern === value;
}

/**
 * A key of one group is looked for in every group and in the other readings of the name, whatever the case and
 * whether or not family and given name are told apart; a key of several groups wants each of them.
 */
function matchesName(pattern: string, forms: NameForms): boolean {
  const groups = pattern.split('=').map(folded);
  if (groups.length === 1) {
    const all = [...forms.groups, ...forms.readings];
    return all.some((form) => fits(groups[0] ?? null, form));
  }
  return groups.every((group, index) => {
    if (group === '' || /^\*+$/.test(group)) return true;
    const own = index === 0 ? [forms.groups[0] ?? '', ...forms.readings] : [forms.groups[index] ?? ''];
    return own.some((form) => fits(group, form));
  });
}

type NameForms = { groups: string[]; readings: string[] };

/** The patient's readings are kept by mpi: making them again for every waiting exam would be most of the work. */
function nameForms(exam: WaitingExam): NameForms {
  const readings = `${exam.patientPinyin} ${exam.patientInitials}`.split(' ').filter((text) => text !== '');
  const written = folded(exam.patientName);
  return {
    groups: han.test(written) ? ['', written, ''] : [written, '', ''],
    readings: readings.map(folded),
  };
}

function groupsOf(written: string): NameForms {
  const { Alphabetic = '', Ideographic = '' } = toPersonName(written);
  return { groups: [folded(Alphabetic), folded(Ideographic), ''], readings: [] };
}

/** Wei^Xiaomei, wei xiaomei and WEIXIAOMEI are one. */
function folded(text: string): string {
  return searchKey(text.replaceAll('^', ''));
}
