import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttp, type HttpApp } from '../../../http/index.ts';
import { openTestContext } from '../../../testing/context.ts';
import { createAuthorize } from '../../access/index.ts';
import { staffCookie } from '../../accounts/testing/staff-cookie.ts';
import { upsertNode } from '../../nodes/repo.ts';
import { compressionRoutes } from './compression.routes.ts';
import { lossyRatioFor } from './policies.ts';

describe('compression over HTTP', () => {
  let test: Awaited<ReturnType<typeof openTestContext>>;
  let app: HttpApp;
  const cookies: Record<string, string> = {};
  beforeAll(async () => {
    test = await openTestContext();
    for (const role of ['system_admin', 'doctor'] as const) cookies[role] = await staffCookie(test, role);
    app = await createHttp(test, {
      listener: 'admin',
      authorize: createAuthorize(test, 'admin'),
      plugins: [compressionRoutes(test)],
      readiness: async () => ({ reasons: [], notes: [] }),
    });
  });
  afterAll(async () => {
    await app.close();
    await test.close();
  });
  const call = (
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    url: string,
    payload?: object,
    role = 'system_admin',
  ) =>
    app.inject({
      method,
      url: `/api/compression${url}`,
      headers: { cookie: cookies[role] ?? '', 'sec-fetch-site': 'same-origin' },
      ...(payload === undefined ? {} : { payload }),
    });

  it('keeps policies in their order, with an audit row', async () => {
    expect((await call('GET', '')).json()).toMatchObject({
      policies: [],
      figures: [],
      run: null,
      lossyNodes: [],
    });
    const policies = [
      { name: '乳腺不动', modality: 'MG', leastAgeDays: 0, action: 'keep', enabled: true },
      { name: 'CT 一年后', modality: 'CT', leastAgeDays: 365, action: 'replace', enabled: true },
      { name: '预览', leastAgeDays: 30, action: 'preview', ratio: 10, enabled: false },
    ];
    const saved = await call('PUT', '/policies', policies);
    expect(saved.statusCode).toBe(200);
    expect(saved.json()).toEqual(policies);
    expect((await call('GET', '')).json().policies).toEqual(policies);
    const rows = await test.db.selectFrom('audit_event').select('event_type').execute();
    expect(rows.map((row) => row.event_type)).toContain('compression.policies_saved');
  });

  it('refuses what is no policy, and who may not', async () => {
    const bad = [
      { name: 'x', leastAgeDays: -1, action: 'keep', enabled: true },
      { name: 'x', leastAgeDays: 1, action: 'burn', enabled: true },
      { name: 'x', leastAgeDays: 1, action: 'preview', ratio: 1, enabled: true },
      { name: 'x', leastAgeDays: 1, action: 'preview', enabled: true },
      { name: 'x', leastAgeDays: 1, action: 'replace', ratio: 10, enabled: true },
    ];
    for (const policy of bad) expect((await call('PUT', '/policies', [policy])).statusCode).toBe(400);
    expect((await call('GET', '', undefined, 'doctor')).statusCode).toBeGreaterThanOrEqual(401);
    expect((await call('PUT', '/policies', [], 'doctor')).statusCode).toBeGreaterThanOrEqual(401);
  });

  it('starts one run however often it is asked', async () => {
    const [first, second] = [await call('POST', '/run', {}), await call('POST', '/run', {})];
    expect(first.json().jobId).toBe(second.json().jobId);
  });

  it('allows and forbids lossy objects for a node', async () => {
    const about = { name: 'OLDVIEW', facility: '-', host: '127.0.0.1', port: 104, may: 'send' };
    const node = await upsertNode(
      test.db,
      { kind: 'dicom', ...about, charset: null, institution_id: null, on_conflict: 'refuse' },
      new Date(),
    );
    expect(await lossyRatioFor(test.db, node.id)).toBeNull();
    const allowed = await call('PUT', `/lossy-nodes/${node.id}`, { ratio: 8 });
    expect(allowed.json()).toEqual({ nodeId: node.id, nodeName: 'OLDVIEW', ratio: 8 });
    expect(await lossyRatioFor(test.db, node.id)).toBe(8);
    expect((await call('DELETE', `/lossy-nodes/${node.id}`)).statusCode).toBe(200);
    expect((await call('DELETE', `/lossy-nodes/${node.id}`)).statusCode).toBe(404);
    expect((await call('PUT', '/lossy-nodes/1', { ratio: 8 })).statusCode).toBe(404);
  });

  it('takes nothing back where nothing was replaced', async () => {
    const answer = await call('POST', '/studies/1.2.3/roll-back', {});
    expect([answer.statusCode, answer.json().objects]).toEqual([200, 0]);
  });
});
