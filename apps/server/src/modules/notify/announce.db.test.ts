import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../db/index.ts';
import { createHttp } from '../../http/index.ts';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { createAuthorize } from '../access/index.ts';
import { getExam, setExamStatus } from '../orders/index.ts';
import { changePublicationRule, publishByRule } from '../share/index.ts';
import { writeReport } from '../share/testing/reports.ts';
import { type Invented, inventTwoPatients } from '../share/testing/two-patients.ts';
import { announceExam, type ExamNews } from './announce-exam.ts';
import { demoOutboxRoutes } from './demo-outbox.routes.ts';
import { chooseGateway, type SmsGateway } from './gateway.ts';

let ctx: TestContext;
let wang: Invented;
beforeAll(async () => {
  ctx = await openTestContext({ YUNYING_PUBLIC_URL: 'https://yun.example' });
});
afterAll(() => ctx.close());
beforeEach(async () => {
  for (const table of [
    'report_page',
    'report_version',
    'report',
    'publication',
    'publication_rule',
    'sms_message',
    'demo_outbox',
    'sms_code',
    'share_link',
    'job',
    'outbox_event',
    'imaging_order',
    'protection_label',
    'exam',
    'patient_name_key',
    'patient',
    'person',
  ] as const) {
    await ctx.db.deleteFrom(table).execute();
  }
  [wang] = await inventTwoPatients(ctx.db);
  await ctx.db.deleteFrom('outbox_event').execute();
});

const report = (state: Parameters<typeof writeReport>[2], text = '未见异常') =>
  writeReport(ctx.db, wang, state, text, ctx.clock.now());
const evaluate = () => publishByRule(ctx, wang.examId);
const exam = () => getExam(ctx.db, wang.examId);
async function news(): Promise<ExamNews[]> {
  const rows = await ctx.db
    .selectFrom('outbox_event')
    .select('payload')
    .where('topic', '=', 'share.exam_published')
    .orderBy('id')
    .execute();
  return rows.map((row) => JSON.parse(row.payload));
}
const messages = () => ctx.db.selectFrom('sms_message').selectAll().orderBy('id').execute();
const outbox = () =>
  ctx.db.selectFrom('demo_outbox').selectAll().orderBy('created_at').orderBy('id').execute();
const gateway = () => chooseGateway(ctx);

describe('publication', () => {
  it('waits for a signed report, then publishes and tells once, however often it is asked', async () => {
    expect(await evaluate()).toMatchObject({ published: false });
    expect(await exam()).toMatchObject({ published: false, publicationHold: 'no-signed-report' });
    await report('preliminary');
    expect(await evaluate()).toMatchObject({ published: false });
    const { reportId } = await report('final');
    const outcomes = await Promise.all(Array.from({ length: 6 }, evaluate));
    expect(outcomes.filter((outcome) => outcome.announced !== null)).toHaveLength(1);
    expect(await exam()).toMatchObject({ published: true, status: 'published', publicationHold: null });
    expect(await news()).toEqual([{ examId: wang.examId, kind: 'ready', reportId, version: 2 }]);
  });

  it('a correction is told as such; a withdrawal stays visible as withdrawn; a new report after it is a correction', async () => {
    await report('final');
    await evaluate();
    await report('corrected', '右侧额叶低密度灶');
    await evaluate();
    expect(await exam()).toMatchObject({ status: 'revised', published: true });
    await report('withdrawn');
    await evaluate();
    expect(await exam()).toMatchObject({
      status: 'withdrawn',
      published: true,
      publicationHold: 'report-withdrawn',
    });
    await evaluate();
    await report('corrected', '左侧额叶低密度灶');
    await evaluate();
    expect(await exam()).toMatchObject({ status: 'revised', published: true, publicationHold: null });
    expect((await news()).map((one) => `${one.kind} ${one.version}`)).toEqual([
      'ready 1',
      'revised 2',
      'withdrawn 3',
      'revised 4',
    ]);
  });

  it('a report withdrawn before anyone was told is never told', async () => {
    await report('withdrawn');
    await evaluate();
    expect(await exam()).toMatchObject({ published: false, publicationHold: 'report-withdrawn' });
    expect(await news()).toEqual([]);
  });

  it('a rule of the hospital can hold, delay, publish silently; taking back ends the links', async () => {
    const allow = { report: true, images: true, download: true, notify: false };
    const rule = (delayMinutes?: number) => ({
      rules: [
        { name: 'r', when: {}, allow: { ...allow, ...(delayMinutes === undefined ? {} : { delayMinutes }) } },
      ],
    });
    await changePublicationRule(ctx, { rule: rule(30), basedOn: 0, by: null });
    await expect(changePublicationRule(ctx, { rule: rule(), basedOn: 0, by: null })).rejects.toMatchObject({
      code: 'request.invalid',
    });
    await report('final');
    expect((await evaluate()).askAgainAt).toEqual(new Date(ctx.clock.now().getTime() + 30 * 60_000));
    ctx.clock.advance(30 * 60_000);
    expect(await evaluate()).toMatchObject({ published: true });
    expect(await news()).toEqual([]);
    const { reportId, version } = await report('final', '二');
    await announceExam(ctx, gateway(), { examId: wang.examId, kind: 'ready', reportId, version });
    const none = {
      rules: [
        { name: 'closed', when: {}, allow: { report: false, images: false, download: false, notify: false } },
      ],
    };
    await changePublicationRule(ctx, { rule: none, basedOn: 1, by: null });
    await evaluate();
    expect(await exam()).toMatchObject({ published: false, publicationHold: 'rule' });
    const links = await ctx.db.selectFrom('share_link').select('revoked_reason').execute();
    expect(links).toEqual([{ revoked_reason: 'unpublished' }]);
  });
});

describe('the message', () => {
  const publishNow = async (): Promise<ExamNews> => {
    const { reportId, version } = await report('final');
    await evaluate();
    return { examId: wang.examId, kind: 'ready', reportId, version };
  };

  it('goes out once per report version, masked, with a link that opens the entry, and no diagnosis', async () => {
    const ready = await publishNow();
    const outcomes = await Promise.all([1, 2, 3].map(() => announceExam(ctx, gateway(), ready)));
    expect(outcomes.map((one) => one.state).sort()).toEqual(['already-sent', 'already-sent', 'sent']);
    const [sent, ...more] = await outbox();
    expect(more).toEqual([]);
    expect(sent?.phone).toBe('13800000001');
    expect(sent?.body).toMatch(
      /^【本院】王\*明您好，您2026-11-20的头颅CT平扫报告已完成，点击查看：https:\/\/yun\.example\/r\/[\w-]{22}（链接请勿转发）$/,
    );
    const [kept] = await messages();
    expect(kept).toMatchObject({ state: 'sent', gateway: 'demo', template: 'report-ready' });
    expect(kept?.body).toContain('https://yun.example/r/******');
    const code = /\/r\/([\w-]{22})/.exec(sent?.body ?? '')?.[1] ?? '?';
    const books = JSON.stringify([
      await messages(),
      await ctx.db.selectFrom('audit_event').selectAll().execute(),
    ]);
    expect(books).not.toContain(code);
  });

  it('AC-6 of a level 5 exam the message does not even say what was examined', async () => {
    await report('final');
    await evaluate();
    const at = new Date(Date.now() - 1000);
    const label = { tag: 'psychiatric', level: 5, restriction: 'none', source: 'hand' } as const;
    await ctx.db
      .insertInto('protection_label')
      .values({ id: newId(), person_id: wang.personId, ...label, valid_from: at, created_at: at })
      .execute();
    const [told] = await news();
    if (told === undefined) throw new Error('published');
    await announceExam(ctx, gateway(), told);
    const [sms] = await outbox();
    expect(sms?.body).toMatch(/检查报告已完成/);
    expect(sms?.body).not.toMatch(/头颅|CT/);
  });

  it('says corrected and withdrawn in other words', async () => {
    const ready = await publishNow();
    await announceExam(ctx, gateway(), { ...ready, kind: 'revised' });
    await announceExam(ctx, gateway(), { ...ready, kind: 'withdrawn' });
    const bodies = (await outbox()).map((row) => row.body);
    expect(bodies.some((body) => body.includes('报告已更正'))).toBe(true);
    expect(bodies.some((body) => body.includes('报告已撤回'))).toBe(true);
  });

  it('without a gateway stays failed and says why; later it is sent', async () => {
    const ready = await publishNow();
    expect(await announceExam(ctx, null, ready)).toEqual({ state: 'failed', code: 'notify.gateway_absent' });
    expect(await messages()).toMatchObject([{ state: 'failed', error: 'notify.gateway_absent' }]);
    expect(await announceExam(ctx, gateway(), ready)).toEqual({ state: 'sent' });
    expect(await messages()).toMatchObject([{ state: 'sent', error: null }]);
    expect(chooseGateway({ ...ctx, config: { ...ctx.config, profile: 'production' } })).toBeNull();
  });

  it('is tried again with the same reference when the gateway broke', async () => {
    const ready = await publishNow();
    const references: string[] = [];
    const broken: SmsGateway = {
      name: 'broken',
      send: async ({ reference }) => {
        references.push(reference);
        throw new Error('busy');
      },
    };
    expect(await announceExam(ctx, broken, ready)).toEqual({
      state: 'failed',
      code: 'notify.gateway_failed',
    });
    expect(await announceExam(ctx, broken, ready)).toEqual({
      state: 'failed',
      code: 'notify.gateway_failed',
    });
    expect(new Set(references).size).toBe(1);
  });

  it('is not sent when the exam is no longer published or the person has no mobile number', async () => {
    const ready = await publishNow();
    await ctx.db
      .transaction()
      .execute((tx) => setExamStatus(tx, wang.examId, 'published', { publishedAt: null }));
    expect(await announceExam(ctx, gateway(), ready)).toEqual({ state: 'not-published' });
    await ctx.db
      .transaction()
      .execute((tx) => setExamStatus(tx, wang.examId, 'published', { publishedAt: ctx.clock.now() }));
    await ctx.db.updateTable('patient').set({ phone: null }).where('id', '=', wang.patientRowId).execute();
    expect(await announceExam(ctx, gateway(), ready)).toEqual({ state: 'no-phone' });
    expect(await messages()).toEqual([]);
  });
});

describe('the demo outbox', () => {
  const open = (profile: 'demo' | 'production'): Promise<FastifyInstance> => {
    const part = { ...ctx, config: { ...ctx.config, profile } };
    const plugins = [{ routes: demoOutboxRoutes(part) }];
    const readiness = async () => ({ reasons: [], notes: [] });
    return createHttp(part, {
      listener: 'public',
      authorize: createAuthorize(part, 'public'),
      plugins,
      readiness,
    });
  };

  it('shows messages with link and code to scripts and people, in profile demo only', async () => {
    const row = { phone: '13800000001', created_at: ctx.clock.now() };
    await ctx.db
      .insertInto('demo_outbox')
      .values({ ...row, id: '1', body: '【本院】您的验证码是012345，5分钟内有效' })
      .execute();
    await ctx.db
      .insertInto('demo_outbox')
      .values({ ...row, id: '2', body: '<b>点击查看：https://yun.example/r/AbC（链接请勿转发）' })
      .execute();
    const app = await open('demo');
    expect((await app.inject('/demo/outbox.json')).json()).toMatchObject([
      { phone: '13800000001', links: ['https://yun.example/r/AbC'] },
      { links: [], code: '012345' },
    ]);
    const page = await app.inject('/demo/outbox');
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.body).toContain('<a href="https://yun.example/r/AbC">');
    expect(page.body).not.toContain('<b>');
    await app.close();
    const production = await open('production');
    for (const url of ['/demo/outbox', '/demo/outbox.json'])
      expect((await production.inject(url)).statusCode).toBe(404);
    await production.close();
  });
});
