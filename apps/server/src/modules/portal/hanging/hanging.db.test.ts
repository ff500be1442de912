import { defaultHanging, type HangingProtocol } from '@yunying/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttp, type HttpApp } from '../../../http/index.ts';
import { openTestContext } from '../../../testing/context.ts';
import { createAuthorize } from '../../access/index.ts';
import { staffCookie } from '../../accounts/testing/staff-cookie.ts';
import { hangingRoutes } from './hanging.routes.ts';

describe('hanging protocols over HTTP', () => {
  let test: Awaited<ReturnType<typeof openTestContext>>;
  let app: HttpApp;
  const cookies: Record<string, string> = {};
  beforeAll(async () => {
    test = await openTestContext();
    for (const role of ['system_admin', 'doctor'] as const) cookies[role] = await staffCookie(test, role);
    app = await createHttp(test, {
      listener: 'admin',
      authorize: createAuthorize(test, 'admin'),
      plugins: [hangingRoutes(test)],
      readiness: async () => ({ reasons: [], notes: [] }),
    });
  });
  afterAll(async () => {
    await app.close();
    await test.close();
  });
  const call = (method: 'GET' | 'PUT', url: string, payload?: object, role = 'system_admin') =>
    app.inject({
      method,
      url: `/api/hanging${url}`,
      headers: { cookie: cookies[role] ?? '', 'sec-fetch-site': 'same-origin' },
      ...(payload === undefined ? {} : { payload }),
    });
  const own: HangingProtocol = {
    name: '我院 CT',
    enabled: true,
    match: { modalities: ['CT'] },
    rows: 1,
    columns: 2,
    panes: [{ modality: 'CT' }],
  };

  it('begin with the list that comes with the product', async () => {
    const { version, protocols, history } = (await call('GET', '')).json();
    expect([version, protocols.length, history]).toEqual([0, defaultHanging.length, []]);
  });

  it('keep every saved list, audited, and refuse to save over another one’s change', async () => {
    expect((await call('PUT', '', { after: 0, protocols: [own] })).json()).toMatchObject({ version: 1 });
    expect((await call('PUT', '', { after: 0, protocols: [] })).statusCode).toBe(409);
    expect((await call('PUT', '', { after: 1, protocols: [] })).json()).toMatchObject({
      version: 2,
      protocols: [],
      history: [
        { version: 2, count: 0 },
        { version: 1, count: 1 },
      ],
    });
    expect((await call('GET', '/versions/1')).json()).toEqual([own]);
    expect((await call('GET', '/versions/0')).json()).toHaveLength(defaultHanging.length);
    const rows = await test.db.selectFrom('audit_event').select('event_type').execute();
    expect(rows.map((row) => row.event_type)).toContain('hanging.saved');
  });

  it('refuse more viewports than the grid has, and everybody but the system administrator', async () => {
    const crowded = { ...own, rows: 1, columns: 1, panes: [{}, {}] };
    expect((await call('PUT', '', { after: 2, protocols: [crowded] })).statusCode).toBe(400);
    expect((await call('PUT', '', { after: 2, protocols: [own] }, 'doctor')).statusCode).toBe(401);
  });
});
