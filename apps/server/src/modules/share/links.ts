// The links of messages and report QR codes: /r/CODE. The code is 128 random bits, told once, kept as SM3 only
// (spec AC-10). A link names one exam and the person it was meant for; it opens nothing by itself.
import type { Context } from '../../context.ts';
import { type Db, newId, type Tx } from '../../db/index.ts';
import { newSecret, revokeSessions, sm3 } from '../access/index.ts';
import { recordAudit } from '../audit/index.ts';
import { getSetting } from '../settings/index.ts';
import * as repo from './repo.ts';

export type LinkKind = 'notice' | 'report-qr';
export type NewLink = { linkId: string; code: string; url: string };

/** `db` outside the transaction reads the setting; the row is written in `tx`. */
export async function createShareLink(
  ctx: Pick<Context, 'db' | 'clock' | 'config'>,
  tx: Db | Tx,
  link: { kind: LinkKind; examId: string; personId: string },
): Promise<NewLink> {
  const days = await getSetting(ctx.db, 'share.link_days');
  const now = ctx.clock.now();
  const code = newSecret(128);
  const linkId = newId();
  await repo.insertLink(tx, {
    id: linkId,
    code_hash: sm3(code),
    kind: link.kind,
    exam_id: link.examId,
    person_id: link.personId,
    created_at: now,
    expires_at: new Date(now.getTime() + days * 86_400_000),
  });
  const about = {
    objectType: 'share-link',
    objectId: linkId,
    detail: { kind: link.kind, examId: link.examId },
  };
  await recordAudit(tx, { ...about, event: 'share.created', actor: { kind: 'system' }, result: 'ok' });
  return { linkId, code, url: `${ctx.config.publicUrl}/r/${code}` };
}

/** The link dies, and with it every session that came through it. */
export async function revokeShareLink(
  ctx: Pick<Context, 'db' | 'clock'>,
  linkId: string,
  reason: string,
): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.transaction().execute(async (tx) => {
    const revoked = await repo.revokeLinks(tx, { linkId }, reason, now);
    if (revoked.length === 0) return;
    await revokeSessions(tx, { shareLinkId: linkId }, now);
    const about = { objectType: 'share-link', objectId: linkId, detail: { reason } };
    await recordAudit(tx, { ...about, event: 'share.revoked', actor: { kind: 'system' }, result: 'ok' });
  });
}
