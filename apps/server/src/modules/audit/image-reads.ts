// Image reads come by the thousand: a series of 500 slices is one act of looking. So the pictures of one series
// are recorded once per session (or client) and 10 minutes. The memory of what was recorded is this process's
// own; another node writes its own row, which is one row too many at worst, never one too few.
import type { Db, Tx } from '../../db/index.ts';
import { type AuditEntry, type AuditViewer, recordAudit } from './record-audit.ts';

const quietMs = 10 * 60_000;
const mostRemembered = 50_000;

const recorded = new Map<string, number>();

export type ImageRead = Omit<AuditEntry, 'event' | 'result' | 'objectType' | 'objectId'> & {
  viewer: AuditViewer;
  studyInstanceUid: string;
  seriesInstanceUid: string;
};

/** Records 'image.viewed' of a series; answers whether a row was written. */
export async function recordImageRead(db: Db | Tx, read: ImageRead, now = Date.now()): Promise<boolean> {
  const { seriesInstanceUid, ...entry } = read;
  const key = `${viewerKey(read.viewer)} ${seriesInstanceUid}`;
  const last = recorded.get(key);
  if (last !== undefined && now - last < quietMs) return false;
  remember(key, now);
  try {
    await recordAudit(db, {
      ...entry,
      event: 'image.viewed',
      objectType: 'series',
      objectId: seriesInstanceUid,
      result: 'ok',
    });
  } catch (error) {
    recorded.delete(key);
    throw error;
  }
  return true;
}

function viewerKey(viewer: AuditViewer): string {
  switch (viewer.kind) {
    case 'staff':
    case 'patient':
      return `session ${viewer.sessionId}`;
    case 'client':
      return `client ${viewer.clientId}`;
    case 'anonymous':
      return 'anonymous';
  }
}

function remember(key: string, now: number): void {
  recorded.delete(key); // to the end: the map is ordered by time of writing
  recorded.set(key, now);
  for (const [oldKey, at] of recorded) {
    if (recorded.size <= mostRemembered && now - at < quietMs) break;
    recorded.delete(oldKey);
  }
}
