import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { recordAudit } from '../audit/index.ts';
import { makeHead } from './make-head.ts';
import { createSealer } from './seal-rows.ts';
import { type Fault, verifyTrail } from './verify-trail.ts';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await openTestContext();
});
afterAll(() => ctx.close());

const act = (n: number) =>
  recordAudit(ctx.db, {
    event: 'exam.viewed',
    actor: { kind: 'system', id: `it's ${n}` },
    objectId: `${n}`,
    result: 'ok',
    detail: { back: 'a\\b', n },
  });
/** As somebody who owns the database and switches its triggers off. */
async function tamper(...statements: string[]): Promise<void> {
  await ctx.db.connection().execute(async (one) => {
    await sql`set session_replication_role = replica`.execute(one);
    for (const statement of statements) await sql.raw(statement).execute(one);
    await sql`set session_replication_role = origin`.execute(one);
  });
}
const fault = async (): Promise<Fault | null> => (await verifyTrail(ctx)).fault;
const seqOf = async (linkNo: number) =>
  (
    await ctx.db
      .selectFrom('audit_link')
      .select('seq')
      .where('link_no', '=', String(linkNo))
      .executeTakeFirstOrThrow()
  ).seq;

describe('the chain of the audit trail', () => {
  beforeEach(async () => {
    await tamper(
      'truncate audit_event, audit_link, audit_head restart identity',
      "select setval(pg_get_serial_sequence('audit_event', 'seq'), 1, false)",
    );
    for (let n = 1; n <= 20; n += 1) await act(n);
    expect(await createSealer(ctx.db).seal()).toBe(20);
    ctx.clock.advance(600_000);
    await makeHead(ctx);
  });

  it('AD-4 is sound as it was written, whole or in part', async () => {
    expect(await verifyTrail(ctx)).toMatchObject({ fault: null, rows: 20, heads: 1, gaps: 0 });
    const { rows } = await sql<{ at: Date }>`select at from audit_link where link_no = 11`.execute(ctx.db);
    const part = await verifyTrail(ctx, { from: rows[0]?.at ?? null });
    expect(part.fault).toBeNull();
    expect(part.rows).toBeLessThanOrEqual(11);
  });

  it('AD-4 names a row of which one byte was changed', async () => {
    const seq = await seqOf(7);
    await tamper(`update audit_event set object_id = '8' where seq = ${seq}`);
    expect(await fault()).toEqual({ kind: 'changed', linkNo: '7', seq });
  });

  it('AD-4 names a deleted row, also when its link went with it', async () => {
    const seq = await seqOf(9);
    await tamper(`delete from audit_event where seq = ${seq}`);
    expect(await fault()).toEqual({ kind: 'deleted', linkNo: '9', seq });
    await tamper('delete from audit_link where link_no = 9');
    expect(await fault()).toMatchObject({ kind: 'deleted', linkNo: '9' });
  });

  it('AD-4 names rows whose contents changed places', async () => {
    await tamper(
      `update audit_event a set at = b.at, actor_id = b.actor_id, object_id = b.object_id, detail = b.detail
         from audit_event b where (a.seq, b.seq) in ((5, 6), (6, 5))`,
      'update audit_link l set at = e.at from audit_event e where e.seq = l.seq',
    );
    expect(await fault()).toMatchObject({ kind: 'reordered', linkNo: '5' });
  });

  it('AD-4 names links that changed places', async () => {
    await tamper(
      'update audit_link set link_no = -1 where link_no = 5',
      'update audit_link set link_no = 5 where link_no = 6',
      'update audit_link set link_no = 6 where link_no = -1',
    );
    expect(await fault()).toMatchObject({ linkNo: '5' });
  });

  it('AD-4 names a tail that was cut: rows alone, with their links, and with the heads too', async () => {
    await tamper('delete from audit_event where seq > 15');
    expect(await fault()).toMatchObject({ kind: 'tail_cut', linkNo: '16' });
    await tamper('delete from audit_link where link_no > 15');
    expect(await fault()).toMatchObject({ kind: 'tail_cut', linkNo: '16' });
    await tamper('delete from audit_head');
    expect(await fault()).toMatchObject({ kind: 'tail_cut', linkNo: '16' });
  });

  it('AD-4 names a head that was made up, and a chain that was written anew after a change', async () => {
    await tamper('update audit_head set made_at = made_at + interval $$1 hour$$');
    expect(await fault()).toMatchObject({ kind: 'head_forged', linkNo: '20' });
    await tamper(
      'update audit_head set made_at = made_at - interval $$1 hour$$',
      "update audit_event set object_id = 'x' where seq = 3",
      'delete from audit_link',
    );
    expect(await createSealer(ctx.db).seal()).toBe(20);
    expect(await fault()).toMatchObject({ kind: 'rewritten', linkNo: '20' });
  });

  it('does not believe a line of the heads file that nobody signed', async () => {
    appendFileSync(
      join(ctx.folder, 'audit/heads.jsonl'),
      `${JSON.stringify({ linkNo: '999', hash: 'x', madeAt: '2026-01-01T00:00:00Z', keyId: 'sign-1', signature: 'AAAA' })}\nnot even JSON\n`,
    );
    expect(await fault()).toBeNull();
  });

  it('links a row that becomes visible late when it does, and knows numbers that were rolled back', async () => {
    const sealer = createSealer(ctx.db);
    await sealer.seal();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let inserted = () => {};
    const waiting = new Promise<void>((resolve) => {
      inserted = resolve;
    });
    const slow = ctx.db.transaction().execute(async (tx) => {
      await recordAudit(tx, { event: 'slow', actor: { kind: 'system' }, result: 'ok' });
      inserted();
      await held;
    });
    await waiting;
    const undone = ctx.db.transaction().execute(async (tx) => {
      await recordAudit(tx, { event: 'undone', actor: { kind: 'system' }, result: 'ok' });
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    await act(30);
    expect(await sealer.seal()).toBe(1);
    release();
    await slow;
    expect(await sealer.seal()).toBe(1);
    expect(await sealer.seal()).toBe(0);
    expect(await createSealer(ctx.db).seal()).toBe(0);
    expect(await verifyTrail(ctx)).toMatchObject({ fault: null, rows: 22, gaps: 1 });
  });

  it('two sealers at once never link a row twice', async () => {
    for (let n = 0; n < 50; n += 1) await act(n);
    const counts = await Promise.all([1, 2, 3].map(() => createSealer(ctx.db).seal()));
    expect(counts.reduce((a, b) => a + b)).toBe(50);
    expect(await verifyTrail(ctx)).toMatchObject({ fault: null, rows: 70 });
  });
});
