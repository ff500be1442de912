import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testClock } from '../../clock.ts';
import { readConfig } from '../../config.ts';
import { createHttp } from '../../http/index.ts';
import { silentLogger } from '../../log/index.ts';
import { createMetrics } from '../../metrics.ts';
import { openTestDatabase, type TestDatabase } from '../../testing/postgres.ts';
import { createAuthorize } from '../access/index.ts';
import { setExamStatus } from '../orders/index.ts';
import type { SendLoginCode } from './entry.ts';
import { createShareLink, revokeShareLink } from './links.ts';
import { shareRoutes } from './share.routes.ts';
import { type Invented, inventTwoPatients } from './testing/two-patients.ts';

const minute = 60_000;
const clock = testClock(new Date('2026-11-24T01:00:00Z'));
const dataDir = mkdtempSync(join(tmpdir(), 'yunying-entry-'));
const config = readConfig({ YUNYING_DATA: dataDir });
const sent: Parameters<SendLoginCode>[0][] = [];
let test: TestDatabase;
let app: FastifyInstance;
let wang: Invented;
let qin: Invented;
let code: string;

beforeAll(async () => {
  test = await openTestDatabase();
  const ctx = { db: test.db, clock, config };
  const sendLoginCode: SendLoginCode = async (message) => void sent.push(message);
  app = await createHttp(
    { config, log: silentLogger, metrics: createMetrics() },
    {
      listener: 'public',
      authorize: createAuthorize(ctx, 'public'),
      plugins: [{ routes: shareRoutes(ctx, { sendLoginCode }) }],
      readiness: async () => ({ reasons: [], notes: [] }),
    },
  );
  [wang, qin] = await inventTwoPatients(test.db);
  for (const { examId } of [wang, qin]) {
    await test.db
      .transaction()
      .execute((tx) => setExamStatus(tx, examId, 'published', { publishedAt: clock.now() }));
  }
});
afterAll(async () => {
  await app.close();
  await test.close();
  rmSync(dataDir, { recursive: true });
});
beforeEach(async () => {
  clock.advance(25 * 60 * minute);
  code = await linkFor(wang);
});

async function linkFor(one: Invented): Promise<string> {
  const ctx = { db: test.db, clock, config };
  return (await createShareLink(ctx, test.db, { kind: 'notice', examId: one.examId, personId: one.personId }))
    .code;
}
const get = (path: string, cookie?: string) =>
  app.inject({ url: path, headers: cookie === undefined ? {} : { cookie } });
const post = (path: string, payload: object, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url: path, payload, headers });
const sendCode = () => post(`/api/entry/${code}/sms-code`, {});
const proveSms = (smsCode: string) => post(`/api/entry/${code}/proof`, { factor: 'sms', smsCode });
const proveIdentity = (name: string, identityTail: string) =>
  post(`/api/entry/${code}/proof`, { factor: 'identity', name, identityTail });
const lastCode = () => sent.at(-1)?.code ?? '';
const wrong = (right: string) => (right === '000000' ? '000001' : '000000');
const cookieOf = (answer: { headers: Record<string, unknown> }) =>
  String(answer.headers['set-cookie']).split(';')[0] ?? '';

describe('the landing of a link', () => {
  it('shows hospital, item and day, a masked phone, and nothing of the person', async () => {
    const answer = await get(`/api/entry/${code}`);
    expect(answer.json()).toEqual({
      institutionName: '本院',
      examName: '头颅CT平扫',
      examDate: '2026-11-20',
      reportReady: true,
      factors: ['sms', 'identity'],
      phoneMasked: '138****0001',
      proved: false,
      examId: null,
    }); // prettier-ignore
    expect(answer.body).not.toContain('王');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
  });

  it('answers wrong, revoked, expired and moved links alike', async () => {
    const { body: unknown } = await get(`/api/entry/${'A'.repeat(22)}`);
    const strip = (body: string) => body.replace(/"traceId":"[^"]+"/, '');
    const same = async (of: string) =>
      expect(strip((await get(`/api/entry/${of}`)).body)).toBe(strip(unknown));
    await same('x');
    await same("'%20or%201=1");
    const row = await test.db
      .selectFrom('share_link')
      .select('id')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    await revokeShareLink({ db: test.db, clock }, row.id, 'test');
    await same(code);
    const old = await linkFor(wang);
    clock.advance(181 * 24 * 60 * minute);
    await same(old);
    const ctx = { db: test.db, clock, config };
    const moved = await createShareLink(ctx, test.db, {
      kind: 'notice',
      examId: qin.examId,
      personId: wang.personId,
    });
    await same(moved.code);
  });

  it('keeps only a hash of the code', async () => {
    const rows = await test.db.selectFrom('share_link').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(code);
  });

  it('limits look-ups of one address', async () => {
    for (let n = 0; n < 300; n += 1) await get(`/api/entry/${'B'.repeat(22)}`);
    expect((await get(`/api/entry/${code}`)).statusCode).toBe(429);
    clock.advance(minute);
    expect((await get(`/api/entry/${code}`)).statusCode).toBe(200);
  }, 60_000);
});

describe('the SMS code', () => {
  it('opens all exams of the person, once, with a cookie that scripts cannot read', async () => {
    expect((await sendCode()).json()).toEqual({
      phoneMasked: '138****0001',
      expiresInSeconds: 300,
      nextSendInSeconds: 60,
    });
    const right = lastCode();
    const answer = await proveSms(right);
    expect(answer.json()).toEqual({ examId: wang.examId, scope: 'person' });
    expect(answer.headers['set-cookie']).toMatch(
      /^yy_session=[\w-]{43}; Expires=.*; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    expect((await get(`/api/entry/${code}`, cookieOf(answer))).json()).toMatchObject({
      proved: true,
      examId: wang.examId,
    });
    expect((await proveSms(right)).json()).toMatchObject({ code: 'entry.code_expired' });
    const stored = await test.db.selectFrom('sms_code').selectAll().execute();
    expect(JSON.stringify(stored)).not.toContain(`"${right}"`);
  });

  it('gives five tries, in parallel too, and says how many are left', async () => {
    await sendCode();
    const bad = wrong(lastCode());
    expect((await proveSms(bad)).json()).toMatchObject({
      code: 'entry.code_wrong',
      details: { remaining: 4 },
    });
    const tries = await Promise.all(Array.from({ length: 20 }, () => proveSms(bad)));
    expect(tries.filter((answer) => answer.json().code === 'entry.code_wrong')).toHaveLength(4);
    expect((await proveSms(lastCode())).json()).toMatchObject({ code: 'entry.code_expired' });
  });

  it('dies after five minutes and when a new one is sent', async () => {
    await sendCode();
    const first = lastCode();
    clock.advance(6 * minute);
    expect((await proveSms(first)).json()).toMatchObject({ code: 'entry.code_expired' });
    await sendCode();
    const second = lastCode();
    clock.advance(minute);
    await sendCode();
    if (second !== lastCode())
      expect((await proveSms(second)).json()).toMatchObject({ code: 'entry.code_wrong' });
    expect((await proveSms(lastCode())).statusCode).toBe(200);
  });

  it('belongs to its link: the code of one link opens no other', async () => {
    await sendCode();
    const stolen = lastCode();
    code = await linkFor(qin);
    expect((await proveSms(stolen)).json()).toMatchObject({ code: 'entry.code_expired' });
  });

  it('is sent once a minute, five times an hour and ten times a day to one number, whatever the link', async () => {
    const verdicts: number[] = [];
    for (let n = 0; n < 3; n += 1) verdicts.push((await sendCode()).statusCode);
    expect(verdicts).toEqual([200, 429, 429]);
    for (let n = 0; n < 6; n += 1) {
      clock.advance(minute);
      code = await linkFor(wang);
      verdicts.push((await sendCode()).statusCode);
    }
    expect(verdicts.slice(3)).toEqual([200, 200, 200, 200, 429, 429]);
    let sentToday = 5;
    for (let hour = 0; hour < 12; hour += 1) {
      clock.advance(60 * minute);
      if ((await sendCode()).statusCode === 200) sentToday += 1;
    }
    expect(sentToday).toBe(10);
    expect((await sendCode()).json()).toMatchObject({
      code: 'entry.sms_too_many',
      details: { retryAfterSeconds: expect.any(Number) },
    });
  });

  it('is not offered to those without a mobile number', async () => {
    await test.db
      .updateTable('patient')
      .set({ phone: '0771-1234567' })
      .where('id', '=', wang.patientRowId)
      .execute();
    expect((await get(`/api/entry/${code}`)).json()).toMatchObject({
      factors: ['identity'],
      phoneMasked: null,
    });
    expect((await sendCode()).json()).toMatchObject({ code: 'entry.factor_absent' });
    await test.db
      .updateTable('patient')
      .set({ phone: wang.phone })
      .where('id', '=', wang.patientRowId)
      .execute();
  });
});

describe('name and document', () => {
  it('opens this exam only', async () => {
    expect((await proveIdentity(' 王小明', wang.tail)).json()).toEqual({
      examId: wang.examId,
      scope: 'exam',
    });
  });

  it('says how many tries are left, then locks for 30 minutes over all links of the person', async () => {
    for (const remaining of [4, 3, 2, 1]) {
      expect((await proveIdentity('王小明', '000000')).json()).toMatchObject({
        code: 'entry.identity_wrong',
        details: { remaining },
      });
    }
    code = await linkFor(wang);
    expect((await proveIdentity('张三', wang.tail)).json()).toMatchObject({
      code: 'entry.locked',
      details: { retryAfterSeconds: 1800 },
    });
    expect((await proveIdentity('王小明', wang.tail)).json()).toMatchObject({ code: 'entry.locked' });
    code = await linkFor(qin);
    expect((await proveIdentity(qin.name, qin.tail)).statusCode).toBe(200);
    code = await linkFor(wang);
    clock.advance(31 * minute);
    expect((await proveIdentity('王小明', wang.tail)).statusCode).toBe(200);
  });
});

describe('around the proof', () => {
  it('refuses what a foreign page sends', async () => {
    const foreign = { 'sec-fetch-site': 'cross-site' };
    expect((await post(`/api/entry/${code}/sms-code`, {}, foreign)).json()).toMatchObject({
      code: 'access.foreign_page',
    });
    const form = await app.inject({
      method: 'POST',
      url: `/api/entry/${code}/proof`,
      headers: { 'content-type': 'text/plain' },
      payload: 'x',
    });
    expect(form.statusCode).toBe(403);
  });

  it('ends the session when its link is revoked', async () => {
    const cookie = cookieOf(await proveIdentity('王小明', wang.tail));
    const again = await linkFor(wang);
    expect((await get(`/api/entry/${again}`, cookie)).json()).toMatchObject({ proved: true });
    const row = await test.db
      .selectFrom('session')
      .select('share_link_id')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    await revokeShareLink({ db: test.db, clock }, row.share_link_id ?? '', 'lost phone');
    expect((await get(`/api/entry/${again}`, cookie)).json()).toMatchObject({ proved: false });
  });

  it('writes every opening and proof into the trail, right or wrong, without names', async () => {
    await proveIdentity('李四', '123456');
    await proveIdentity('王小明', wang.tail);
    const rows = await test.db
      .selectFrom('audit_event')
      .selectAll()
      .where('event_type', '=', 'entry.proved')
      .orderBy('seq', 'desc')
      .limit(2)
      .execute();
    expect(rows.map((row) => [row.result, row.result_code])).toEqual([
      ['ok', null],
      ['denied', 'entry.identity_wrong'],
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/李四|王小明|123456|13800000001/);
  });
});
