import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttp, type HttpApp } from '../../../http/index.ts';
import { createAuthorize } from '../../access/index.ts';
import { staffCookie } from '../../accounts/testing/staff-cookie.ts';
import { findStudy } from '../read-study.ts';
import { settleStudies } from '../settle-study.ts';
import { storeInstance } from '../store-instance.ts';
import { chunked, corpusAbsent, freshMr, openRig, type Rig, splitPart10 } from '../testing/rig.ts';
import { studyEditRoutes } from './edits.routes.ts';

const source = { kind: 'stow', name: 'test', institutionId: null, onConflict: 'refuse' } as const;

describe.skipIf(corpusAbsent)('study edits over HTTP (needs the corpus of real files)', () => {
  let rig: Rig;
  let app: HttpApp;
  const cookies: Record<string, string> = {};
  beforeAll(async () => {
    rig = await openRig();
    for (const role of ['system_admin', 'audit_admin'] as const) {
      cookies[role] = await staffCookie(rig.ctx, role);
    }
    app = await createHttp(rig.ctx, {
      listener: 'admin',
      authorize: createAuthorize(rig.ctx, 'admin'),
      plugins: [
        studyEditRoutes(rig.ctx, {
          countReports: async () => 2,
          sendThumbnail: async (_req, reply, of) => reply.send(of),
        }),
      ],
      readiness: async () => ({ reasons: [], notes: [] }),
    });
  });
  afterAll(async () => {
    await app.close();
    await rig.close();
  });
  const call = (method: 'GET' | 'POST', url: string, payload?: object, role = 'system_admin') =>
    app.inject({
      method,
      url: `/api/study-edits${url}`,
      headers: { cookie: cookies[role] ?? '', 'sec-fetch-site': 'same-origin' },
      ...(payload === undefined ? {} : { payload }),
    });

  it('finds, edits, lists and takes back, with an audit row for each', async () => {
    const file = freshMr({ AccessionNumber: 'ROUTE1' });
    await storeInstance(rig.ctx, chunked(file), source);
    await settleStudies(rig.ctx);
    const { studyInstanceUid } = splitPart10(file);
    const found = await call('GET', '/studies?text=ROUTE1');
    expect(found.json()).toMatchObject({ items: [{ studyInstanceUid, instanceCount: 1 }], total: 1 });
    const opened = await call('GET', `/studies/${studyInstanceUid}`);
    expect(opened.json()).toMatchObject({ studyInstanceUid, series: [{ instanceCount: 1 }], history: [] });
    const body = { studyInstanceUid, attributes: { StudyID: '77' }, reason: '登记错误' };
    const edited = await call('POST', '/attributes', body);
    expect(edited.statusCode).toBe(200);
    const hidden = await call('POST', '/hide', { studyInstanceUid, reason: '重复' });
    expect(await findStudy(rig.ctx.db, studyInstanceUid)).toBeNull();
    expect((await call('POST', `/${hidden.json().id}/undo`, {})).statusCode).toBe(404);
    expect((await call('POST', `/${edited.json().id}/undo`, {})).json().code).toBe('archive.edit_superseded');
    expect((await call('POST', `/${hidden.json().id}/restore`, {})).statusCode).toBe(200);
    expect((await call('POST', `/${edited.json().id}/undo`, {})).statusCode).toBe(200);
    expect((await call('GET', '')).json()).toMatchObject({
      total: 2,
      items: [
        { kind: 'delete', undoneBy: expect.stringMatching(/^staff:/) },
        { kind: 'attributes', before: { StudyID: expect.anything() }, after: { StudyID: '77' } },
      ],
    });
    const events = await rig.ctx.db.selectFrom('audit_event').select('event_type').orderBy('seq').execute();
    expect(events.map((row) => row.event_type)).toEqual(
      expect.arrayContaining([
        'study.edit_searched',
        'study.edit_opened',
        'study.edited',
        'study.hidden',
        'study.restored',
        'study.edit_undone',
      ]),
    );
  });

  it('shows a patient masked until it is asked to reveal, which is audited', async () => {
    const file = freshMr({
      PatientName: '王^小明',
      PatientID: '450000198001010012',
      AccessionNumber: 'MASK1',
    });
    await storeInstance(rig.ctx, chunked(file), source);
    await settleStudies(rig.ctx);
    const { studyInstanceUid } = splitPart10(file);
    const masked = await call('GET', `/studies/${studyInstanceUid}`);
    expect(masked.json()).toMatchObject({
      patientName: '王*明',
      patientId: '4500************12',
      attributes: { PatientName: '王*明', AccessionNumber: 'MASK1' },
    });
    const found = (await call('GET', '/studies?text=MASK1')).body;
    const attributes = { PatientName: '李^四' };
    await call('POST', '/attributes', { studyInstanceUid, attributes, reason: '姓名登记错误' });
    const history = (await call('GET', '')).body;
    for (const body of [found, masked.body, history]) expect(body).not.toMatch(/小明|198001010012|李^四/);
    const revealed = await call('POST', `/studies/${studyInstanceUid}/reveal`, {});
    expect(revealed.json()).toMatchObject({ attributes: { PatientName: '李^四' } });
    const { id } = (await call('GET', '')).json().items[0];
    expect((await call('POST', `/${id}/reveal`, {})).json()).toMatchObject({
      before: { PatientName: '王^小明' },
      after: { PatientName: '李^四' },
      madeByName: expect.not.stringMatching(/^staff:/),
    });
    const events = await rig.ctx.db
      .selectFrom('audit_event')
      .select('detail')
      .where('event_type', '=', 'study.identity_revealed')
      .execute();
    expect(events).toHaveLength(2);
  });

  it('previews an edit without making it, and tells how far it has been followed', async () => {
    const file = freshMr({ PatientID: 'PREVIEW-1', AccessionNumber: 'PREV1' });
    await storeInstance(rig.ctx, chunked(file), source);
    await settleStudies(rig.ctx);
    const { studyInstanceUid } = splitPart10(file);
    const ask = { way: 'move', studyInstanceUid, patient: { PatientID: 'PREVIEW-2', PatientName: '赵^六' } };
    const jobs = () => rig.ctx.db.selectFrom('job').select('id').execute();
    const before = (await jobs()).length;
    const preview = await call('POST', '/preview', ask);
    expect(preview.json()).toMatchObject({
      objectCount: 1,
      changes: expect.arrayContaining([{ keyword: 'PatientID', before: 'PREV***-1', after: 'PREVIEW-2' }]),
      studies: [
        {
          studyInstanceUid,
          before: {
            instanceCount: 1,
            linkReason: 'no-order',
            exam: { accessionNumber: 'PREV1', reportCount: 2 },
          },
          after: { instanceCount: 1, exam: { fromOrder: false } },
        },
      ],
    });
    expect((await call('GET', `/studies/${studyInstanceUid}`)).json().history).toEqual([]);
    expect((await jobs()).length).toBe(before);
    expect((await call('POST', '/preview', { way: 'merge', from: studyInstanceUid })).statusCode).toBe(400);
    const hide = { way: 'hide', studyInstanceUid };
    expect((await call('POST', '/preview', hide)).json()).toMatchObject({
      objectCount: 1,
      studies: [{ after: null }],
    });
    const { id } = (await call('POST', '/hide', { studyInstanceUid, reason: '重复' })).json();
    expect((await call('GET', `/${id}`)).json()).toMatchObject({ done: false, studies: [{ hidden: true }] });
    await settleStudies(rig.ctx);
    expect((await call('GET', `/${id}`)).json()).toMatchObject({ done: true, edit: { kind: 'delete' } });
    const undo = await call('POST', '/preview', { way: 'undo', editId: id });
    expect(undo.json()).toMatchObject({
      objectCount: 1,
      studies: [{ before: null, after: { instanceCount: 1 } }],
    });
  });

  it('lists the pictures of a series to choose from', async () => {
    const file = freshMr({ AccessionNumber: 'PICS1' });
    await storeInstance(rig.ctx, chunked(file), source);
    const { studyInstanceUid: study, seriesInstanceUid: series, sopInstanceUid } = splitPart10(file);
    const listed = await call('GET', `/studies/${study}/series/${series}/instances`);
    expect(listed.json()).toMatchObject([{ sopInstanceUid, kind: 'image', frameCount: 1 }]);
    const url = listed.json()[0].thumbnailUrl.replace('/api/study-edits', '');
    expect((await call('GET', url)).json()).toEqual({ study, series, instance: sopInstanceUid });
    expect((await call('GET', url, undefined, 'audit_admin')).statusCode).toBe(403);
  });

  it('is closed to roles without the permission', async () => {
    for (const url of ['', '/studies?text=ROUTE1', '/studies', '/studies/1.2', '/1'])
      expect((await call('GET', url, undefined, 'audit_admin')).statusCode).toBeGreaterThanOrEqual(403);
  });
});
