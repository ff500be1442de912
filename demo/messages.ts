// The HL7 v2 messages of one demo case, as a RIS of the hospital would send them: ADT^A04, ORM^O01, then ORU^R01 with
// the report as text, as a PDF or as a JPEG page, and a correction where the case has one. Control ids are fixed, so
// that feeding twice is a re-send and not a second report.
import { buildMessage, type NewSegment } from '@yunying/hl7';
import type { DemoCase } from './cases.ts';
import { type DemoPatient, patients } from './patients.ts';

export const demoInstitution = { facility: 'YYYY', name: '云影示范医院' };

type Picture = { form: 'pdf' | 'jpeg'; base64: string };

export function admitMessage(demoCase: DemoCase): Uint8Array {
  return message(demoCase, 'ADT^A04^ADT_A01', 'A', [
    { name: 'EVN', fields: { 1: 'A04', 2: demoCase.examAt } },
    pid(demoCase),
    pv1(demoCase),
  ]);
}

export function orderMessage(demoCase: DemoCase, studyInstanceUid: string): Uint8Array {
  return message(demoCase, 'ORM^O01^ORM_O01', 'O', [
    pid(demoCase),
    pv1(demoCase),
    {
      name: 'ORC',
      fields: {
        1: 'NW',
        2: `P${demoCase.accessionNumber}`,
        3: demoCase.accessionNumber,
        9: demoCase.examAt,
        '12.2': demoCase.orderingDoctor,
      },
    },
    obr(demoCase, {}),
    {
      name: 'ZDS',
      fields: { '1.1': studyInstanceUid, '1.2': 'YUNYING', '1.3': 'Application', '1.4': 'DICOM' },
    },
  ]);
}

export function reportMessage(demoCase: DemoCase, picture: Picture | null): Uint8Array {
  return observationMessage(demoCase, 'R', 'F', picture, demoCase.report?.impression ?? '');
}

/** Null when the case has no correction. */
export function correctionMessage(demoCase: DemoCase): Uint8Array | null {
  const corrected = demoCase.report?.correctedImpression;
  return corrected === undefined ? null : observationMessage(demoCase, 'C', 'C', null, corrected);
}

function observationMessage(
  demoCase: DemoCase,
  suffix: string,
  status: 'F' | 'C',
  picture: Picture | null,
  impression: string,
): Uint8Array {
  const report = demoCase.report;
  if (report === null) throw new Error(`case ${demoCase.key} has no report`);
  const signed = { 25: status, '32.2': report.verifier, '33.2': report.author, 22: reportedAt(demoCase) };
  const text: NewSegment[] = [
    observation(1, 'TX', 'FINDINGS', '检查所见', report.findings, status),
    observation(2, 'TX', 'IMPRESSION', '诊断意见', impression, status),
  ];
  const document: NewSegment[] = picture === null ? [] : [encapsulated(3, picture, status)];
  return message(demoCase, 'ORU^R01^ORU_R01', suffix, [
    pid(demoCase),
    pv1(demoCase),
    { name: 'ORC', fields: { 1: 'RE', 3: demoCase.accessionNumber } },
    obr(demoCase, signed),
    ...(picture === null ? text : document),
  ]);
}

function observation(
  set: number,
  type: string,
  code: string,
  name: string,
  value: string,
  status: string,
): NewSegment {
  return { name: 'OBX', fields: { 1: String(set), 2: type, '3.1': code, '3.2': name, 5: value, 11: status } };
}

function encapsulated(set: number, picture: Picture, status: string): NewSegment {
  const subtype = picture.form === 'pdf' ? ['AP', 'PDF'] : ['IM', 'JPEG'];
  return {
    name: 'OBX',
    fields: {
      1: String(set),
      2: 'ED',
      '3.1': 'REPORT',
      '3.2': '检查报告',
      '5.2': subtype[0] ?? '',
      '5.3': subtype[1] ?? '',
      '5.4': 'Base64',
      '5.5': picture.base64,
      11: status,
    },
  };
}

function message(demoCase: DemoCase, type: string, suffix: string, segments: NewSegment[]): Uint8Array {
  return buildMessage({
    type,
    version: '2.5.1',
    sendingApplication: 'DEMORIS',
    sendingFacility: demoInstitution.facility,
    receivingApplication: 'YUNYING',
    receivingFacility: demoInstitution.facility,
    controlId: `${demoCase.accessionNumber}${suffix}`,
    time: dateOf(demoCase.examAt),
    charset: demoCase.hl7Charset,
    segments,
  }).toBytes();
}

function pid(demoCase: DemoCase): NewSegment {
  const patient: DemoPatient = patients[demoCase.patient];
  const kind = patient.identityType === '01' ? 'NI' : 'PPN';
  return {
    name: 'PID',
    fields: {
      1: '1',
      '3[1].1': patient.patientId,
      '3[1].4': demoInstitution.facility,
      '3[1].5': 'MR',
      '3[2].1': patient.identityNo,
      '3[2].5': kind,
      '5.1': patient.familyName,
      '5.2': patient.givenName,
      7: patient.birthDate,
      8: patient.sex,
      '11.1': patient.address,
      13: patient.phone,
    },
  };
}

const pv1 = (demoCase: DemoCase): NewSegment => ({
  name: 'PV1',
  fields: { 1: '1', 2: 'O', '3.1': demoCase.department.name, '7.2': demoCase.orderingDoctor },
});

function obr(demoCase: DemoCase, more: Record<string, string>): NewSegment {
  return {
    name: 'OBR',
    fields: {
      1: '1',
      2: `P${demoCase.accessionNumber}`,
      3: demoCase.accessionNumber,
      '4.1': demoCase.itemCode,
      '4.2': demoCase.itemName,
      7: demoCase.examAt,
      '16.2': demoCase.orderingDoctor,
      18: demoCase.accessionNumber,
      24: demoCase.modality,
      ...more,
    },
  };
}

/** Twenty minutes after the examination. */
const reportedAt = (demoCase: DemoCase): string => {
  const at = new Date(dateOf(demoCase.examAt).getTime() + 20 * 60_000 + 8 * 3_600_000);
  return at.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
};

/** Demo times are Beijing time. */
function dateOf(ts: string): Date {
  const [y, m, d, h, min, s] = [
    ts.slice(0, 4),
    ts.slice(4, 6),
    ts.slice(6, 8),
    ts.slice(8, 10),
    ts.slice(10, 12),
    ts.slice(12, 14),
  ];
  return new Date(`${y}-${m}-${d}T${h}:${min}:${s}+08:00`);
}
