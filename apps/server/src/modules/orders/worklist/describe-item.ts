// One worklist answer (PS3.4 table K.6-1): everything we can say of a waiting exam, then only what was asked for. A
// key we have no value for comes back empty, as the standard wants of type 2 return keys.
import { type DicomJson, itemsOf, type JsonElement } from '@yunying/dicom';
import { element } from '../../../dimse/dataset-json.ts';
import { toAscii, toPersonName } from './person-name.ts';
import type { PlannedExam } from './plan-items.ts';
import { toDa, toTm } from './wall-clock.ts';
import { dicomSex, stepStatus } from './worklist-question.ts';

const localCodes = '99YUNYING'; // (0008,0102) of codes that only this hospital knows
const specificCharacterSet = '00080005';

export function describeItem(exam: PlannedExam, stationAeTitle: string): DicomJson {
  const description = exam.itemName.slice(0, 64);
  const code = element('SQ', exam.itemCode === null ? null : codeItem(exam.itemCode, description));
  const physician = (written: string | null): JsonElement =>
    element('PN', written === null ? null : toPersonName(written));
  return {
    '00080050': element('SH', exam.accessionNumber),
    '00080080': element('LO', exam.institutionName.slice(0, 64)),
    '00080090': physician(exam.orderingDoctor),
    '00081110': element('SQ'),
    '00081120': element('SQ'),
    '00100010': element('PN', toPersonName(exam.patientName)),
    '00100020': element('LO', exam.patientId),
    '00100030': element('DA', /^\d{8}$/.test(exam.patientBirthDate ?? '') ? exam.patientBirthDate : null),
    '00100040': element('CS', dicomSex(exam.patientSex)),
    '0020000D': element('UI', exam.studyInstanceUid),
    '00321032': physician(exam.orderingDoctor),
    '00321033': element('LO', exam.departmentName?.slice(0, 64) ?? null),
    '00321060': element('LO', description),
    '00321064': code,
    '00400100': element('SQ', describeStep(exam, stationAeTitle, description, code)),
    '00401001': element('SH', exam.requestedProcedureId),
    '00401002': element('LO', exam.clinicalNote?.replace(/[\\\r\n]+/g, ' ').slice(0, 64) ?? null),
    '00401003': element('SH'),
    '00402016': element('LO', exam.placerOrderNumber),
    '00402017': element('LO', exam.fillerOrderNumber),
  };
}

function describeStep(
  exam: PlannedExam,
  stationAeTitle: string,
  description: string,
  code: JsonElement,
): DicomJson {
  return {
    '00080060': element('CS', exam.modality),
    '00400001': element('AE', exam.stationAeTitle ?? stationAeTitle),
    '00400002': element('DA', toDa(exam.examAt)),
    '00400003': element('TM', toTm(exam.examAt)),
    '00400006': element(
      'PN',
      exam.performingPhysician === null ? null : toPersonName(exam.performingPhysician),
    ),
    '00400007': element('LO', description),
    '00400008': code,
    '00400009': element('SH', exam.scheduledStepId),
    '00400010': element('SH', exam.stationName?.slice(0, 16) ?? null),
    '00400011': element('SH', exam.location?.slice(0, 16) ?? null),
    '00400020': element('CS', stepStatus(exam)),
  };
}

function codeItem(code: string, meaning: string): DicomJson {
  return {
    '00080100': element('SH', code.slice(0, 16)),
    '00080102': element('SH', localCodes),
    '00080104': element('LO', meaning),
  };
}

/** What the identifier asks for, item by item. A sequence asked for without keys comes whole. */
export function selectKeys(full: DicomJson, keys: DicomJson): DicomJson {
  const answer: DicomJson = {};
  for (const [tag, asked] of Object.entries(keys)) {
    if (tag === specificCharacterSet) continue;
    const known = full[tag];
    if (known === undefined) answer[tag] = { vr: asked.vr };
    else if (known.vr !== 'SQ') answer[tag] = known;
    else answer[tag] = selectItems(full, keys, tag);
  }
  return answer;
}

function selectItems(full: DicomJson, keys: DicomJson, tag: string): JsonElement {
  const asked = itemsOf(keys, tag)[0];
  const items = itemsOf(full, tag);
  if (asked === undefined || Object.keys(asked).length === 0) return element('SQ', ...items);
  return element('SQ', ...items.map((item) => selectKeys(item, asked)));
}

/** The same without a character beyond ASCII: names by their alphabetic group, other text by its pinyin. */
export function withoutCharacters(json: DicomJson): DicomJson {
  return Object.fromEntries(
    Object.entries(json).map(([tag, { vr, Value }]): [string, JsonElement] => {
      const values = Value?.map((value) => {
        if (typeof value === 'string') return toAscii(value);
        if (typeof value !== 'object' || value === null) return value;
        if (vr === 'SQ') return withoutCharacters(value as DicomJson); // vr tells items from names
        return 'Alphabetic' in value ? { Alphabetic: toAscii(String(value.Alphabetic)) } : value;
      });
      return [tag, values === undefined ? { vr } : { vr, Value: values }];
    }),
  );
}
