import { newUid } from '@yunying/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../db/ids.ts';
import { createHttp, type HttpApp } from '../../http/index.ts';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { createAuthorize, type StaffRole } from '../access/index.ts';
import { staffCookie } from '../accounts/testing/staff-cookie.ts';
import { ensureDefaultInstitution } from '../mpi/index.ts';
import { operationsRoutes } from './index.ts';
import { startOfHospitalDay } from './overview.ts';

let ctx: TestContext;
let app: HttpApp;
const cookies = new Map<StaffRole, string>();

beforeAll(async () => {
  ctx = await openTestContext();
  for (const role of ['system_admin', 'security_admin', 'audit_admin'] as const) {
    cookies.set(role, await staffCookie(ctx, role));
  }
  app = await createHttp(ctx, {
    listener: 'admin',
    authorize: createAuthorize(ctx, 'admin'),
    plugins: [operationsRoutes(ctx)],
    readiness: async () => ({ reasons: [], notes: [] }),
  });
});
afterAll(async () => {
  await app.close();
  await ctx.close();
});

const call = (method: 'GET' | 'POST', url: string, payload?: object, role: StaffRole = 'system_admin') =>
  app.inject({
    method,
    url: `/api${url}`,
    headers: { cookie: cookies.get(role) ?? '', 'sec-fetch-site': 'same-origin' },
    ...(payload === undefined ? {} : { payload }),
  });

async function bury(id: string): Promise<void> {
  await ctx.db
    .updateTable('job')
    .set({ state: 'dead', attempt: 12, error_code: 'documents.damaged', error: 'The document is damaged.' })
    .where('id', '=', id)
    .execute();
}

const eventsOf = async (event: string) =>
  (await ctx.db.selectFrom('audit_event').selectAll().where('event_type', '=', event).execute()).length;

describe("today's numbers", () => {
  it('are all zero on an empty platform, with the room that is left', async () => {
    const answer = (await call('GET', '/overview')).json();
    expect(answer).toMatchObject({
      receivedToday: { studies: 0, instances: 0, messages: 0, messagesFailed: 0, messagesRefused: 0 },
      quarantineOpen: 0,
      unlinked: 0,
      deadJobs: 0,
      queuedJobs: 0,
      storageUsedBytes: '0',
      storageFull: false,
      storesAway: 0,
      secondCopies: false,
      copiesMissing: 0,
      objectsLost: 0,
      oldestCheckAt: null,
    });
    expect(Number(answer.storageFreeBytes)).toBeGreaterThan(0);
  });

  it('count what came in since midnight in China, what is unlinked, and what was refused', async () => {
    const now = new Date();
    const institution = await ensureDefaultInstitution(ctx.db);
    await ctx.db
      .insertInto('study')
      .values({
        id: newId(),
        study_instance_uid: newUid(),
        institution_id: institution.id,
        patient_id: 'P1',
        patient_name: '-',
        link_state: 'unlinked',
        link_reason: 'no-order',
        received_at: now,
        last_received_at: now,
      })
      .execute();
    const message = { source: '10.0.0.9', raw: Buffer.from('MSH|'), sha256: '00' };
    await ctx.db
      .insertInto('hl7_message')
      .values([
        { id: newId(), ...message, state: 'applied', received_at: now },
        { id: newId(), ...message, state: 'refused', received_at: now },
        { id: newId(), ...message, state: 'failed', received_at: new Date(now.getTime() - 86_400_000) },
      ])
      .execute();
    expect((await call('GET', '/overview')).json()).toMatchObject({
      receivedToday: { studies: 1, instances: 0, messages: 2, messagesFailed: 0, messagesRefused: 1 },
      unlinked: 1,
    });
  });

  it.each([
    ['2026-11-23T15:59:59.999Z', '2026-11-22T16:00:00.000Z'],
    ['2026-11-23T16:00:00.000Z', '2026-11-23T16:00:00.000Z'],
    ['2026-11-24T07:00:00.000Z', '2026-11-23T16:00:00.000Z'],
  ])('begin the day of %s at %s', (now, start) => {
    expect(startOfHospitalDay(new Date(now)).toISOString()).toBe(start);
  });
});

describe('jobs', () => {
  it('are listed by state, newest first, page by page, with the count of every state', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.push(await ctx.jobs.enqueue(ctx.db, 'media.prepare_study', { n }));
    for (const id of ids) await bury(id);
    await ctx.jobs.enqueue(ctx.db, 'archive.sweep_orphans', {});
    const first = (await call('GET', '/jobs?state=dead&limit=2')).json();
    expect(first).toMatchObject({
      total: 3,
      counts: { dead: 3, queued: 1, running: 0, done: 0 },
      items: [{ id: ids[2], errorCode: 'documents.damaged', attempt: 12 }, { id: ids[1] }],
    });
    const second = (await call('GET', `/jobs?state=dead&limit=2&cursor=${first.nextCursor}`)).json();
    expect(second).toMatchObject({ items: [{ id: ids[0] }], nextCursor: null });
    expect(JSON.stringify(second)).not.toContain('payload');
    expect((await call('GET', '/overview')).json()).toMatchObject({ deadJobs: 3, queuedJobs: 1 });
  });

  it('that are dead are queued again once, with an audit row', async () => {
    const id = await ctx.jobs.enqueue(ctx.db, 'reports.render_version', {});
    expect((await call('POST', `/jobs/${id}/retry`)).json()).toMatchObject({ code: 'jobs.not_dead' });
    await bury(id);
    expect((await call('POST', `/jobs/${id}/retry`)).json()).toMatchObject({
      id,
      state: 'queued',
      attempt: 0,
      error: null,
    });
    expect((await call('POST', `/jobs/${id}/retry`)).statusCode).toBe(409);
    expect((await call('POST', '/jobs/1/retry')).statusCode).toBe(404);
    expect(await eventsOf('job.retried')).toBe(1);
  });

  it('stay dead when the same work waits in the queue already', async () => {
    const dead = await ctx.jobs.enqueue(ctx.db, 'media.prepare_study', {}, { key: 'study-1' });
    await bury(dead);
    await ctx.jobs.enqueue(ctx.db, 'media.prepare_study', {}, { key: 'study-1' });
    const answer = await call('POST', `/jobs/${dead}/retry`);
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'jobs.queued_again']);
  });
});

it.each(['security_admin', 'audit_admin'] as const)('%s reaches none of it', async (role) => {
  const attempts = [
    call('GET', '/overview', undefined, role),
    call('GET', '/jobs', undefined, role),
    call('POST', '/jobs/1/retry', undefined, role),
  ];
  for (const answer of await Promise.all(attempts)) expect(answer.statusCode).toBe(403);
});
