import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttp } from '../../../http/index.ts';
import { openTestContext, type TestContext } from '../../../testing/context.ts';
import { createAuthorize } from '../../access/index.ts';
import { createDemoAccounts, type DemoAccounts } from '../../accounts/index.ts';
import { sessionRoutes } from '../session.routes.ts';
import { preferencesRoutes } from './preferences.routes.ts';

let ctx: TestContext;
let demo: DemoAccounts;
let app: FastifyInstance;

beforeAll(async () => {
  ctx = await openTestContext();
  demo = await createDemoAccounts(ctx);
  app = await createHttp(ctx, {
    listener: 'public',
    authorize: createAuthorize(ctx, 'public'),
    plugins: [{ routes: sessionRoutes(ctx, 'public') }, { routes: preferencesRoutes(ctx) }],
    readiness: async () => ({ reasons: [], notes: [] }),
  });
});
afterAll(async () => {
  await app.close();
  await ctx.close();
});

async function enter(): Promise<string> {
  const payload = { loginName: demo.doctor.user, password: demo.doctor.password };
  const answer = await app.inject({ method: 'POST', url: '/api/staff/login', payload });
  return String(answer.headers['set-cookie']).split(';')[0] ?? '';
}

describe('the set-up of a reading room', () => {
  const url = '/api/me/reading';

  it('is empty at first, kept with the account, and replaced as a whole', async () => {
    const cookie = await enter();
    const read = async () => (await app.inject({ url, headers: { cookie } })).json();
    const save = (payload: object) => app.inject({ method: 'PUT', url, payload, headers: { cookie } });
    expect(await read()).toEqual({});
    expect((await save({ keys: { 'tool.length': 'm' } })).statusCode).toBe(204);
    expect(await read()).toEqual({ keys: { 'tool.length': 'm' } });
    expect((await save({ keys: { help: 'j' } })).statusCode).toBe(204);
    expect(await read()).toEqual({ keys: { help: 'j' } });
    expect((await save({ keys: { 'a b': 'm' } })).statusCode).toBe(400);
    expect((await save({ keys: { help: 'much too long to be the name of a key' } })).statusCode).toBe(400);
  });

  it('is nobody’s without a session', async () => {
    expect((await app.inject({ url })).statusCode).toBe(401);
  });
});
