import type { NewGrantForm } from '@yunying/api';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttp, type HttpApp } from '../../http/index.ts';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { createAuthorize, loadAccountAuthority, openSession, permissionsOf } from '../access/index.ts';
import { createAccount } from '../accounts/index.ts';
import { rightsRoutes } from './index.ts';

let ctx: TestContext;
let app: HttpApp;
let first = '';
let second = '';
let audit = '';
let firstId = '';
let doctorId = '';

async function enter(loginName: string, role: 'security_admin' | 'audit_admin'): Promise<[string, string]> {
  const { accountId } = await createAccount(ctx, {
    loginName,
    displayName: loginName,
    role,
    mustChange: false,
  });
  const staff = { kind: 'staff', accountId, role } as const;
  const { secret } = await openSession(ctx, staff, { ip: '127.0.0.1', userAgent: 'test' });
  return [`yy_session=${secret}`, accountId];
}

beforeAll(async () => {
  ctx = await openTestContext();
  [first, firstId] = await enter('secone', 'security_admin');
  [second] = await enter('sectwo', 'security_admin');
  [audit] = await enter('audone', 'audit_admin');
  ({ accountId: doctorId } = await createAccount(ctx, {
    loginName: 'zhang',
    displayName: '张医生',
    role: 'doctor',
    mustChange: false,
    grantReading: false,
  }));
  const now = ctx.clock.now();
  await sql`INSERT INTO institution (id, code, name, created_at) VALUES (71, 'EAST', '东院', ${now})`.execute(
    ctx.db,
  );
  await sql`INSERT INTO department (id, institution_id, code, name) VALUES (711, 71, 'RAD', '放射科')`.execute(
    ctx.db,
  );
  await sql`INSERT INTO person (id, created_at) VALUES (7, ${now}), (8, ${now})`.execute(ctx.db);
  for (const [id, person] of [
    [70, 7],
    [80, 8],
  ])
    await sql`INSERT INTO patient (id, institution_id, patient_id, person_id, name, name_pinyin, name_initials, name_source,
        created_at, updated_at) VALUES (${id}, 71, ${`P${id}`}, ${person}, '甲', 'JIA', 'J', 'hl7', ${now}, ${now})`.execute(
      ctx.db,
    );
  for (const [id, patient, type] of [
    [700, 70, 'RAD'],
    [701, 70, 'US'],
    [800, 80, 'RAD'],
  ])
    await sql`INSERT INTO exam (id, institution_id, patient_id, accession_number, exam_type, item_name, department_id, origin,
        status, exam_at, created_at, updated_at) VALUES (${id}, 71, ${patient}, ${`A${id}`}, ${type}, 'x',
        ${type === 'RAD' ? 711 : null}, 'order', 'examined', ${now}, ${now}, ${now})`.execute(ctx.db);
  app = await createHttp(ctx, {
    listener: 'admin',
    authorize: createAuthorize(ctx, 'admin'),
    plugins: [rightsRoutes(ctx)],
    readiness: async () => ({ reasons: [], notes: [] }),
  });
});
afterAll(async () => {
  await app.close();
  await ctx.close();
});

const call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object, cookie = first) =>
  app.inject({
    method,
    url: `/api/rights${url}`,
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
    ...(payload === undefined ? {} : { payload }),
  });
const form = (change: Partial<NewGrantForm> = {}): NewGrantForm => ({
  subjectKind: 'account',
  subjectId: doctorId,
  role: 'doctor',
  permissions: null,
  reach: { institutionIds: ['71'], departmentIds: ['711'], days: 1095 },
  level: 4,
  tags: [],
  reason: '放射科入职',
  validTo: null,
  ...change,
});
const authority = () => loadAccountAuthority(ctx.db, doctorId, ctx.clock.now());
const tryOn = async (exam: string) =>
  (await call('POST', '/try', { subjectKind: 'account', subjectId: doctorId, exam })).json();

describe('grants', () => {
  it('AC-3 an account without a grant sees nothing, one given by the security administrator opens what it says', async () => {
    const unseen = await tryOn('A700');
    expect(unseen.seen).toBe(0);
    expect(unseen.actions[0]).toMatchObject({ allowed: false, rule: 'no-permission' });
    const preview = await call('POST', '/grants/preview', form());
    expect(preview.json()).toMatchObject({ before: 0, after: 2, isFloor: false, needsApproval: false });
    expect(preview.json().sentence).toEqual({
      zh: '医生：可处理 东院 放射科 近 3 年 的检查',
      en: 'Doctor: 东院, 放射科, of the last 3 years exams',
    });
    const given = await call('POST', '/grants', form());
    expect(given.statusCode).toBe(201);
    const seen = await tryOn('A700');
    expect(seen).toMatchObject({ exam: { id: '700', institution: '东院', department: '放射科' }, seen: 2 });
    expect(
      seen.actions.find(({ permission }: { permission: string }) => permission === 'report.view'),
    ).toMatchObject({
      allowed: true,
      rule: 'role doctor',
    });
    expect((await tryOn('701')).actions[0]).toMatchObject({ allowed: false, rule: 'outside-reach' });
    expect(JSON.stringify(seen)).not.toContain('甲');
  });

  it('AC-3 nobody grants to oneself or to another administrator', async () => {
    const own = await call('POST', '/grants', form({ subjectId: firstId }));
    expect(own.json()).toMatchObject({ code: 'rights.not_for_administrators' });
    expect((await call('GET', '/grants', undefined, audit)).statusCode).toBe(403);
    expect((await call('POST', '/grants', form(), audit)).statusCode).toBe(403);
  });

  it('AC-3 what opens protected persons holds only when a second administrator approved it', async () => {
    const given = (await call('POST', '/grants', form({ tags: ['vip'], level: 5, reach: {} }))).json();
    expect(given).toMatchObject({ pending: true });
    expect((await authority()).grants.some(({ tags }) => tags.has('vip'))).toBe(false);
    const own = await call('POST', `/grants/${given.id}/approve`, {});
    expect(own.json()).toMatchObject({ code: 'rights.second_person' });
    const waiting = (await call('GET', '/grants?state=pending', undefined, second)).json();
    expect(waiting).toMatchObject({
      total: 1,
      items: [{ id: given.id, mayApprove: true, grantedBy: 'secone' }],
    });
    expect((await call('POST', `/grants/${given.id}/approve`, {}, second)).statusCode).toBe(200);
    expect((await authority()).grants.some(({ tags }) => tags.has('vip'))).toBe(true);
    expect((await call('POST', `/grants/${given.id}/approve`, {}, second)).json()).toMatchObject({
      code: 'rights.already_decided',
    });
    await call('POST', `/grants/${given.id}/revoke`, { reason: '不再需要' });
  });

  it('AC-3 named permissions to break glass need the second person too, and the approved grant replaces the old one', async () => {
    const old = (await call('GET', '/grants?state=active')).json().items[0].id;
    const named = form({ role: null, permissions: ['exam.list', 'exam.break_glass'], replaces: old });
    const given = (await call('POST', '/grants', named)).json();
    expect(given.pending).toBe(true);
    expect((await authority()).grants.map(({ grantId }) => grantId)).toEqual([old]);
    await call('POST', `/grants/${given.id}/approve`, {}, second);
    expect((await authority()).grants.map(({ grantId }) => grantId)).toEqual([given.id]);
    await call('POST', `/grants/${given.id}/revoke`, { reason: '测试结束' });
  });

  it('AC-6 a grant taken away is gone at once, and comes back for ten minutes', async () => {
    const { id } = (await call('POST', '/grants', form())).json();
    expect((await authority()).grants).toHaveLength(1);
    await call('POST', `/grants/${id}/revoke`, { reason: '调离' });
    expect((await authority()).grants).toHaveLength(0);
    expect((await call('POST', `/grants/${id}/restore`, {})).statusCode).toBe(200);
    expect((await authority()).grants).toHaveLength(1);
    await call('POST', `/grants/${id}/revoke`, { reason: '调离' });
    await sql`UPDATE access_grant SET revoked_at = revoked_at - interval '11 minutes' WHERE id = ${id}`.execute(
      ctx.db,
    );
    expect((await call('POST', `/grants/${id}/restore`, {})).json()).toMatchObject({
      code: 'rights.too_late',
    });
    const events = await ctx.db
      .selectFrom('audit_event')
      .select('event_type')
      .where('object_id', '=', doctorId)
      .execute();
    expect(new Set(events.map(({ event_type }) => event_type))).toEqual(
      new Set(['account.created', 'grant.given', 'grant.approved', 'grant.revoked', 'grant.restored']),
    );
  });
});

describe('roles', () => {
  it('AC-2 own roles never hold what belongs to an administrator, and built-in ones stay as they are', async () => {
    const bad = await call('PUT', '/roles/everything', {
      title: '全部',
      permissions: ['exam.list', 'audit.view'],
    });
    expect(bad.json()).toMatchObject({ code: 'request.invalid' });
    const builtIn = await call('PUT', '/roles/doctor', { title: '医生', permissions: ['exam.list'] });
    expect(builtIn.statusCode).toBe(400);
    const made = await call('PUT', '/roles/reader', {
      title: '阅片员',
      permissions: ['exam.list', 'exam.view'],
    });
    expect(made.json().at(-1)).toMatchObject({ name: 'reader', isBuiltIn: false, grants: 0 });
    const { id } = (await call('POST', '/grants', form({ role: 'reader' }))).json();
    expect(permissionsOf(await authority()).has('exam.view')).toBe(true);
    expect((await call('DELETE', '/roles/reader')).json()).toMatchObject({ code: 'rights.role_in_use' });
    const widened = await call('PUT', '/roles/reader', {
      title: '阅片员',
      permissions: ['exam.break_glass'],
    });
    expect(widened.json()).toMatchObject({ code: 'rights.role_in_use' });
    await call('POST', `/grants/${id}/revoke`, { reason: '测试结束' });
    expect((await call('DELETE', '/roles/reader')).statusCode).toBe(200);
  });

  it('AC-4 the names by which orders call a doctor decide who are own patients', async () => {
    await sql`UPDATE exam SET ordering_doctor = '张三' WHERE id = 701`.execute(ctx.db);
    const { id } = (await call('POST', '/grants', form({ reach: { ownPatients: true } }))).json();
    expect(await tryOn('A700')).toMatchObject({ seen: 0 });
    const saved = await call('PUT', `/accounts/${doctorId}/doctor-names`, ['张三', ' 张三 ']);
    expect(saved.json()).toEqual(['张三']);
    expect(await tryOn('A700')).toMatchObject({ seen: 2 });
    expect((await tryOn('A800')).actions[0]).toMatchObject({ rule: 'outside-reach' });
    await call('POST', `/grants/${id}/revoke`, { reason: '测试结束' });
  });
});

describe('subjects', () => {
  it('are found by name and counted; a sign of LIKE is only a sign', async () => {
    const found = (await call('GET', `/subjects?kind=account&text=${encodeURIComponent('张')}`)).json();
    expect(found).toMatchObject({ total: 1, items: [{ id: doctorId, title: 'zhang', grants: 0 }] });
    expect((await call('GET', '/subjects?kind=account&text=%25')).json()).toMatchObject({ total: 0 });
    expect((await call('GET', '/subjects?kind=node')).json()).toMatchObject({ items: [], nextCursor: null });
  });
});
