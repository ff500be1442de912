import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHttp, type HttpApp } from '../../http/index.ts';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { createAuthorize, type StaffRole } from '../access/index.ts';
import { staffCookie } from '../accounts/testing/staff-cookie.ts';
import { addNode, type NodeRow } from '../nodes/index.ts';
import { routingRoutes } from './index.ts';

let ctx: TestContext;
let app: HttpApp;
let node: NodeRow;
const cookies = new Map<StaffRole, string>();

beforeAll(async () => {
  ctx = await openTestContext();
  for (const role of ['system_admin', 'audit_admin'] as const) {
    cookies.set(role, await staffCookie(ctx, role));
  }
  app = await createHttp(ctx, {
    listener: 'admin',
    authorize: createAuthorize(ctx, 'admin'),
    plugins: [routingRoutes(ctx)],
    readiness: async () => ({ reasons: [], notes: [] }),
  });
  node = await addNode(ctx, {
    kind: 'dicom',
    name: 'PACS',
    host: '10.0.0.9',
    port: 104,
    may: ['send', 'find'],
  });
});
afterAll(async () => {
  await app.close();
  await ctx.close();
});

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
const call = (method: Method, url: string, payload?: object, role: StaffRole = 'system_admin') =>
  app.inject({
    method,
    url: `/api/routing${url}`,
    headers: { cookie: cookies.get(role) ?? '', 'sec-fetch-site': 'same-origin' },
    ...(payload === undefined ? {} : { payload }),
  });
const ruleTo = (nodeId: string) => ({
  name: '夜间 CT 备份',
  nodeId,
  enabled: true,
  priority: 3,
  modalities: ['CT'],
  sourceAeTitles: ['CT 01', 'CT02'],
  institutionId: null,
  departmentId: null,
  sopClassUids: [],
  fromMinute: 1200,
  toMinute: 360,
  wantsCommitment: true,
});

it('saves, changes, lists and removes a rule, each audited', async () => {
  const rule = ruleTo(node.id);
  const saved = (await call('POST', '/rules', rule)).json();
  expect(saved).toMatchObject({ ...rule, nodeName: 'PACS' });
  const changed = await call('PUT', `/rules/${saved.id}`, { ...rule, enabled: false });
  expect(changed.json()).toMatchObject({ id: saved.id, enabled: false });
  const { fromMinute: _, toMinute: __, ...allDay } = rule;
  expect((await call('PUT', `/rules/${saved.id}`, allDay)).json()).toMatchObject({
    fromMinute: null,
    toMinute: null,
  });
  expect((await call('GET', '/rules')).json()).toHaveLength(1);
  expect((await call('DELETE', `/rules/${saved.id}`)).statusCode).toBe(200);
  expect((await call('DELETE', `/rules/${saved.id}`)).statusCode).toBe(404);
  const audit = await ctx.db
    .selectFrom('audit_event')
    .select('event_type')
    .where('event_type', 'like', 'routing.%')
    .where('result', '=', 'ok')
    .orderBy('seq')
    .execute();
  expect(audit.map((row) => row.event_type)).toEqual([
    'routing.rule_saved',
    'routing.rule_saved',
    'routing.rule_saved',
    'routing.rule_removed',
  ]);
});

it('refuses a rule to a node that may not be sent to, and half a window of time', async () => {
  const other = await addNode(ctx, {
    kind: 'dicom',
    name: 'CT01',
    host: '10.0.0.8',
    port: 104,
    may: ['store'],
  });
  expect((await call('POST', '/rules', ruleTo(other.id))).json()).toMatchObject({
    code: 'routing.not_a_receiver',
  });
  const { toMinute: _, ...half } = ruleTo(node.id);
  expect((await call('POST', '/rules', half)).json()).toMatchObject({ code: 'request.invalid' });
});

it('starts, stops and resumes a pull, and never shows whose it is', async () => {
  const ask = { nodeId: node.id, method: 'move', from: '2026-01-01', to: '2026-01-31', patientId: null };
  const pull = (await call('POST', '/pulls', ask)).json();
  expect(pull).toMatchObject({ state: 'waiting', from: '20260101', to: '20260131', nextDate: '20260101' });
  expect((await call('POST', `/pulls/${pull.id}/resume`)).json()).toMatchObject({
    code: 'routing.pull_running',
  });
  expect((await call('POST', `/pulls/${pull.id}/stop`)).json()).toMatchObject({ stopping: true });
  const wrong = { ...ask, from: '2026-02-30' };
  expect((await call('POST', '/pulls', wrong)).statusCode).toBe(400);
  const one = await call('POST', '/pulls', { ...ask, from: null, to: null, patientId: 'SECRET-7' });
  expect(one.json()).toMatchObject({ byPatient: true });
  expect((await call('GET', '/pulls')).body).not.toContain('SECRET-7');
});

it('answers 404 for a study or a send that is not there', async () => {
  const ask = { studyInstanceUid: '1.2.3', nodeId: node.id };
  expect((await call('POST', '/sends', ask)).statusCode).toBe(404);
  expect((await call('POST', '/sends/7/retry')).statusCode).toBe(404);
  expect((await call('POST', '/sends/7/cancel')).statusCode).toBe(404);
  expect((await call('GET', '/sends')).json()).toMatchObject({ items: [], total: 0 });
});

it('an audit administrator reaches none of it', async () => {
  const attempts = [
    call('GET', '/rules', undefined, 'audit_admin'),
    call('GET', '/sends', undefined, 'audit_admin'),
    call('POST', '/rules', ruleTo(node.id), 'audit_admin'),
    call('POST', '/pulls/1/stop', undefined, 'audit_admin'),
  ];
  for (const answer of await Promise.all(attempts)) expect(answer.statusCode).toBe(403);
});
