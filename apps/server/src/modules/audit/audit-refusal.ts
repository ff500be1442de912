// A refused request. People and machines with a session are recorded each time; strangers once a minute per
// address and route, so that a scan cannot fill the trail with copies of one line.
import type { Db, Tx } from '../../db/index.ts';
import { type AuditEntry, type AuditViewer, recordAudit } from './record-audit.ts';

const quietMs = 60_000;
const mostRemembered = 20_000;
const strangers = new Map<string, number>();

export type Refusal = Omit<AuditEntry, 'result'> & { viewer: AuditViewer; resultCode: string };

export async function auditRefusal(db: Db | Tx, refusal: Refusal, now = Date.now()): Promise<void> {
  if (refusal.viewer.kind === 'anonymous' && heardLately(refusal, now)) return;
  await recordAudit(db, { ...refusal, result: 'denied' });
}

function heardLately(refusal: Refusal, now: number): boolean {
  const key = `${refusal.request?.ip ?? ''} ${refusal.event} ${refusal.resultCode}`;
  const last = strangers.get(key);
  if (last !== undefined && now - last < quietMs) return true;
  strangers.delete(key);
  strangers.set(key, now);
  for (const [oldKey, at] of strangers) {
    if (strangers.size <= mostRemembered && now - at < quietMs) break;
    strangers.delete(oldKey);
  }
  return false;
}
