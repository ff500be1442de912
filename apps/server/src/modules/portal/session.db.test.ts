import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttp, type Listener } from '../../http/index.ts';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { createAuthorize } from '../access/index.ts';
import { createAccount, createDemoAccounts, type DemoAccounts } from '../accounts/index.ts';
import { sessionRoutes } from './session.routes.ts';

let ctx: TestContext;
let demo: DemoAccounts;
const apps = new Map<Listener, FastifyInstance>();

beforeAll(async () => {
  ctx = await openTestContext();
  demo = await createDemoAccounts(ctx);
  for (const listener of ['public', 'admin'] as const) {
    const app = await createHttp(ctx, {
      listener,
      authorize: createAuthorize(ctx, listener),
      plugins: [{ routes: sessionRoutes(ctx, listener) }],
      readiness: async () => ({ reasons: [], notes: [] }),
    });
    apps.set(listener, app);
  }
});
afterAll(async () => {
  for (const app of apps.values()) await app.close();
  await ctx.close();
});

const appOf = (listener: Listener): FastifyInstance => {
  const app = apps.get(listener);
  if (app === undefined) throw new Error(`no ${listener} listener`);
  return app;
};
const post = (listener: Listener, url: string, payload: object, headers: Record<string, string> = {}) =>
  appOf(listener).inject({ method: 'POST', url, payload, headers });
const me = (listener: Listener, headers: Record<string, string>) =>
  appOf(listener).inject({ url: '/api/me', headers });
async function enter(listener: Listener, loginName: string, password: string): Promise<string> {
  const answer = await post(listener, '/api/staff/login', { loginName, password });
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return String(answer.headers['set-cookie']).split(';')[0] ?? '';
}

describe('staff over HTTP', () => {
  it('a doctor enters, is known, leaves, and the old cookie is worth nothing', async () => {
    const cookie = await enter('public', demo.doctor.user, demo.doctor.password);
    expect((await me('public', { cookie })).json()).toEqual({
      kind: 'staff',
      displayName: '演示医生',
      role: 'doctor',
      scope: null,
      examId: null,
      mustChangePassword: false,
      institutionName: '本院',
    }); // prettier-ignore
    const out = await post('public', '/api/logout', {}, { cookie });
    expect([out.statusCode, out.headers['set-cookie']]).toEqual([
      204,
      'yy_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax',
    ]);
    expect((await me('public', { cookie })).statusCode).toBe(401);
  });

  it('a session of one listener is nobody on the other', async () => {
    const doctor = await enter('public', demo.doctor.user, demo.doctor.password);
    expect((await me('admin', { cookie: doctor })).statusCode).toBe(401);
    for (const { user, password } of demo.admins) {
      const cookie = await enter('admin', user, password);
      expect((await me('admin', { cookie })).statusCode).toBe(200);
      expect((await me('public', { cookie })).statusCode).toBe(401);
      await expect(enter('public', user, password)).rejects.toThrow('accounts.login_failed');
    }
  });

  it('tells wrong and unknown alike, in the language asked for', async () => {
    const known = await post('public', '/api/staff/login', { loginName: demo.doctor.user, password: 'x' });
    const unknown = await post('public', '/api/staff/login', { loginName: 'nobody', password: 'x' });
    const strip = (body: string) => body.replace(/"traceId":"[^"]+"/, '');
    expect(known.statusCode).toBe(401);
    expect(strip(known.body)).toBe(strip(unknown.body));
    expect(known.json().title).toBe('登录名或密码不正确。');
  });

  it('a one-time password opens nothing but the change of itself', async () => {
    const issued = await createAccount(ctx, { loginName: 'newcomer', displayName: '新医生', role: 'doctor' });
    const oldPassword = issued.oneTimeSecret ?? '';
    const cookie = await enter('public', 'newcomer', oldPassword);
    expect((await me('public', { cookie })).json()).toMatchObject({ mustChangePassword: true });
    const weak = await post(
      'public',
      '/api/staff/password',
      { oldPassword, newPassword: 'newcomer-1234' },
      { cookie },
    );
    expect(weak.json()).toMatchObject({
      code: 'accounts.password_weak',
      details: { faults: ['run-of-four', 'holds-login-name'] },
    });
    const changed = await post(
      'public',
      '/api/staff/password',
      { oldPassword, newPassword: 'blue-Horse-91' },
      { cookie },
    );
    expect(changed.statusCode).toBe(204);
    expect((await me('public', { cookie })).json()).toMatchObject({ mustChangePassword: false });
  });

  it('refuses a change that a foreign page sends with the cookie', async () => {
    const cookie = await enter('public', demo.doctor.user, demo.doctor.password);
    const foreign = await post('public', '/api/logout', {}, { cookie, origin: 'https://evil.example' });
    expect(foreign.json()).toMatchObject({ code: 'access.foreign_page' });
    expect((await me('public', { cookie })).statusCode).toBe(200);
    const own = await post('public', '/api/logout', {}, { cookie, origin: 'http://localhost:80' });
    expect(own.statusCode).toBe(204);
  });

  it('a wrong token is nobody, also beside a good cookie', async () => {
    const cookie = await enter('public', demo.doctor.user, demo.doctor.password);
    expect((await me('public', { cookie, authorization: 'Bearer wrong' })).statusCode).toBe(401);
    expect((await me('public', { authorization: `Bearer ${demo.token}` })).statusCode).toBe(401); // a machine has no profile
  });

  it('writes refusals into the trail', async () => {
    const rows = await ctx.db
      .selectFrom('audit_event')
      .select(['event_type', 'result_code'])
      .where('result', '=', 'denied')
      .execute();
    const seen = new Set(rows.map((row) => `${row.event_type} ${row.result_code}`));
    expect([...seen]).toEqual(
      expect.arrayContaining([
        'staff.log_in_failed accounts.login_failed',
        'session.closed access.foreign_page',
        'access.refused access.unauthenticated',
      ]),
    );
  });
});
