import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHttp, type HttpApp } from '../../http/index.ts';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { createAuthorize, type StaffRole } from '../access/index.ts';
import { staffCookie } from '../accounts/testing/staff-cookie.ts';
import { settingRoutes } from './index.ts';

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
    plugins: [settingRoutes(ctx)],
    readiness: async () => ({ reasons: [], notes: [] }),
  });
});
afterAll(async () => {
  await app.close();
  await ctx.close();
});

const call = (method: 'GET' | 'PUT', url: string, payload?: object, role: StaffRole = 'system_admin') =>
  app.inject({
    method,
    url: `/api${url}`,
    headers: { cookie: cookies.get(role) ?? '', 'sec-fetch-site': 'same-origin' },
    ...(payload === undefined ? {} : { payload }),
  });

const put = (value: number, before: number, key = 'share.link_days') =>
  call('PUT', `/settings/${key}`, { value, before });

it('lists every setting with limits and unit, changes one, keeps who and what was before, and takes it back', async () => {
  const before = (await call('GET', '/settings')).json();
  expect(before).toContainEqual({
    key: 'share.link_days',
    value: 180,
    standard: 180,
    least: 1,
    most: 3650,
    unit: 'days',
    changedAt: null,
    changedBy: null,
  });
  expect((await put(30, 180)).json()).toContainEqual(
    expect.objectContaining({ key: 'share.link_days', value: 30, changedBy: 'system_admin' }),
  );
  expect((await put(180, 30)).statusCode).toBe(200);
  const history = (await call('GET', '/settings/changes?key=share.link_days&limit=1')).json();
  expect(history).toMatchObject({ total: 2, items: [{ before: 30, after: 180, changedBy: 'system_admin' }] });
  const older = await call('GET', `/settings/changes?key=share.link_days&cursor=${history.nextCursor}`);
  expect(older.json()).toMatchObject({ nextCursor: null, items: [{ before: 180, after: 30 }] });
  const events = await ctx.db
    .selectFrom('audit_event')
    .select(['actor_role', 'object_id'])
    .where('event_type', '=', 'setting.changed')
    .execute();
  expect(events).toEqual([
    { actor_role: 'system_admin', object_id: 'share.link_days' },
    { actor_role: 'system_admin', object_id: 'share.link_days' },
  ]);
});

it('refuses a change by somebody who saw another value, one outside the limits and one of an unknown key', async () => {
  expect((await put(40, 179)).statusCode).toBe(409);
  expect((await put(0, 180)).statusCode).toBe(400);
  expect((await put(1, 1, 'constructor')).statusCode).toBe(404);
  expect((await call('GET', '/settings/changes')).json().total).toBe(2);
});

it('AC-2 neither the security nor the audit administrator reads or changes settings', async () => {
  for (const role of ['security_admin', 'audit_admin'] as const) {
    expect((await call('GET', '/settings', undefined, role)).statusCode).toBe(403);
    expect((await call('PUT', '/settings/share.link_days', { value: 9, before: 180 }, role)).statusCode).toBe(
      403,
    );
  }
});
