// The trail of searches: written before the answer goes out, as every read of patient data.
import type { Db } from '../../../db/index.ts';
import { type AuditEntry, recordAudit } from '../../audit/index.ts';

export function recordSearch(db: Db, entry: Omit<AuditEntry, 'event'>): Promise<void> {
  return recordAudit(db, { event: 'archive.searched', ...entry });
}
