// The DICOM objects of a demo case: the public originals with the invented patient, numbers, dates and new UIDs written
// into a copy. UIDs are hashes of the originals, so every run sends the same bytes and nobody's sample collides.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Changes,
  encodeGb18030,
  getString,
  parseDicom,
  patchDataset,
  requireIdentity,
  transferSyntax,
} from '@yunying/dicom';
import type { DemoCase } from './cases.ts';
import { makeCdaObject } from './made-document.ts';
import { makeDentalObject, makeEndoscopyVideo } from './made-objects.ts';
import { demoInstitution } from './messages.ts';
import { type DemoPatient, patients } from './patients.ts';

const studiesFolder = join(import.meta.dirname, 'studies');

export const studyInstanceUidOf = (demoCase: DemoCase): string =>
  hashedUid(`study:${demoCase.accessionNumber}`);

/** Part 10 files ready to send, one at a time. */
export async function* objectsOf(demoCase: DemoCase): AsyncGenerator<Uint8Array> {
  if (demoCase.folder === 'dental') yield patch(await makeDentalObject(), demoCase);
  else if (demoCase.folder === 'cda') yield patch(makeCdaObject(), demoCase);
  else if (demoCase.folder === 'endoscopy-video')
    yield patch(await makeEndoscopyVideo(join(studiesFolder, 'endoscopy')), demoCase);
  else {
    const folder = join(studiesFolder, demoCase.folder);
    for (const name of (await readdir(folder)).sort())
      yield patch(await readFile(join(folder, name)), demoCase);
  }
}

function patch(original: Uint8Array, demoCase: DemoCase): Uint8Array {
  const { dataset } = parseDicom(original);
  const { seriesInstanceUid, sopInstanceUid } = requireIdentity(dataset);
  const patient: DemoPatient = patients[demoCase.patient];
  const changes: Record<string, Changes[string]> = {
    ...charsetAndText(demoCase, patient),
    StudyInstanceUID: studyInstanceUidOf(demoCase),
    SeriesInstanceUID: hashedUid(`${demoCase.key}:${seriesInstanceUid}`),
    SOPInstanceUID: hashedUid(`${demoCase.key}:${sopInstanceUid}`),
    AccessionNumber: demoCase.accessionNumber,
    StudyDate: demoCase.examAt.slice(0, 8),
    StudyTime: demoCase.examAt.slice(8),
    StudyID: demoCase.accessionNumber.slice(-6),
    PatientID: patient.patientId,
    PatientSex: patient.sex,
    PatientBirthDate: patient.birthDate,
    PatientAge: null,
    IssuerOfPatientID: null,
    OtherPatientIDs: null,
  };
  if (demoCase.sentAs !== undefined) {
    changes.Modality = demoCase.sentAs.modality;
    if (demoCase.sentAs.sopClassUid !== undefined) changes.SOPClassUID = demoCase.sentAs.sopClassUid;
  }
  // The source leaves the modality of a photographed slide open.
  if (demoCase.key === 'pathology' && getString(dataset, 'Modality') !== 'SM') changes.Modality = 'GM';
  return patchDataset(original, changes);
}

function charsetAndText(demoCase: DemoCase, patient: DemoPatient): Record<string, Changes[string]> {
  const ideographic = [patient.familyName, patient.givenName].filter((part) => part !== '').join('^');
  const text = {
    PatientName: `${patient.alphabetic}=${ideographic}`,
    StudyDescription: demoCase.itemName,
    InstitutionName: demoInstitution.name,
    InstitutionalDepartmentName: demoCase.department.name,
    ReferringPhysicianName: `=${demoCase.orderingDoctor}`,
  };
  if (demoCase.charset !== 'undeclared-gbk') return { SpecificCharacterSet: demoCase.charset, ...text };
  const bytes = Object.entries(text).map(([keyword, value]) => [keyword, encodeGb18030(value)] as const);
  return { SpecificCharacterSet: 'ISO_IR 100', ...Object.fromEntries(bytes) };
}

/** What an SCU must say before it sends: the object's class, instance and syntax, and the bytes after group 0002. */
export function splitPart10(file: Uint8Array) {
  const parsed = parseDicom(file);
  const { sopClassUid, sopInstanceUid } = requireIdentity(parsed.dataset);
  const { transferSyntaxUid } = parsed;
  if (transferSyntax(transferSyntaxUid) === undefined)
    throw new Error(`unknown transfer syntax ${transferSyntaxUid}`);
  // (0002,0000) is the first element after the 132 bytes of preamble and prefix; its value is the length of the rest.
  const metaLength = new DataView(file.buffer, file.byteOffset, file.byteLength).getUint32(140, true);
  return { sopClassUid, sopInstanceUid, transferSyntaxUid, dataset: file.subarray(144 + metaLength) };
}

/** 2.25. and a 128-bit number (PS3.5 Annex B.2). */
function hashedUid(seed: string): string {
  const hash = createHash('sha256').update(`yunying-demo:${seed}`).digest('hex').slice(0, 32);
  return `2.25.${BigInt(`0x${hash}`)}`;
}
