// The roles of those who work with patients (spec AC-2): built-in sets of permissions. A hospital adds its own in the
// table staff_role; what a role reaches is said by each grant.
import type { Permission } from '@yunying/api';

const reading: readonly Permission[] = ['exam.list', 'exam.view', 'report.view', 'image.view'];

const clinical: readonly Permission[] = [
  ...reading,
  'report.download',
  'image.original',
  'image.label',
  'image.download',
  'image.print',
  'ecg.upload',
  'dicom.query',
  'study.annotate',
  'study.send',
  'exam.break_glass',
];

export const businessRoles = {
  doctor: clinical,
  department_head: [...clinical, 'statistics.view'],
  technician: [...reading, 'image.original', 'image.print', 'ecg.upload', 'dicom.query', 'study.send'],
  registrar: ['exam.list', 'exam.view', 'report.view'],
  data_steward: ['exam.list', 'exam.view', 'quarantine.view', 'quarantine.resolve'],
  integration_engineer: ['node.view', 'routing.view', 'job.view'],
  /** Somebody invited to a consultation; the grant names the exam or the person. */
  consultant: [...reading, 'study.annotate'],
} as const satisfies Record<string, readonly Permission[]>;
export type BusinessRole = keyof typeof businessRoles;

export function isBusinessRole(name: string): name is BusinessRole {
  return Object.hasOwn(businessRoles, name);
}
