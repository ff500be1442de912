// The roles a process may have, in the order they start (and stop in reverse): pages first, because links need the
// public address; the doors that take things in after the workers that will work on them.
export const roleNames = ['web', 'dicomweb', 'worker', 'scp', 'mllp', 'cron'] as const;
export type RoleName = (typeof roleNames)[number];
