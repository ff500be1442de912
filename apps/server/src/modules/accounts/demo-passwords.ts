// The log-ins of profile demo. They are printed by the demo and stand here for all to read: outside that profile
// they are refused as passwords.
import type { StaffRole } from '../access/index.ts';

export const doctor = { user: 'doctor', password: 'Yingxiang#2026' };
export const admins: { user: string; password: string; role: StaffRole }[] = [
  { user: 'sysadmin', password: 'Xitong-Guanli#26', role: 'system_admin' },
  { user: 'secadmin', password: 'Anquan-Guanli#26', role: 'security_admin' },
  { user: 'audadmin', password: 'Shenji-Guanli#26', role: 'audit_admin' },
];
const demoPasswords = new Set([doctor, ...admins].map((account) => account.password));

export function isDemoPassword(password: string): boolean {
  return demoPasswords.has(password);
}
