import { gzipSync } from 'node:zlib';
import type { ExamDetail, ExamList, StudyManifest } from '@yunying/api';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../db/index.ts';
import { createHttp } from '../../http/index.ts';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { createAuthorize, openSession } from '../access/index.ts';
import { createAccount, createDemoAccounts } from '../accounts/index.ts';
import { ensureDefaultInstitution } from '../mpi/index.ts';
import { publishByRule } from '../share/index.ts';
import { writeReport } from '../share/testing/reports.ts';
import { type Invented, inventTwoPatients } from '../share/testing/two-patients.ts';
import { portalRoutes } from './portal.routes.ts';
import { mediaOf } from './testing/media.ts';
import { writeStudy } from './testing/studies.ts';

let ctx: TestContext;
let app: FastifyInstance;
let wang: Invented;
let qin: Invented;
let wangStudy: string;
let qinStudy: string;
let lonelyStudy: string;
const ip = { ip: '10.0.0.1', userAgent: 'test' };
const as: Record<'wang' | 'qin' | 'qinOneExam' | 'doctor', { cookie: string }> = {
  wang: { cookie: '' },
  qin: { cookie: '' },
  qinOneExam: { cookie: '' },
  doctor: { cookie: '' },
}; // prettier-ignore
let client: { authorization: string };

beforeAll(async () => {
  ctx = await openTestContext();
  [wang, qin] = await inventTwoPatients(ctx.db);
  wangStudy = await writeStudy(ctx.db, {
    examId: wang.examId,
    patientRowId: wang.patientRowId,
    uid: '1.2.826.1',
    name: wang.name,
  });
  qinStudy = await writeStudy(ctx.db, {
    examId: qin.examId,
    patientRowId: qin.patientRowId,
    uid: '1.2.826.2',
    name: qin.name,
  });
  lonelyStudy = await writeStudy(ctx.db, {
    examId: null,
    patientRowId: null,
    uid: '1.2.826.3',
    name: '无名氏',
  });
  for (const one of [wang, qin]) {
    await writeReport(ctx.db, one, 'final', '颅脑未见异常', ctx.clock.now());
    await publishByRule(ctx, one.examId);
  }
  const patient = { kind: 'patient', examId: null, proof: 'sms', shareLinkId: null } as const;
  as.wang.cookie = await cookieFor({ ...patient, personId: wang.personId });
  as.qin.cookie = await cookieFor({ ...patient, personId: qin.personId });
  as.qinOneExam.cookie = await cookieFor({
    ...patient,
    personId: qin.personId,
    examId: qin.examId,
    proof: 'identity',
  });
  const doctor = await createAccount(ctx, {
    loginName: 'weiming',
    displayName: '韦医生',
    role: 'doctor',
    password: 'Kanpian#7305',
    mustChange: false,
  });
  as.doctor.cookie = await cookieFor({ kind: 'staff', accountId: doctor.accountId, role: 'doctor' });
  client = { authorization: `Bearer ${(await createDemoAccounts(ctx)).token}` };
  app = await createHttp(ctx, {
    listener: 'public',
    authorize: createAuthorize(ctx, 'public'),
    plugins: [{ routes: portalRoutes(ctx, { getStudyMedia: async () => mediaOf('1.2.826.1', 1, 3) }) }],
    readiness: async () => ({ reasons: [], notes: [] }),
  });
});
afterAll(async () => {
  await app.close();
  await ctx.close();
});

async function cookieFor(session: Parameters<typeof openSession>[1]): Promise<string> {
  return `yy_session=${(await openSession(ctx, session, ip)).secret}`;
}
const get = (url: string, headers: Record<string, string>) => app.inject({ url, headers });
async function list(headers: Record<string, string>, query = ''): Promise<ExamList> {
  const answer = await get(`/api/exams${query}`, headers);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
}
async function detail(examId: string, headers: Record<string, string>): Promise<ExamDetail> {
  const answer = await get(`/api/exams/${examId}`, headers);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
}

describe('the list', () => {
  it('gives a patient the own published exams with the name masked', async () => {
    const { items, total } = await list(as.wang);
    expect(total).toBe(1);
    expect(items[0]).toMatchObject({
      id: wang.examId,
      itemName: '头颅CT平扫',
      patientName: '王*明',
      hasReport: true,
      studyInstanceUids: [wangStudy],
      examAt: '2026-11-20T10:00:00+08:00',
      status: 'published',
      imageCount: 140,
    }); // prettier-ignore
    expect(JSON.stringify(items)).not.toContain('小');
  });

  it('gives a doctor and a machine client all exams with whole names, filtered and paged', async () => {
    expect((await list(as.doctor)).items.map((item) => item.patientName).sort()).toEqual([
      '王小明',
      '覃大海',
    ]);
    expect((await list(client)).total).toBe(2);
    expect((await list(as.doctor, '?q=tandahai')).items.map((item) => item.patientName)).toEqual(['覃大海']);
    const first = await list(as.doctor, '?limit=1');
    expect(first.nextCursor).not.toBeNull();
    expect((await list(as.doctor, `?limit=1&cursor=${first.nextCursor}`)).items[0]?.id).not.toBe(
      first.items[0]?.id,
    );
  });

  it('a patient cannot widen the scope by the query', async () => {
    const { items } = await list(as.qin, `?patientId=${wang.patientRowId}`);
    expect(items.map((item) => item.id)).toEqual([qin.examId]);
    expect((await list(as.qin, '?q=wangxiaoming')).items).toEqual([]);
  });

  it('marks what was never opened', async () => {
    expect((await list(as.qin)).items[0]?.isNew).toBe(true);
    await detail(qin.examId, as.doctor);
    expect((await list(as.qin)).items[0]?.isNew).toBe(true);
    await detail(qin.examId, as.qin);
    expect((await list(as.qin)).items[0]?.isNew).toBe(false);
  });

  it('refuses nonsense with the field that is wrong', async () => {
    for (const query of ['?limit=0', '?limit=9999', '?from=yesterday', '?examType=FOO', '?cursor=%00']) {
      expect((await get(`/api/exams${query}`, as.doctor)).json()).toMatchObject({ code: 'request.invalid' });
    }
  });
});

describe('one exam', () => {
  it('shows its report, studies and priors to its patient and to doctors', async () => {
    const own = await detail(wang.examId, as.wang);
    expect(own.reports).toMatchObject([
      { version: 1, state: 'final', impression: '颅脑未见异常。', author: '韦医生', pages: [] },
    ]);
    expect(own.studies).toMatchObject([
      { studyInstanceUid: wangStudy, mediaState: 'ready', frameCount: 3, series: [{ frameCount: 3 }] },
    ]);
    expect([own.withdrawn, own.priors]).toEqual([false, []]);
    expect((await detail(wang.examId, as.doctor)).exam.patientName).toBe('王小明');
  });

  it('of another person does not exist, nor does an unpublished one, a deleted id or another exam of a narrow session', async () => {
    const absent = (await get('/api/exams/1', as.qin)).json();
    for (const [who, id] of [
      ['qin', wang.examId],
      ['qinOneExam', wang.examId],
      ['wang', qin.examId],
    ] as const) {
      const answer = await get(`/api/exams/${id}`, as[who]);
      expect(answer.statusCode).toBe(404);
      expect({ ...answer.json(), traceId: '' }).toEqual({ ...absent, traceId: '' });
    }
    expect((await get(`/api/exams/${qin.examId}`, as.qinOneExam)).statusCode).toBe(200);
    expect((await get(`/api/exams/${qin.examId}`, {})).statusCode).toBe(401);
  });

  it('lists priors of the same person only', async () => {
    const priorId = newId();
    const row = await ctx.db
      .selectFrom('exam')
      .selectAll()
      .where('id', '=', wang.examId)
      .executeTakeFirstOrThrow();
    await ctx.db
      .insertInto('exam')
      .values({ ...row, id: priorId, accession_number: 'A0000', exam_at: new Date('2025-01-02T02:00:00Z') })
      .execute();
    expect((await detail(wang.examId, as.wang)).priors.map((exam) => exam.id)).toEqual([priorId]);
    expect((await detail(wang.examId, as.doctor)).priors.map((exam) => exam.id)).toEqual([priorId]);
    expect((await detail(qin.examId, as.doctor)).priors).toEqual([]);
    await ctx.db.deleteFrom('exam').where('id', '=', priorId).execute();
  });

  it('a withdrawn report is not shown to the patient any more, and the page says so', async () => {
    await writeReport(ctx.db, qin, 'withdrawn', '误发', ctx.clock.now());
    await publishByRule(ctx, qin.examId);
    const seen = await detail(qin.examId, as.qin);
    expect([seen.withdrawn, seen.reports, seen.exam.status, seen.exam.hasReport]).toEqual([
      true,
      [],
      'withdrawn',
      false,
    ]);
    expect((await detail(qin.examId, as.doctor)).reports).toMatchObject([{ state: 'withdrawn' }]);
  });
});

describe('the manifest', () => {
  const manifest = (uid: string, headers: Record<string, string>) =>
    get(`/api/studies/${uid}/manifest`, headers);

  it('opens for its patient, masked, and for the doctor, whole', async () => {
    const own: StudyManifest = (await manifest(wangStudy, as.wang)).json();
    expect(own).toMatchObject({
      examId: wang.examId,
      title: '头颅CT平扫',
      patientName: '王*明',
      patientSex: '1',
      notForDiagnosis: true,
      studyDate: '2026-11-20',
    });
    expect(own.series[0]?.frames).toHaveLength(3);
    expect((await manifest(wangStudy, as.doctor)).json()).toMatchObject({
      patientName: '王小明',
      notForDiagnosis: false,
    });
  });

  it('of another person, of nobody and of no study all do not exist for a patient', async () => {
    for (const uid of [qinStudy, lonelyStudy, '1.2.3'])
      expect((await manifest(uid, as.wang)).statusCode).toBe(404);
    expect((await manifest(wangStudy, {})).statusCode).toBe(401);
  });

  it('a study without exam is for doctors, named by itself', async () => {
    expect((await manifest(lonelyStudy, as.doctor)).json()).toMatchObject({
      examId: null,
      patientName: '无名氏',
      patientSex: '2',
      title: 'HEAD',
    });
  });

  it('of 20 series and 1,000 slices stays under 30 KB on the wire', () => {
    const big = JSON.stringify(mediaOf('1.2.840.113619.2.55.3.604688119.971.1448890000.467', 20, 50));
    expect(gzipSync(big).length).toBeLessThan(30_000);
  });
});

describe('the trail', () => {
  it('holds every list, exam and manifest with who and what, and every refusal with the rule', async () => {
    const rows = await ctx.db.selectFrom('audit_event').selectAll().execute();
    const seen = new Set(
      rows.map((row) => `${row.event_type} ${row.actor_kind} ${row.result} ${row.result_code ?? ''}`.trim()),
    );
    for (const line of [
      'exam.listed patient ok',
      'exam.listed client ok',
      'exam.viewed patient ok',
      'exam.viewed staff ok',
      'study.opened patient ok',
      'exam.viewed patient denied other-person',
      'study.opened patient denied other-person',
      'study.opened patient denied not-linked',
      'exam.viewed anonymous denied access.unauthenticated',
    ])
      expect(seen).toContain(line); // prettier-ignore
    expect(JSON.stringify(rows)).not.toMatch(/王|覃|小明|13800000001/);
    const viewed = rows.find(
      (row) =>
        row.event_type === 'exam.viewed' && row.actor_kind === 'staff' && row.object_id === wang.examId,
    );
    expect(viewed).toMatchObject({ patient_id: wang.patientRowId, source_ip: '127.0.0.1' });
  });
});

describe('first use', () => {
  it('works on an empty database with a default institution', async () => {
    expect((await ensureDefaultInstitution(ctx.db)).name).toBe('本院');
  });
});
