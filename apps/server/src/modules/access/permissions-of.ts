// Administrators and patients -> permissions: a plain table (GB/T 22239 8.1.4.2, spec AC-2). The three administrators exclude one another
// and none of them reaches patient data; there is no super user. Those who work with patients have theirs
// by grants (policy/). A route's declaration names one permission.
import { permissions as allPermissions, type Permission } from '@yunying/api';
import type { StaffRole } from './viewer.ts';

const of = (...names: Permission[]): ReadonlySet<Permission> =>
  new Set<Permission>(['public', 'session', ...names]);

export const rolePermissions: Record<Exclude<StaffRole, 'doctor'> | 'patient', ReadonlySet<Permission>> = {
  patient: of('exam.list', 'exam.view', 'report.view', 'report.download', 'image.view', 'image.download'),
  system_admin: of(
    'quarantine.view',
    'quarantine.resolve',
    'job.view',
    'job.retry',
    'compression.view',
    'compression.edit',
    'node.view',
    'node.edit',
    'routing.view',
    'routing.edit',
    'hanging.view',
    'hanging.edit',
    'setting.view',
    'setting.edit',
    'study.edit',
    'study.delete',
    'study.restore',
    'statistics.view',
    'metrics.view',
  ), // prettier-ignore
  security_admin: of(
    'grant.view',
    'grant.edit',
    'protection.view',
    'protection.edit',
    'protection.unmask',
    'protection.grant',
    'protection.review',
    'statistics.view',
  ),
  audit_admin: of('statistics.view', 'audit.view', 'audit.export'),
};

/** What a machine client may be given: doors and reading, nothing of the console. */
export const clientPermissions: readonly Permission[] = [
  'exam.list',
  'exam.view',
  'report.view',
  'report.download',
  'image.view',
  'image.original',
  'image.label',
  'image.download',
  'dicom.store',
  'dicom.query',
  'metrics.view',
]; // prettier-ignore

/** Never given by default: only to a client that it is named for. */
export const onlyNamed: readonly Permission[] = ['study.delete'];

/** A client's stored list as a set; names that no longer exist give nothing. */
export function parsePermissions(text: string): ReadonlySet<Permission> {
  const asked = new Set(text.split(' '));
  return new Set(allPermissions.filter((name) => name === 'public' || asked.has(name)));
}
