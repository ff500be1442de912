// Rejection notes: key object selections (PS3.3 A.35.4) whose title says that the objects they name are not to be used
// (IHE RAD IOCM, PS3.16 CID 7011). Read when one arrives, made when a person rejects.
import {
  createDataset,
  type Dataset,
  encodeDataset,
  explicitVrLittleEndian,
  getSequence,
  getString,
  newUid,
  setCharset,
  setValue,
  writePart10,
} from '@yunying/dicom';
import type { StudyRow } from '../archive-types.ts';
import { attributesOfStudy } from './attributes.ts';

export const rejectionTitles = {
  '113001': 'Rejected for Quality Reasons',
  '113037': 'Rejected for Patient Safety Reasons',
  '113038': 'Incorrect Modality Worklist Entry',
  '113039': 'Data Retention Policy Expired',
} as const;
export type RejectionTitle = keyof typeof rejectionTitles;

export type RejectedObject = { sopInstanceUid: string; sopClassUid: string; seriesInstanceUid: string };

const keyObjectSelection = '1.2.840.10008.5.1.4.1.1.88.59';
const mostReferences = 100_000;

function isRejectionTitle(code: string | null | undefined): code is RejectionTitle {
  return code != null && Object.hasOwn(rejectionTitles, code);
}

/** null: a key object that rejects nothing. */
export function readRejectionNote(
  dataset: Dataset,
): { title: RejectionTitle; sopInstanceUids: string[] } | null {
  const [concept] = getSequence(dataset, 'ConceptNameCodeSequence');
  if (concept === undefined || getString(concept, 'CodingSchemeDesignator') !== 'DCM') return null;
  const title = getString(concept, 'CodeValue');
  if (!isRejectionTitle(title)) return null;
  const uids = new Set<string>();
  for (const study of getSequence(dataset, 'CurrentRequestedProcedureEvidenceSequence'))
    for (const series of getSequence(study, 'ReferencedSeriesSequence'))
      for (const object of getSequence(series, 'ReferencedSOPSequence')) {
        const uid = getString(object, 'ReferencedSOPInstanceUID');
        if (uid != null && uid.length <= 64 && uids.size < mostReferences) uids.add(uid);
      }
  return { title, sopInstanceUids: [...uids] };
}

/** A Part 10 file, in a series of its own within the study. `at` in UTC. */
export function makeRejectionNote(
  study: StudyRow,
  title: RejectionTitle,
  objects: readonly RejectedObject[],
  at: Date,
): { sopInstanceUid: string; bytes: Uint8Array } {
  const sopInstanceUid = newUid();
  const stamp = at.toISOString().replace(/[-:T]/g, '');
  const dataset = datasetOf({
    SOPClassUID: keyObjectSelection,
    SOPInstanceUID: sopInstanceUid,
    StudyInstanceUID: study.study_instance_uid,
    SeriesInstanceUID: newUid(),
    ...attributesOfStudy(study),
    Modality: 'KO',
    SeriesNumber: '9999',
    InstanceNumber: '1',
    ContentDate: stamp.slice(0, 8),
    ContentTime: stamp.slice(8, 14),
    TimezoneOffsetFromUTC: '+0000',
    Manufacturer: 'Yunying',
    SeriesDescription: 'Rejection Note',
    ValueType: 'CONTAINER',
    ContinuityOfContent: 'SEPARATE',
  });
  setValue(dataset, 'ReferencedPerformedProcedureStepSequence', []);
  setValue(dataset, 'ConceptNameCodeSequence', [codeOf(title, rejectionTitles[title])]);
  setValue(dataset, 'ContentTemplateSequence', [
    datasetOf({ MappingResource: 'DCMR', TemplateIdentifier: '2010' }),
  ]);
  setValue(dataset, 'CurrentRequestedProcedureEvidenceSequence', [evidenceOf(study, objects)]);
  setValue(dataset, 'ContentSequence', objects.map(contentOf));
  const body = encodeDataset(dataset, explicitVrLittleEndian);
  const fields = {
    sopClassUid: keyObjectSelection,
    sopInstanceUid,
    transferSyntaxUid: explicitVrLittleEndian,
  };
  return { sopInstanceUid, bytes: writePart10(fields, body) };
}

function datasetOf(attributes: Record<string, string | null>): Dataset {
  const dataset = createDataset();
  setCharset(dataset, 'ISO_IR 192');
  for (const [keyword, value] of Object.entries(attributes))
    if (value !== null) setValue(dataset, keyword, value);
  return dataset;
}

function codeOf(value: string, meaning: string): Dataset {
  return datasetOf({ CodeValue: value, CodingSchemeDesignator: 'DCM', CodeMeaning: meaning });
}

function reference({ sopClassUid, sopInstanceUid }: RejectedObject): Dataset {
  return datasetOf({ ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: sopInstanceUid });
}

function evidenceOf(study: StudyRow, objects: readonly RejectedObject[]): Dataset {
  const evidence = datasetOf({ StudyInstanceUID: study.study_instance_uid });
  const series = [...Map.groupBy(objects, (one) => one.seriesInstanceUid)].map(([uid, members]) => {
    const item = datasetOf({ SeriesInstanceUID: uid });
    setValue(item, 'ReferencedSOPSequence', members.map(reference));
    return item;
  });
  setValue(evidence, 'ReferencedSeriesSequence', series);
  return evidence;
}

function contentOf(object: RejectedObject): Dataset {
  const item = datasetOf({ RelationshipType: 'CONTAINS', ValueType: 'COMPOSITE' });
  setValue(item, 'ReferencedSOPSequence', [reference(object)]);
  return item;
}
