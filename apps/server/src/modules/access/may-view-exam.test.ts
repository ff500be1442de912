import type { Permission } from '@yunying/api';
import { permissions } from '@yunying/api';
import { describe, expect, it } from 'vitest';
import { type ExamFacts, mayViewExam } from './may-view-exam.ts';
import { parsePermissions, rolePermissions } from './permissions-of.ts';
import { type Authority, businessRoles, noAuthority, plainAuthority } from './policy/index.ts';
import { staffPermissions } from './sessions.ts';
import { anonymous, type PatientViewer, type StaffRole, type StaffViewer } from './viewer.ts';

const exam: ExamFacts = {
  examId: '1',
  personId: '7',
  institutionId: '1',
  departmentId: null,
  examType: 'RAD',
  examAt: new Date('2026-11-20T08:00:00+08:00'),
  orderingDoctors: [],
  labels: [],
  published: true,
};
const loose: ExamFacts = { ...exam, examId: null, examType: null, examAt: null, published: false };
const patient: PatientViewer = {
  kind: 'patient',
  personId: '7',
  examId: null,
  proof: 'sms',
  permissions: rolePermissions.patient,
  sessionId: '1',
  shareLinkId: '1',
}; // prettier-ignore
const reads = plainAuthority(new Set(businessRoles.doctor));
const radiology: Authority = {
  ...reads,
  grants: reads.grants.map((grant) => ({ ...grant, reach: { examTypes: ['RAD'] } })),
};
const staff = (role: StaffRole, mustChangePassword = false, authority = reads): StaffViewer => ({
  kind: 'staff',
  accountId: '1',
  role,
  displayName: '',
  permissions: staffPermissions(role, authority),
  authority: role === 'doctor' ? authority : noAuthority,
  sessionId: '1',
  mustChangePassword,
}); // prettier-ignore
const client = (list: string) => ({
  kind: 'client' as const,
  clientId: '1',
  name: 'c',
  permissions: parsePermissions(list),
  authority: plainAuthority(parsePermissions(list)),
});
const vip: ExamFacts = { ...exam, labels: [{ tag: 'vip', level: 5, restriction: 'hidden' }] };
const veiled: ExamFacts = { ...exam, labels: [{ tag: 'staff', level: 4, restriction: 'pseudonym' }] };

describe('mayViewExam', () => {
  const cases: [string, Parameters<typeof mayViewExam>, string, boolean][] = [
    ['nobody', [anonymous, exam], 'no-session', false],
    ['a patient, own published exam', [patient, exam], 'own-person', true],
    ['a patient, exam of somebody else', [patient, { ...exam, personId: '8' }], 'other-person', false],
    ['a patient, own exam not published', [patient, { ...exam, published: false }], 'not-published', false],
    ['a patient, study without exam', [patient, loose], 'not-linked', false],
    ['a patient proved for this exam', [{ ...patient, examId: '1' }, exam], 'own-exam', true],
    ['a patient proved for another exam', [{ ...patient, examId: '2' }, exam], 'other-exam', false],
    ['a patient, original objects', [patient, exam, 'image.original'], 'no-permission', false],
    [
      'a patient, images kept back by the rule',
      [patient, { ...exam, parts: ['report'] }, 'image.view'],
      'part-not-published',
      false,
    ],
    [
      'a patient, report allowed by the rule',
      [patient, { ...exam, parts: ['report'] }, 'report.view'],
      'own-person',
      true,
    ],
    ['a doctor', [staff('doctor'), exam], 'grant plain', true],
    ['a doctor, study without exam', [staff('doctor'), loose], 'grant plain', true],
    [
      'a radiologist, ultrasound',
      [staff('doctor', false, radiology), { ...exam, examType: 'US' }],
      'outside-reach',
      false,
    ],
    ['a radiologist, study without exam', [staff('doctor', false, radiology), loose], 'outside-reach', false],
    ['a doctor without any grant', [staff('doctor', false, noAuthority), exam], 'no-permission', false],
    ['a doctor, hidden person', [staff('doctor'), vip], 'protected', false],
    [
      'a doctor, hidden person opened by a second person',
      [staff('doctor', false, { ...reads, lifted: new Set(['7']) }), vip],
      'protection-grant',
      true,
    ],
    [
      'a doctor, hidden person, after break-glass',
      [staff('doctor', false, { ...reads, broken: new Set(['7']) }), vip],
      'protected',
      false,
    ],
    ['a doctor, report under a pseudonym', [staff('doctor'), veiled, 'report.view'], 'protected', false],
    ['a doctor who must change the password', [staff('doctor', true), exam], 'must-change-password', false],
    ['the system administrator', [staff('system_admin'), exam], 'no-permission', false],
    ['the security administrator', [staff('security_admin'), exam, 'report.view'], 'no-permission', false],
    ['the audit administrator', [staff('audit_admin'), exam, 'image.view'], 'no-permission', false],
    ['a client that may read', [client('image.view'), exam, 'image.view'], 'grant plain', true],
    ['a client that may only store', [client('dicom.store'), exam, 'image.view'], 'no-permission', false],
  ];
  it.each(cases)('%s', (_who, args, rule, allowed) => {
    expect(mayViewExam(...args)).toMatchObject({ allowed, rule });
  });
});

describe('role × permission', () => {
  // The whole matrix, as an assessor reads it. A change here is a change of policy.
  const matrix: Record<Permission, string> = {
    public: 'patient doctor system_admin security_admin audit_admin',
    session: 'patient doctor system_admin security_admin audit_admin',
    'exam.list': 'patient doctor',
    'exam.view': 'patient doctor',
    'report.view': 'patient doctor',
    'report.download': 'patient doctor',
    'image.view': 'patient doctor',
    'image.original': 'doctor',
    'image.label': 'doctor',
    'image.download': 'patient doctor',
    'exam.break_glass': 'doctor',
    'protection.view': 'security_admin',
    'protection.edit': 'security_admin',
    'protection.unmask': 'security_admin',
    'protection.grant': 'security_admin',
    'protection.review': 'security_admin',
    'image.print': 'doctor',
    'ecg.upload': 'doctor',
    'dicom.store': '',
    'dicom.query': 'doctor',
    'quarantine.view': 'system_admin',
    'quarantine.resolve': 'system_admin',
    'job.view': 'system_admin',
    'job.retry': 'system_admin',
    'compression.view': 'system_admin',
    'compression.edit': 'system_admin',
    'node.view': 'system_admin',
    'node.edit': 'system_admin',
    'routing.view': 'system_admin',
    'routing.edit': 'system_admin',
    'hanging.view': 'system_admin',
    'hanging.edit': 'system_admin',
    'setting.view': 'system_admin',
    'setting.edit': 'system_admin',
    'study.annotate': 'doctor',
    'study.send': 'doctor',
    'study.edit': 'system_admin',
    'study.delete': 'system_admin',
    'study.restore': 'system_admin',
    'grant.view': 'security_admin',
    'grant.edit': 'security_admin',
    'statistics.view': 'system_admin security_admin audit_admin',
    'audit.view': 'audit_admin',
    'audit.export': 'audit_admin',
    'demo.outbox': '',
    'metrics.view': 'system_admin',
  };
  it.each([...permissions])('%s', (permission) => {
    const holders = (['patient', 'doctor', 'system_admin', 'security_admin', 'audit_admin'] as const).filter(
      (role) => (role === 'doctor' ? staffPermissions(role, reads) : rolePermissions[role]).has(permission),
    );
    expect(holders.join(' ')).toBe(matrix[permission]);
  });
});
