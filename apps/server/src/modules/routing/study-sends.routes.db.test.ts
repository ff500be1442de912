import { newUid } from '@yunying/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttp, type HttpApp } from '../../http/index.ts';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { createAuthorize } from '../access/index.ts';
import { staffCookie } from '../accounts/testing/staff-cookie.ts';
import { storeInstance } from '../archive/index.ts';
import { chunked, corpusAbsent, freshMr, splitPart10 } from '../archive/testing/rig.ts';
import { addNode, type NodeRow } from '../nodes/index.ts';
import { sendStudy, studySendRoutes } from './index.ts';

describe.skipIf(corpusAbsent)('sends of a study by a doctor (needs the corpus of real files)', () => {
  let ctx: TestContext;
  let app: HttpApp;
  let node: NodeRow;
  let closed: NodeRow;
  let study: string;
  const cookies: Record<string, string> = {};

  beforeAll(async () => {
    ctx = await openTestContext();
    for (const role of ['doctor', 'system_admin'] as const) cookies[role] = await staffCookie(ctx, role);
    app = await createHttp(ctx, {
      listener: 'public',
      authorize: createAuthorize(ctx, 'public'),
      plugins: [studySendRoutes(ctx)],
      readiness: async () => ({ reasons: [], notes: [] }),
    });
    const at = { kind: 'dicom', host: '10.0.0.9', port: 104 } as const;
    node = await addNode(ctx, { ...at, name: 'WORKSTATION', may: ['send'] });
    closed = await addNode(ctx, { ...at, name: 'MODALITY', may: ['store'] });
    const file = freshMr();
    const source = { kind: 'import', name: 'test', institutionId: null, onConflict: 'refuse' } as const;
    await storeInstance(ctx, chunked(file), source);
    study = splitPart10(file).studyInstanceUid;
  });
  afterAll(async () => {
    await app.close();
    await ctx.close();
  });

  const call = (method: 'GET' | 'POST', rest: string, payload?: object, role = 'doctor', of = study) =>
    app.inject({
      method,
      url: `/api/studies/${of}/sends${rest}`,
      headers: { cookie: cookies[role] ?? '', 'sec-fetch-site': 'same-origin' },
      ...(payload === undefined ? {} : { payload }),
    });

  it('shows where it may go, sends, takes back and sends again, each audited', async () => {
    expect((await call('GET', '')).json()).toEqual({
      nodes: [{ id: node.id, name: 'WORKSTATION' }],
      sends: [],
    });
    const sent = (await call('POST', '', { nodeId: node.id })).json();
    expect(sent).toMatchObject({ state: 'waiting', origin: 'staff', nodeName: 'WORKSTATION' });
    expect((await call('POST', `/${sent.id}/cancel`, {})).json()).toMatchObject({ state: 'cancelled' });
    expect((await call('POST', `/${sent.id}/cancel`, {})).json().code).toBe('routing.send_ended');
    expect((await call('POST', `/${sent.id}/retry`, {})).json()).toMatchObject({ state: 'waiting' });
    expect((await call('GET', '')).json().sends).toMatchObject([
      { id: sent.id, state: 'waiting', own: true },
    ]);
    const events = await ctx.db
      .selectFrom('audit_event')
      .select('event_type')
      .where('event_type', 'like', 'routing.send%')
      .where('result', '=', 'ok')
      .orderBy('seq')
      .execute();
    expect(events.map((row) => row.event_type)).toEqual([
      'routing.send_asked',
      'routing.send_cancelled',
      'routing.send_asked',
    ]);
  });

  it('tells nothing of other nodes, studies and sends, and nothing to others', async () => {
    expect((await call('POST', '', { nodeId: closed.id })).statusCode).toBe(404);
    expect((await call('GET', '', undefined, 'doctor', newUid())).statusCode).toBe(404);
    expect((await call('POST', '/7/retry', {})).statusCode).toBe(404);
    const byCommand = await sendStudy(ctx, node, study, { origin: 'command' });
    for (const act of ['cancel', 'retry'])
      expect((await call('POST', `/${byCommand.id}/${act}`, {})).statusCode).toBe(403);
    expect((await call('GET', '')).json().sends).toMatchObject([{ own: false }]);
    expect((await call('GET', '', undefined, 'system_admin')).statusCode).toBeGreaterThanOrEqual(401);
    expect((await call('GET', '', undefined, 'nobody')).statusCode).toBe(401);
  });
});
