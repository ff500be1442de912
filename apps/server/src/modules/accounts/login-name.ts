// The login name as it is stored and compared, and the role as a checked word.
import type { StaffRole } from '../access/index.ts';

/** Login names are compared without case and width. */
export function normalLoginName(loginName: string): string {
  return loginName.normalize('NFKC').trim().toLowerCase();
}

export function roleOf(account: { role: string }): StaffRole {
  switch (account.role) {
    case 'system_admin':
    case 'security_admin':
    case 'audit_admin':
    case 'doctor':
      return account.role;
    default:
      throw new Error(`account has the unknown role ${account.role}`);
  }
}
