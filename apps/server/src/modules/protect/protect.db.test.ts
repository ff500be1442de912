// Protected patients the whole way, over HTTP with real sessions: labels by rule and by hand at every door, a grant of
// two persons for two hours, break-glass with its review.
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../context.ts';
import { createHttp, type Listener } from '../../http/index.ts';
import type { JobRun } from '../../jobs/index.ts';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { createAuthorize, giveGrant, nodeRights, openSession, studyCondition } from '../access/index.ts';
import { createAccount } from '../accounts/index.ts';
import { adminPlugins, httpPlugins } from '../index.ts';
import { mergePatients } from '../mpi/index.ts';
import { writeInstance, writeStudy } from '../portal/testing/studies.ts';
import { changeSetting } from '../settings/index.ts';
import { writeReport } from '../share/testing/reports.ts';
import { type Invented, inventTwoPatients } from '../share/testing/two-patients.ts';
import { labelEverybody, protectJobs } from './protect.jobs.ts';

let ctx: TestContext;
let whole: Context;
let wang: Invented;
let qin: Invented;
let study: string;
const apps = new Map<Listener, FastifyInstance>();
const cookies: Record<string, string> = {};
const ids: Record<string, string> = {};

beforeAll(async () => {
  ctx = await openTestContext();
  // No route here reaches the codec; the modules only keep it.
  whole = { ...ctx, codec: undefined } as unknown as Context;
  for (const listener of ['public', 'admin'] as const) {
    const plugins = listener === 'public' ? httpPlugins(whole) : adminPlugins(whole);
    const authorize = createAuthorize(ctx, listener);
    const readiness = async () => ({ reasons: [], notes: [] });
    apps.set(listener, await createHttp(ctx, { listener, authorize, plugins, readiness }));
  }
  for (const [name, role] of [
    ['doctor', 'doctor'],
    ['other', 'doctor'],
    ['first', 'security_admin'],
    ['second', 'security_admin'],
    ['sys', 'system_admin'],
  ] as const)
    await staff(name, role);
  [wang, qin] = await inventTwoPatients(ctx.db);
  study = await writeStudy(ctx.db, {
    examId: wang.examId,
    patientRowId: wang.patientRowId,
    uid: '1.2.826.88.1',
    name: wang.name,
  });
  await writeInstance(ctx, study);
});
afterAll(async () => {
  for (const app of apps.values()) await app.close();
  await ctx.close();
});

async function staff(name: string, role: 'doctor' | 'security_admin' | 'system_admin'): Promise<void> {
  const { accountId } = await createAccount(ctx, {
    loginName: `${name}-person`,
    displayName: name,
    role,
    mustChange: false,
  });
  const live = await ctx.db
    .selectFrom('access_grant')
    .selectAll()
    .where('subject_id', '=', accountId)
    .execute();
  if (role === 'doctor' && live.length === 0)
    await giveGrant(ctx.db, {
      subjectKind: 'account',
      subjectId: accountId,
      role: 'doctor',
      at: ctx.clock.now(),
    });
  ids[name] = accountId;
  await enter(name, role);
}

async function enter(name: string, role: 'doctor' | 'security_admin' | 'system_admin'): Promise<void> {
  const session = { kind: 'staff', accountId: ids[name] ?? '', role } as const;
  const { secret } = await openSession(ctx, session, { ip: '10.0.0.1', userAgent: 'test' });
  cookies[name] = `yy_session=${secret}`;
}

const call = (who: string, method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) => {
  const listener = ['doctor', 'other', 'patient'].includes(who) ? 'public' : 'admin';
  const app = apps.get(listener);
  if (app === undefined) throw new Error('no listener');
  const headers = { cookie: cookies[who] ?? '', 'sec-fetch-site': 'same-origin', accept: '*/*' };
  return app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
};
const run = () =>
  labelEverybody(whole, {
    signal: AbortSignal.any([]),
    progress: async () => {},
  } as unknown as JobRun);
const events = async (event: string) =>
  ctx.db.selectFrom('audit_event').selectAll().where('event_type', '=', event).execute();

/** What the doors answer about Wang, to a doctor without a tag. */
async function doors(who = 'doctor'): Promise<Record<string, unknown>> {
  const list = (await call(who, 'GET', '/api/exams')).json<{ total: number; items: { id: string }[] }>();
  const found = (await call(who, 'GET', '/api/exams?q=A0001')).json<{ total: number }>();
  const rights = await nodeRights(ctx.db, null, 'dicom.query', ctx.clock.now());
  const cfind = await ctx.db
    .selectFrom('study')
    .select('id')
    .where(studyCondition(rights) as never)
    .execute();
  const qido = await call(who, 'GET', `/dicom-web/studies?StudyInstanceUID=${study}`);
  return {
    listed: list.items.some(({ id }) => id === wang.examId),
    count: list.total,
    found: found.total,
    cfind: cfind.length,
    qido: qido.statusCode === 200 ? qido.json<unknown[]>().length : 0,
    exam: (await call(who, 'GET', `/api/exams/${wang.examId}`)).statusCode,
    manifest: (await call(who, 'GET', `/api/studies/${study}/manifest`)).statusCode,
    stillOpen: (await call(who, 'GET', `/api/studies/${study}/still-open`)).statusCode,
  };
}
/** Of her pictures; what a door allowed may be remembered for 2 s. */
async function pictureDoors(): Promise<boolean[]> {
  await new Promise((wake) => setTimeout(wake, 2100));
  const base = `/dicom-web/studies/${study}/series/${study}.1`;
  const urls = [
    `${base}/metadata`,
    `${base}/thumbnail`,
    `${base}/instances/${study}.1.1`,
    `${base}/instances/${study}.1.1/frames/1`,
  ];
  const answers = await Promise.all(urls.map((url) => call('doctor', 'GET', url)));
  return answers.map((answer) => answer.statusCode !== 404);
}
const closed = {
  listed: false,
  count: 1,
  found: 0,
  cfind: 0,
  qido: 0,
  exam: 404,
  manifest: 404,
  stillOpen: 404,
};

describe('protected patients', () => {
  it('AC-6 a label by hand hides a person from every list, count, search and picture within 5 s, and its removal shows her again', async () => {
    const before = await doors();
    expect(before).toMatchObject({
      listed: true,
      count: 2,
      found: 1,
      cfind: 1,
      qido: 1,
      exam: 200,
      manifest: 200,
      stillOpen: 204,
    });
    const set = await call('first', 'POST', `/api/protection/persons/${wang.personId}/labels`, {
      tag: 'vip',
      level: 5,
      restriction: 'hidden',
      reason: '院领导要求保护',
    });
    expect(set.statusCode).toBe(201);
    expect(await doors()).toEqual(closed);
    expect(await pictureDoors()).toEqual([false, false, false, false]);
    const short = await call(
      'first',
      'POST',
      `/api/protection/labels/${set.json<{ id: string }>().id}/remove`,
      { reason: '短' },
    );
    expect(short.statusCode).toBe(400);
    await call('first', 'POST', `/api/protection/labels/${set.json<{ id: string }>().id}/remove`, {
      reason: '保护期已结束',
    });
    expect(await doors()).toEqual(before);
    expect((await events('label.set')).length + (await events('label.removed')).length).toBe(2);
  });

  it('AC-6 rules label by number, report word and age, over everybody and for what comes later; a changed rule takes its labels away', async () => {
    const rule = {
      name: '院级保护名单',
      tag: 'vip',
      level: 5,
      restriction: 'break_glass',
      target: 'person',
      condition: { kind: 'numbers', numbers: ['p0001'] },
      enabled: true,
    };
    const { id } = (await call('first', 'POST', '/api/protection/rules', rule)).json<{ id: string }>();
    await run();
    expect(await doors()).toEqual(closed);
    const kept = await ctx.db.selectFrom('protection_rule').select('condition').execute();
    expect(JSON.stringify(kept)).not.toMatch(/P0001/i);
    const rules = (await call('first', 'GET', '/api/protection/rules')).json();
    expect(rules).toMatchObject({
      items: [{ version: 1, labelCount: 1, condition: { kind: 'numbers', count: 1 } }],
      run: { seen: 2, total: 2, set: 1, endedAt: expect.any(String) },
    });

    const word = {
      ...rule,
      name: '传染病报告',
      tag: 'infectious',
      target: 'exam',
      condition: { kind: 'report_word', terms: ['HIV'] },
    };
    await call('first', 'POST', '/api/protection/rules', word);
    await writeReport(ctx.db, qin, 'final', '抗 hiv 阳性', ctx.clock.now());
    const job = protectJobs()['protect.label_exam'];
    if (typeof job !== 'object') throw new Error('the job is declared');
    await job.run(whole, { payload: { examId: qin.examId }, log: ctx.log } as unknown as JobRun);
    expect((await call('doctor', 'GET', `/api/exams/${qin.examId}`)).statusCode).toBe(404);

    await call('first', 'PUT', `/api/protection/rules/${id}`, {
      ...rule,
      condition: { kind: 'under_age', years: 14 },
    });
    await run();
    expect((await doors()).exam).toBe(200);
    for (const one of (await call('first', 'GET', '/api/protection/rules')).json<{
      items: { id: string }[];
    }>().items)
      await call('first', 'DELETE', `/api/protection/rules/${one.id}`);
    await run();
    expect(
      await ctx.db.selectFrom('protection_label').select('id').where('removed_at', 'is', null).execute(),
    ).toEqual([]);
  });

  it('AC-6 what protects a person goes along when persons become one', async () => {
    const label = { tag: 'staff', level: 5, restriction: 'hidden', reason: '本院职工本人要求' };
    await call('first', 'POST', `/api/protection/persons/${wang.personId}/labels`, label);
    const at = ctx.clock.now();
    const retired = await ctx.db
      .transaction()
      .execute(async (tx) => {
        await tx
          .updateTable('patient')
          .set({ identity_no: null })
          .where('id', '=', qin.patientRowId)
          .execute();
        await mergePatients(tx, qin.patientRowId, wang.patientRowId, at);
        const rows = await tx
          .selectFrom('protection_label')
          .select('person_id')
          .where('removed_at', 'is', null)
          .execute();
        throw Object.assign(new Error('undo'), { rows });
      })
      .catch((error: { rows?: unknown }) => error.rows);
    expect(retired).toEqual([{ person_id: qin.personId }]);
    await ctx.db
      .updateTable('protection_label')
      .set({ removed_at: at })
      .where('removed_at', 'is', null)
      .execute();
  });

  it('AC-3 a grant to a named doctor needs a second person, works for its two hours and then ends', async () => {
    const label = { tag: 'vip', level: 5, restriction: 'hidden', reason: '院领导要求保护' };
    await call('first', 'POST', `/api/protection/persons/${wang.personId}/labels`, label);
    const asked = await call('first', 'POST', `/api/protection/persons/${wang.personId}/grants`, {
      loginName: 'doctor-person',
      reason: '主管医师会诊',
      hours: 2,
    });
    const { id } = asked.json<{ id: string }>();
    expect((await doors()).exam).toBe(404);
    expect((await call('first', 'POST', `/api/protection/grants/${id}/approve`)).json()).toMatchObject({
      code: 'protect.own_request',
    });
    expect((await call('second', 'POST', `/api/protection/grants/${id}/approve`)).statusCode).toBe(204);
    expect(await doors()).toMatchObject({ exam: 200, stillOpen: 204, listed: true });
    expect((await doors('other')).exam).toBe(404);
    const open = (await call('second', 'GET', '/api/protection/grants')).json<{
      items: object[];
      total: number;
    }>();
    expect(open).toMatchObject({
      total: 1,
      items: [{ state: 'active', accountName: 'doctor', personName: '王*明' }],
    });
    const detail = (await call('second', 'GET', `/api/protection/persons/${wang.personId}`)).json();
    expect(detail).toMatchObject({ readers: [{ accountName: 'doctor', by: 'protection-grant' }] });
    const own = { number: 'A0001', reason: '长期随访患者，需要复查对比', hours: 2 };
    const nobody = await call('other', 'POST', '/api/protection-requests', { ...own, number: 'A9' });
    const asking = await call('other', 'POST', '/api/protection-requests', own);
    expect([nobody.statusCode, nobody.body]).toEqual([asking.statusCode, asking.body]);
    const waiting = (await call('first', 'GET', '/api/protection/grants'))
      .json<{
        items: { id: string; accountName: string; state: string }[];
      }>()
      .items.filter((one) => one.state === 'requested');
    expect(waiting).toMatchObject([{ accountName: 'other' }]);
    await call('first', 'POST', `/api/protection/grants/${waiting[0]?.id}/approve`);
    expect((await doors('other')).exam).toBe(200);
    ctx.clock.advance(2 * 3_600_000);
    await enter('doctor', 'doctor');
    await enter('other', 'doctor');
    expect(await doors()).toEqual(closed);
  });

  it('the list names nobody in full, shows it on an audited act, and is of the security administrator alone', async () => {
    await enter('first', 'security_admin');
    await enter('sys', 'system_admin');
    const list = await call('first', 'GET', '/api/protection/persons');
    expect(list.json()).toMatchObject({
      total: 1,
      items: [{ name: '王*明', tags: ['vip'], restriction: 'hidden' }],
    });
    expect(list.body).not.toContain(wang.name);
    expect(list.body).not.toContain('P0001');
    const full = await call('first', 'POST', `/api/protection/persons/${wang.personId}/unmask`);
    expect(full.json()).toMatchObject({ name: wang.name });
    expect(await events('protection.unmasked')).toMatchObject([{ patient_id: wang.patientRowId }]);
    expect((await events('protection.listed')).length).toBe(1);
    expect((await call('sys', 'GET', '/api/protection/persons')).statusCode).toBe(403);
  });

  it('AC-11 break-glass: reason, an hour, notice to the patient, review; hidden stays closed, tries are limited', async () => {
    const ask = { number: 'A0001', reasonCode: 'emergency', reason: '急诊抢救，需要立即查看既往影像' };
    expect((await call('doctor', 'POST', '/api/break-glass', ask)).statusCode).toBe(404); // hidden
    await ctx.db
      .updateTable('protection_label')
      .set({ restriction: 'break_glass' })
      .where('removed_at', 'is', null)
      .execute();
    expect((await call('doctor', 'POST', '/api/break-glass', { ...ask, reason: '急' })).statusCode).toBe(400);
    expect((await call('doctor', 'POST', '/api/break-glass', { ...ask, number: 'A000' })).statusCode).toBe(
      404,
    );
    expect(
      (await call('doctor', 'POST', '/api/break-glass', { ...ask, number: 'A0002' })).json(),
    ).toMatchObject({
      code: 'protect.not_needed',
    });
    await changeSetting(ctx.db, { key: 'protect.notice_sms', value: 1, by: null, at: ctx.clock.now() });
    const opened = await call('doctor', 'POST', '/api/break-glass', ask);
    expect(opened.statusCode).toBe(201);
    expect(await doors()).toMatchObject({ listed: true, exam: 200, manifest: 200, stillOpen: 204 });
    expect((await doors('other')).exam).toBe(404);
    const { id, patientRowId } = opened.json<{ id: string; patientRowId: string }>();
    expect(patientRowId).toBe(wang.patientRowId);

    const tell = protectJobs()['protect.tell_patient'];
    if (typeof tell !== 'object') throw new Error('the job is declared');
    await tell.run(whole, { payload: { breakGlassId: id } } as unknown as JobRun);
    const [sms] = await ctx.db.selectFrom('demo_outbox').select(['phone', 'body']).execute();
    expect(sms?.phone).toBe(wang.phone);
    expect(sms?.body).toMatch(/紧急查阅/);
    expect(sms?.body).not.toMatch(/王|CT|头颅|链接/);
    const patient = {
      kind: 'patient',
      personId: wang.personId,
      examId: null,
      proof: 'sms',
      shareLinkId: null,
    } as const;
    cookies.patient = `yy_session=${(await openSession(ctx, patient, { ip: '10.0.0.1', userAgent: 'test' })).secret}`;
    expect((await call('patient', 'GET', '/api/me/openings')).json()).toMatchObject([
      { id, reasonCode: 'emergency' },
    ]);

    await call('doctor', 'POST', `/api/break-glass/${id}/end`);
    expect(await doors()).toEqual(closed);
    const again = await call('doctor', 'POST', '/api/break-glass', ask);
    expect(again.statusCode).toBe(201); // the fifth try of this hour that was well formed
    expect((await call('doctor', 'POST', '/api/break-glass', ask)).statusCode).toBe(429);
    ctx.clock.advance(61 * 60_000);
    await enter('doctor', 'doctor');
    expect(await doors()).toEqual(closed);

    ctx.clock.advance(3 * 86_400_000);
    await enter('second', 'security_admin');
    const queue = (await call('second', 'GET', '/api/protection/break-glass')).json<{
      items: { id: string }[];
    }>();
    expect(queue).toMatchObject({ total: 2, items: [{ isOverdue: true }, { id, reasonCode: 'emergency' }] });
    const verdict = { verdict: 'justified', note: '急诊病历核实' };
    expect(
      (await call('second', 'POST', `/api/protection/break-glass/${id}/review`, verdict)).statusCode,
    ).toBe(204);
    expect(
      (await call('second', 'POST', `/api/protection/break-glass/${id}/review`, verdict)).statusCode,
    ).toBe(409);
    expect((await events('break_glass.opened')).filter((row) => row.result === 'ok')).toHaveLength(2);
    expect(await events('break_glass.ended')).toHaveLength(1);
    expect(await events('break_glass.reviewed')).toHaveLength(1);
  });
});
