import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttp } from '../../http/index.ts';
import { createAuthorize, openSession } from '../access/index.ts';
import { createAccount } from '../accounts/index.ts';
import { type Exam, findExams, setExamStatus } from '../orders/index.ts';
import { hl7, type MllpRig, openMllpRig, pid, segment } from '../orders/testing/mllp-rig.ts';
import { getReports } from './read-reports.ts';
import { renderVersion } from './render-version.ts';
import { reportMessages } from './reports.mllp.ts';
import { reportRoutes } from './reports.routes.ts';

describe('the doors to a report', () => {
  let rig: MllpRig;
  let app: FastifyInstance;
  let exams: { wei: Exam; zhao: Exam };
  const cookies = { wei: '', zhao: '', weiOtherExam: '', doctor: '', nobody: '' };
  const where = { ip: '10.0.0.1', userAgent: 'test' };

  beforeAll(async () => {
    rig = await openMllpRig(reportMessages);
    await rig.send(report('W1', pid('P-W', '韦^小妹'), 'F', '第一版'));
    await rig.send(report('Z1', pid('P-Z', '赵^四'), 'F', '赵四的'));
    await rig.send(report('W2', pid('P-W', '韦^小妹'), 'F', '另一次检查'));
    exams = { wei: await examOf('W1'), zhao: await examOf('Z1') };
    for (const exam of [exams.wei, exams.zhao]) await render(exam);
    await publish(exams.wei);
    const patient = { kind: 'patient', proof: 'sms', shareLinkId: null, examId: null } as const;
    cookies.wei = await open({ ...patient, personId: exams.wei.personId });
    cookies.zhao = await open({ ...patient, personId: exams.zhao.personId });
    cookies.weiOtherExam = await open({
      ...patient,
      personId: exams.wei.personId,
      examId: (await examOf('W2')).examId,
    });
    const account = await createAccount(rig.ctx, {
      loginName: 'weiming',
      displayName: '韦医生',
      role: 'doctor',
      password: 'Kanpian#7305',
      mustChange: false,
    });
    cookies.doctor = await open({ kind: 'staff', accountId: account.accountId, role: 'doctor' });
    app = await createHttp(rig.ctx, {
      listener: 'public',
      authorize: createAuthorize(rig.ctx, 'public'),
      plugins: [reportRoutes(rig.ctx)],
      readiness: async () => ({ reasons: [], notes: [] }),
    });
  });
  afterAll(async () => {
    await app.close();
    await rig.close();
  });

  const report = (accession: string, patient: string, status: string, text: string) =>
    hl7('ORU^R01', [
      patient,
      segment('OBR', {
        1: '1',
        3: accession,
        4: 'CT02^胸部CT平扫',
        7: '20261120093000',
        18: accession,
        24: 'CT',
        25: status,
      }),
      ...(text === '' ? [] : [`OBX|1|TX|IMPRESSION||${text}||||||${status}`]),
    ]);
  const examOf = async (accession: string): Promise<Exam> => {
    const [exam] = (await findExams(rig.ctx.db, { kind: 'all' }, { q: accession })).items;
    if (exam === undefined) throw new Error(`no exam ${accession}`);
    return exam;
  };
  const render = async (exam: Exam) => {
    for (const one of await getReports(rig.ctx.db, exam.examId))
      await renderVersion(rig.ctx, one.reportId, one.version);
  };
  const publish = (exam: Exam) =>
    rig.ctx.db
      .transaction()
      .execute((tx) => setExamStatus(tx, exam.examId, 'published', { publishedAt: new Date() }));
  const open = async (session: Parameters<typeof openSession>[1]) =>
    `yy_session=${(await openSession(rig.ctx, session, where)).secret}`;
  const get = (url: string, cookie: string, headers: Record<string, string> = {}) =>
    app.inject({ url, headers: { ...headers, ...(cookie === '' ? {} : { cookie }) } });
  const urlOf = async (exam: Exam, version: number, part: string) => {
    const [current] = await getReports(rig.ctx.db, exam.examId);
    return `/api/reports/${current?.reportId}/versions/${version}/${part}`;
  };

  it('gives pages and PDF to the patient and to a doctor, immutable and not by name', async () => {
    for (const cookie of [cookies.wei, cookies.doctor]) {
      const page = await get(await urlOf(exams.wei, 1, 'pages/1'), cookie);
      expect(page.statusCode).toBe(200);
      expect(page.headers).toMatchObject({
        'content-type': 'image/jpeg',
        'cache-control': 'private, max-age=31536000, immutable',
      });
      const pdf = await get(await urlOf(exams.wei, 1, 'report.pdf'), cookie);
      expect(pdf.statusCode).toBe(200);
      expect(pdf.headers['content-disposition']).toContain('inline');
      expect(decodeURIComponent(String(pdf.headers['content-disposition']))).toContain(
        '2026-11-20 胸部CT平扫 报告.pdf',
      );
      expect(decodeURIComponent(String(pdf.headers['content-disposition']))).not.toContain('韦');
    }
  });

  it('answers ranges and 304', async () => {
    const url = await urlOf(exams.wei, 1, 'report.pdf');
    const part = await get(url, cookies.wei, { range: 'bytes=0-4' });
    expect([part.statusCode, part.body]).toEqual([206, '%PDF-']);
    const again = await get(url, cookies.wei, { 'if-none-match': String(part.headers.etag) });
    expect(again.statusCode).toBe(304);
  });

  it('answers 401 without a session and 404 for everything that is not the caller’s', async () => {
    for (const part of ['pages/1', 'report.pdf']) {
      const own = await urlOf(exams.wei, 1, part);
      expect((await get(own, '')).statusCode).toBe(401);
      expect((await get(own, cookies.zhao)).statusCode).toBe(404);
      expect((await get(own, cookies.weiOtherExam)).statusCode).toBe(404);
      // Not published yet: its own patient does not see it, a doctor does.
      expect((await get(await urlOf(exams.zhao, 1, part), cookies.zhao)).statusCode).toBe(404);
      expect((await get(await urlOf(exams.zhao, 1, part), cookies.doctor)).statusCode).toBe(200);
      expect((await get(await urlOf(exams.wei, 9, part), cookies.doctor)).statusCode).toBe(404);
    }
    expect((await get(await urlOf(exams.wei, 1, 'pages/9'), cookies.doctor)).statusCode).toBe(404);
    expect((await get('/api/reports/1/versions/1/pages/x', cookies.doctor)).statusCode).toBe(400);
  });

  it('shows a patient only the version that holds, and a withdrawn one not at all', async () => {
    await rig.send(report('W1', pid('P-W', '韦^小妹'), 'C', '第二版'));
    await render(exams.wei);
    const status = async (version: number, cookie: string) =>
      (await get(await urlOf(exams.wei, version, 'pages/1'), cookie)).statusCode;
    expect([await status(1, cookies.wei), await status(2, cookies.wei)]).toEqual([404, 200]);
    expect([await status(1, cookies.doctor), await status(2, cookies.doctor)]).toEqual([200, 200]);
    await rig.send(report('W1', pid('P-W', '韦^小妹'), 'X', ''));
    await render(exams.wei);
    for (const version of [1, 2, 3]) expect(await status(version, cookies.wei)).toBe(404);
    expect(await status(3, cookies.doctor)).toBe(200);
  });

  it('writes each reading and each refusal into the audit trail, without names', async () => {
    const rows = await rig.ctx.db
      .selectFrom('audit_event')
      .selectAll()
      .where('event_type', 'like', 'report.%')
      .execute();
    expect(
      rows.some(
        (row) =>
          row.event_type === 'report.pdf_opened' && row.result === 'ok' && row.actor_kind === 'patient',
      ),
    ).toBe(true);
    expect(rows.some((row) => row.result === 'denied' && row.actor_kind === 'patient')).toBe(true);
    expect(JSON.stringify(rows)).not.toContain('韦');
  });
});
