// What may be put into a role, in words of the screens.
import type { Permission } from '@yunying/api';
import type { Translate } from '@yunying/ui';

export const roleParts = [
  'exam.list',
  'exam.view',
  'report.view',
  'report.download',
  'image.view',
  'image.original',
  'image.label',
  'image.download',
  'image.print',
  'dicom.query',
  'study.annotate',
  'study.send',
  'ecg.upload',
  'statistics.view',
  'exam.break_glass',
] as const satisfies readonly Permission[];

const named: readonly string[] = [
  ...roleParts,
  'quarantine.view',
  'quarantine.resolve',
  'node.view',
  'routing.view',
  'job.view',
];

export function permissionWord(t: Translate, permission: string): string {
  return named.includes(permission) ? t(`rights.can.${permission}`) : permission;
}
