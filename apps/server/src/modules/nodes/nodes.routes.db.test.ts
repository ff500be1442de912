import { createServer } from 'node:net';
import { answerContexts, cEchoService, commandField, createScp, rejection } from '@yunying/dimse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttp, type HttpApp } from '../../http/index.ts';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { createAuthorize, type StaffRole } from '../access/index.ts';
import { staffCookie } from '../accounts/testing/staff-cookie.ts';
import { echoNode } from './echo-node.ts';
import { nodeRoutes } from './index.ts';
import { addNode, getNode } from './register-node.ts';
import { makeCertificate } from './testing/certificate.ts';

let ctx: TestContext;
let app: HttpApp;
const certificate = makeCertificate();
const cookies = new Map<StaffRole, string>();

beforeAll(async () => {
  ctx = await openTestContext();
  for (const role of ['system_admin', 'audit_admin'] as const) {
    cookies.set(role, await staffCookie(ctx, role));
  }
  app = await createHttp(ctx, {
    listener: 'admin',
    authorize: createAuthorize(ctx, 'admin'),
    plugins: [nodeRoutes(ctx)],
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
const eventsOf = async (event: string) =>
  (await ctx.db.selectFrom('audit_event').selectAll().where('event_type', '=', event).execute()).length;

describe('registering a node', () => {
  const ct = { kind: 'dicom', name: 'CT01', may: ['store'], onConflict: 'refuse', replace: false };

  it('saves it, and changes a registered one only when that is meant', async () => {
    const saved = await call('POST', '/nodes', { ...ct, host: '10.0.0.7', port: 104, charset: 'GB18030' });
    expect(saved.json()).toMatchObject({ name: 'CT01', host: '10.0.0.7', may: 'store', facility: null });
    expect((await call('POST', '/nodes', ct)).json()).toMatchObject({ code: 'nodes.registered' });
    const changed = await call('POST', '/nodes', { ...ct, may: ['store', 'find'], replace: true });
    expect(changed.json()).toMatchObject({ id: saved.json().id, may: 'store find', host: null });
    expect(await eventsOf('node.saved')).toBe(2);
  });

  it('leaves the institution of a known node, its rules and its secrets as they are when nothing is said of them', async () => {
    const { id: institutionId } = await ctx.db
      .insertInto('institution')
      .values({ id: '77', code: 'EAST', name: 'EAST', created_at: ctx.clock.now() })
      .returning('id')
      .executeTakeFirstOrThrow();
    await addNode(ctx, {
      kind: 'dicom',
      name: 'CT09',
      institutionId,
      rules: { mostAssociations: 2, user: { name: 'yunying' } },
      secrets: { passcode: 'open sesame' },
    });
    const saved = await call('POST', '/nodes', { ...ct, name: 'CT09', may: ['find'], replace: true });
    expect(saved.json()).toMatchObject({ may: 'find', rules: { mostAssociations: 2 } });
    const row = await ctx.db
      .selectFrom('node')
      .selectAll()
      .where('name', '=', 'CT09')
      .executeTakeFirstOrThrow();
    expect(row.institution_id).toBe(institutionId);
    expect(row.rules).toMatchObject({ passcode: 'open sesame' });
    await addNode(ctx, { kind: 'dicom', name: 'CT09', institutionId: null });
    expect((await getNode(ctx.db, row.id)).institution_id).toBeNull();
    await ctx.db.deleteFrom('node').where('id', '=', row.id).execute();
  });

  it('tells of secrets that are held and never tells them, in no answer and no audit row', async () => {
    const tls = { certificate: certificate.cert };
    const rules = { tls, user: { name: 'yunying', isConfirmed: true }, sendAs: 'htj2k-lossless' };
    const secrets = { tlsKey: certificate.key, passcode: 'open sesame' };
    const body = { ...ct, name: 'CT08', rules, secrets };
    const saved = await call('POST', '/nodes', body);
    expect(saved.json()).toMatchObject({ rules, holds: { tlsKey: true, passcode: true } });
    const listed = await call('GET', '/nodes');
    const audited = JSON.stringify(await ctx.db.selectFrom('audit_event').selectAll().execute());
    for (const text of [saved.body, listed.body, audited]) {
      expect(text).not.toContain('open sesame');
      expect(text).not.toContain('PRIVATE KEY');
    }
    const without = await call('POST', '/nodes', { ...body, secrets: { passcode: '' }, replace: true });
    expect(without.json().holds).toEqual({ tlsKey: true, passcode: false });
    await ctx.db.deleteFrom('node').where('name', '=', 'CT08').execute();
  });

  it.each([
    { mostAssociations: 0 },
    { bytesPerSecond: 100 },
    { maxPduLength: 1_000_000_000 },
    { transferSyntaxes: ['not a UID'] },
    { sendAs: 'jpeg' },
    { user: { name: '' } },
    { tls: { ca: 'no certificate' } },
    { tls: { ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' } },
    { tls: { certificate: '-----BEGIN CERTIFICATE-----' } },
  ])('refuses rules that cannot be: %o', async (rules) => {
    expect((await call('POST', '/nodes', { ...ct, name: 'CT07', rules })).statusCode).toBe(400);
  });

  it('keeps two facilities of one HL7 application apart, and lists them so', async () => {
    const his = { kind: 'hl7', name: 'HIS', may: ['send'], onConflict: 'refuse', replace: false };
    expect((await call('POST', '/nodes', { ...his, facility: 'EAST' })).json()).toMatchObject({
      facility: 'EAST',
    });
    expect((await call('POST', '/nodes', his)).json()).toMatchObject({ facility: null });
    const listed = (await call('GET', '/nodes')).json<{ name: string; facility: string | null }[]>();
    expect(listed.map(({ name, facility }) => [name, facility])).toEqual([
      ['CT01', null],
      ['HIS', null],
      ['HIS', 'EAST'],
    ]);
  });

  it.each([
    [{ ...ct, name: 'A TITLE OF MORE THAN 16' }],
    [{ ...ct, name: 'CT02', host: 'no host at all' }],
    [{ ...ct, name: 'CT02', may: [] }],
    [{ ...ct, name: 'CT02', may: ['delete'] }],
    [{ ...ct, name: 'CT02', port: 0 }],
  ])('refuses what cannot be a node: %o', async (wrong) => {
    expect((await call('POST', '/nodes', wrong)).statusCode).toBe(400);
  });
});

describe('disabling a node', () => {
  it('and enabling it again is shown in the list and audited; registering it again enables it too', async () => {
    const { id } = await addNode(ctx, { kind: 'dicom', name: 'MR01' });
    expect((await call('POST', `/nodes/${id}/disable`)).json().disabledAt).toEqual(
      ctx.clock.now().toISOString(),
    );
    expect((await call('POST', `/nodes/${id}/enable`)).json()).toMatchObject({ disabledAt: null });
    await call('POST', `/nodes/${id}/disable`);
    await addNode(ctx, { kind: 'dicom', name: 'MR01' });
    const listed = (await call('GET', '/nodes')).json<{ id: string; disabledAt: string | null }[]>();
    expect(listed.find((node) => node.id === id)?.disabledAt).toBeNull();
    expect([await eventsOf('node.disabled'), await eventsOf('node.enabled')]).toEqual([2, 1]);
    expect((await call('POST', '/nodes/1/disable')).statusCode).toBe(404);
  });
});

describe('testing a node with C-ECHO', () => {
  const test = async (name: string, port: number | null) => {
    const node = await addNode(ctx, { kind: 'dicom', name, host: '127.0.0.1', port });
    return call('POST', `/nodes/${node.id}/echo`);
  };

  it('says that it answers, that it refuses us, or that nobody is there', async () => {
    const scp = createScp({
      negotiate: (request) =>
        request.calledAe === 'PACS'
          ? {
              accept: {
                contexts: answerContexts(request, ({ transferSyntaxes }) => transferSyntaxes[0] ?? 4),
              },
            }
          : { reject: rejection.calledAeNotRecognized },
      services: { [commandField.cEchoRq]: cEchoService },
    });
    await scp.listen('127.0.0.1', 0);
    const { port } = scp.address();
    expect((await test('PACS', port)).json()).toMatchObject({ ok: true, reason: null, detail: null });
    expect((await test('OTHER', port)).json()).toMatchObject({
      ok: false,
      reason: 'called-ae',
      detail: expect.stringMatching(/rejected/),
    });
    await scp.close({ drainMs: 0 });
    expect((await test('PACS', port)).json()).toMatchObject({ ok: false, reason: 'unreachable' });
    expect(await eventsOf('node.echoed')).toBe(3);
  });

  it('ends after its limit when the other side never answers', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const node = await addNode(ctx, { kind: 'dicom', name: 'SILENT', host: '127.0.0.1', port });
    expect(await echoNode(ctx, node, 200)).toMatchObject({ ok: false, reason: 'timeout' });
    silent.close();
  });

  it('needs a DICOM node with host and port', async () => {
    expect((await test('NOWHERE', null)).json()).toMatchObject({ code: 'nodes.no_address' });
    const his = await addNode(ctx, { kind: 'hl7', name: 'LIS', host: '127.0.0.1', port: 2575 });
    expect((await call('POST', `/nodes/${his.id}/echo`)).statusCode).toBe(409);
  });
});

it('an audit administrator reaches none of it', async () => {
  const body = { kind: 'dicom', name: 'X', may: ['store'], onConflict: 'refuse', replace: false };
  const attempts = [
    call('GET', '/nodes', undefined, 'audit_admin'),
    call('POST', '/nodes', body, 'audit_admin'),
    ...['echo', 'disable', 'enable'].map((act) => call('POST', `/nodes/1/${act}`, undefined, 'audit_admin')),
  ];
  for (const answer of await Promise.all(attempts)) expect(answer.statusCode).toBe(403);
});
