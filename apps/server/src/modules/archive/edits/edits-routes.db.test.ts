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
      plugins: [studyEditRoutes(rig.ctx)],
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
    expect(found.json()).toMatchObject([{ studyInstanceUid, series: [{ instanceCount: 1 }], history: [] }]);
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
        'study.edit_opened',
        'study.edited',
        'study.hidden',
        'study.restored',
        'study.edit_undone',
      ]),
    );
  });

  it('is closed to roles without the permission', async () => {
    for (const url of ['', '/studies?text=ROUTE1'])
      expect((await call('GET', url, undefined, 'audit_admin')).statusCode).toBeGreaterThanOrEqual(403);
  });
});
