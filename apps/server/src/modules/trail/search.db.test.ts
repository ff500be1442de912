import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrailPage, TrailState } from '@yunying/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../context.ts';
import { createHttp, type HttpApp } from '../../http/index.ts';
import type { JobRun } from '../../jobs/index.ts';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { createAuthorize } from '../access/index.ts';
import { staffCookie } from '../accounts/testing/staff-cookie.ts';
import { recordAudit } from '../audit/index.ts';
import { setInstitution, upsertPatient } from '../mpi/index.ts';
import { csvCell } from './export-trail.ts';
import { trailRoutes } from './index.ts';
import { createSealer } from './seal-rows.ts';
import { trailJobs } from './trail.jobs.ts';

let ctx: TestContext;
let app: HttpApp;
let auditor: string;
let patientRow: string;
beforeAll(async () => {
  ctx = await openTestContext();
  const institution = await setInstitution(ctx.db, {
    code: 'YYYY',
    name: '云影示范医院',
    isDefault: true,
    aliases: [],
  });
  auditor = await staffCookie(ctx, 'audit_admin');
  app = await createHttp(ctx, {
    listener: 'admin',
    authorize: createAuthorize(ctx, 'admin'),
    plugins: [trailRoutes(ctx)],
    readiness: async () => ({ reasons: [], notes: [] }),
  });
  patientRow = (
    await ctx.db.transaction().execute((tx) =>
      upsertPatient(tx, {
        institutionId: institution.id,
        patientId: 'P-1001',
        name: '王小明',
        sex: null,
        birthDate: null,
        identityType: null,
        identityNo: null,
        phone: null,
        address: null,
        source: 'hl7',
      }),
    )
  ).patientId;
  const doctor = await ctx.db.selectFrom('account').select('id').executeTakeFirstOrThrow();
  for (let n = 0; n < 30; n += 1)
    await recordAudit(ctx.db, {
      event: n % 3 === 0 ? 'report.viewed' : 'image.viewed',
      viewer: { kind: 'staff', accountId: doctor.id, role: 'doctor', sessionId: '5' },
      patientId: n < 10 ? patientRow : '77',
      studyInstanceUid: n === 4 ? '1.2.3.4' : '1.2.9',
      objectType: 'report',
      objectId: `${n}`,
      result: n === 7 ? 'denied' : 'ok',
      detail: { version: 2, bytes: 1234, formula: '=1+1' },
      request: {
        id: `trace-${n}`,
        ip: n < 20 ? '10.0.0.1' : '10.0.0.2',
        headers: {
          'user-agent': 'Mozilla/5.0 (Windows NT 10.0) Chrome/131.0.0.0 Safari/537.36',
          'x-forwarded-for': '192.0.2.1, 10.0.0.9',
        },
        routeOptions: { config: { access: { scope: 'report' } } },
      },
    });
  await createSealer(ctx.db).seal();
});
afterAll(async () => {
  await app.close();
  await ctx.close();
});

const get = (url: string, cookie = auditor) =>
  app.inject({
    method: 'GET',
    url: `/api/audit${url}`,
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
  });
const search = async (query: string) => {
  const answer = await get(`/events?${query}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json<TrailPage>();
};

describe('the search in the audit trail', () => {
  it('finds by who, whom, which exam, where from, device, what and how it ended', async () => {
    const { login_name: login } = await ctx.db
      .selectFrom('account')
      .select('login_name')
      .executeTakeFirstOrThrow();
    const totals = async (query: string) => (await search(query)).total;
    expect(await totals('event=image.viewed')).toBe(20);
    expect(await totals('event=report.*')).toBe(10);
    expect(await totals(`person=${login}&event=report.viewed`)).toBe(10);
    expect(await totals('person=nobody')).toBe(0);
    expect(await totals('patient=P-1001')).toBe(10);
    expect(await totals('patient=none')).toBe(0);
    expect(await totals('exam=1.2.3.4')).toBe(1);
    expect(await totals('exam=ACC-NONE')).toBe(0);
    expect(await totals('address=10.0.0.2')).toBe(10);
    expect(await totals(`device=${encodeURIComponent('Chrome 131, Windows')}`)).toBe(30);
    expect(await totals('result=denied')).toBe(1);
    expect(await totals('object=12')).toBe(1);
    expect(await totals('event=report.viewed&from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z')).toBe(0);
    expect((await get('/events?from=yesterday')).statusCode).toBe(400);
  });

  it('AD-1 a row says who, when, where from, by what device, whom, what, how much, how it ended and its place in the chain', async () => {
    const [item] = (await search('object=9')).items;
    expect(item).toMatchObject({
      actorKind: 'staff',
      actorRole: 'doctor',
      actorName: expect.stringContaining('('),
      address: '10.0.0.1',
      forwardedChain: '192.0.2.1, 10.0.0.9',
      deviceModel: 'Chrome 131, Windows',
      event: 'report.viewed',
      reportVersion: 2,
      dataScope: 'report',
      bytes: '1234',
      traceId: 'trace-9',
      linkNo: expect.stringMatching(/^\d+$/),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('AD-8 masks the names of patients', async () => {
    const answer = await get('/events?patient=P-1001');
    expect(answer.json<TrailPage>().items[0]?.patientName).toBe('王*明');
    expect(answer.body).not.toContain('王小明');
  });

  it('turns pages newest first without losing or repeating a row', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: TrailPage = await search(
        `event=image.viewed&limit=7${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toHaveLength(20);
    expect(new Set(seen).size).toBe(20);
    expect([...seen].sort((a, b) => Number(b) - Number(a))).toEqual(seen);
  });

  it('AD-1 is itself in the trail, with the fields that were searched and not what for', async () => {
    await get('/events?patient=P-SECRET');
    const row = await ctx.db
      .selectFrom('audit_event')
      .selectAll()
      .where('event_type', '=', 'audit.searched')
      .orderBy('seq', 'desc')
      .executeTakeFirstOrThrow();
    expect(row.detail).toContain('"fields":["patient"]');
    expect(JSON.stringify(row)).not.toContain('P-SECRET');
  });

  it.each(['system_admin', 'security_admin'] as const)('is not for the %s', async (role) => {
    const cookie = await staffCookie(ctx, role);
    for (const url of ['/events', '/export?form=csv', '/state'])
      expect((await get(url, cookie)).statusCode, url).toBe(403);
  });
});

describe('the export', () => {
  it.each(['csv', 'jsonl', 'xlsx'])('AD-8 as %s is signed, and is in the trail', async (form) => {
    const answer = await get(`/export?form=${form}&event=image.viewed`);
    expect(answer.statusCode).toBe(200);
    const zip = join(ctx.folder, `${form}.zip`);
    writeFileSync(zip, answer.rawPayload);
    const file = execFileSync('unzip', ['-p', zip, `audit.${form}`]);
    const note: unknown = JSON.parse(execFileSync('unzip', ['-p', zip, 'signature.json']).toString());
    const { sm3, signature, publicKey, rows } = note as {
      sm3: string;
      signature: string;
      publicKey: string;
      rows: number;
    };
    expect(rows).toBe(20);
    expect(createHash('sm3').update(file).digest('hex')).toBe(sm3);
    const proven = verify('sm3', file, createPublicKey(publicKey), Buffer.from(signature, 'base64'));
    expect(proven).toBe(true);
    const audited = await ctx.db
      .selectFrom('audit_event')
      .select('detail')
      .where('event_type', '=', 'audit.exported')
      .orderBy('seq', 'desc')
      .executeTakeFirstOrThrow();
    expect(audited.detail).toContain(sm3);
  });

  it('writes what a table program would run as text', () => {
    expect(csvCell('=1+1')).toBe("'=1+1");
    expect(csvCell('a,"b"')).toBe('"a,""b"""');
    expect(csvCell(null)).toBe('');
  });
});

it('AD-4 the chain is examined on request; the console sees the verdict', async () => {
  const asked = await app.inject({
    method: 'POST',
    url: '/api/audit/verify',
    headers: { cookie: auditor, 'sec-fetch-site': 'same-origin' },
  });
  expect(asked.statusCode).toBe(202);
  expect((await get('/state')).json<TrailState>().checking).toBe(true);
  const declaration = trailJobs['trail.verify'];
  if (typeof declaration !== 'object') throw new Error('the job is declared');
  // The job touches database, keys, clock and log only.
  await declaration.run(
    ctx as unknown as Context,
    {
      log: ctx.log,
      payload: {},
      progress: async () => {},
      signal: new AbortController().signal,
    } as unknown as JobRun,
  );
  const state = (await get('/state')).json<TrailState>();
  expect(state.checks[0]).toMatchObject({ fault: null, rows: state.links });
});
