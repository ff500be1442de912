// The chain is read through on request and once a day; each examination leaves a row that the console shows.
import type { TrailCheck, TrailState } from '@yunying/api';
import type { Context } from '../../context.ts';
import { newId } from '../../db/ids.ts';
import { recordAudit } from '../audit/index.ts';
import * as chain from './chain-repo.ts';
import { countUnlinked } from './seal-rows.ts';
import { type Verdict, type VerifyOptions, verifyTrail } from './verify-trail.ts';

export const checkJob = 'trail.verify';

type Part = Pick<Context, 'db' | 'crypto' | 'config' | 'clock'>;

export async function checkTrail(
  ctx: Part,
  askedBy: string | null,
  options: VerifyOptions = {},
): Promise<Verdict> {
  const startedAt = ctx.clock.now();
  const verdict = await verifyTrail(ctx, options);
  const { fault } = verdict;
  await ctx.db.transaction().execute(async (tx) => {
    await tx
      .insertInto('audit_check')
      .values({
        id: newId(),
        asked_by: askedBy,
        started_at: startedAt,
        ended_at: ctx.clock.now(),
        rows_read: verdict.rows,
        fault: fault?.kind ?? null,
        fault_seq: fault?.seq ?? null,
        fault_link_no: fault?.linkNo ?? null,
        gap_count: verdict.gaps,
      })
      .execute();
    await recordAudit(tx, {
      event: 'audit.verified',
      actor: { kind: 'system', ...(askedBy === null ? {} : { id: askedBy }) },
      result: fault === null ? 'ok' : 'error',
      ...(fault === null ? {} : { resultCode: `audit.${fault.kind}` }),
      detail: { rows: verdict.rows, gaps: verdict.gaps, faultRow: fault?.seq, faultLink: fault?.linkNo },
    });
  });
  return verdict;
}

export async function trailState(ctx: Pick<Context, 'db'>): Promise<TrailState> {
  const last = await chain.lastLink(ctx.db);
  const head = await chain.lastHead(ctx.db);
  const checks = await ctx.db.selectFrom('audit_check').selectAll().orderBy('id', 'desc').limit(10).execute();
  const running = await ctx.db
    .selectFrom('job')
    .select('id')
    .where('name', '=', checkJob)
    .where('state', 'in', ['queued', 'running'])
    .limit(1)
    .execute();
  return {
    links: last?.linkNo ?? '0',
    unlinked: await countUnlinked(ctx.db),
    headAt: head?.madeAt.toISOString() ?? null,
    headLink: head?.linkNo ?? null,
    checking: running.length > 0,
    checks: checks.map(
      (row): TrailCheck => ({
        id: row.id,
        startedAt: row.started_at.toISOString(),
        endedAt: row.ended_at.toISOString(),
        rows: row.rows_read,
        gaps: row.gap_count,
        fault: row.fault,
        faultRow: row.fault_seq,
        faultLink: row.fault_link_no,
      }),
    ),
  };
}
