// Keeps what another archive says it has. Callers: availability.scp.ts; asked by whoever wants to fetch a study.
import type { Context } from '../../../context.ts';
import type { Db, Tx } from '../../../db/index.ts';
import type { Notice } from './notice.ts';
import * as repo from './repo.ts';

/** False when a notice of this SOP Instance UID is kept already. */
export function keepNotice(
  ctx: Pick<Context, 'db' | 'clock'>,
  sopInstanceUid: string,
  notice: Notice,
  from: { aeTitle: string; nodeId: string | null },
): Promise<boolean> {
  return repo.insertNotice(
    ctx.db,
    {
      direction: 'received',
      sop_instance_uid: sopInstanceUid,
      ae_title: from.aeTitle,
      node_id: from.nodeId,
      study_instance_uid: notice.studyInstanceUid,
      instance_count: notice.instanceCount,
      content: JSON.stringify(notice.json),
      content_sha256: notice.sha256,
    },
    ctx.clock.now(),
  );
}

/** Who said that it has a study, the latest first. */
export async function findHolders(
  db: Db | Tx,
  studyInstanceUid: string,
): Promise<{ aeTitle: string; nodeId: string | null; instanceCount: number }[]> {
  return (await repo.selectNotices(db, 'received', studyInstanceUid)).map((row) => ({
    aeTitle: row.ae_title,
    nodeId: row.node_id,
    instanceCount: row.instance_count,
  }));
}
