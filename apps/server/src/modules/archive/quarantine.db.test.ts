import { newUid } from '@yunying/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttp, type HttpApp } from '../../http/index.ts';
import { createAuthorize } from '../access/index.ts';
import { staffCookie } from '../accounts/testing/staff-cookie.ts';
import { quarantineRoutes } from './quarantine.routes.ts';
import { settleStudies } from './settle-study.ts';
import { storeInstance } from './store-instance.ts';
import { chunked, corpusAbsent, freshMr, openRig, type Rig, sha256 } from './testing/rig.ts';

const source = { kind: 'stow', name: 'test', institutionId: null, onConflict: 'refuse' } as const;
type Page = {
  items: { id: string; reasonCode: string; reason: string }[];
  nextCursor: string | null;
  total: number;
};

describe.skipIf(corpusAbsent)('what was kept aside (needs the corpus of real files)', () => {
  let rig: Rig;
  let app: HttpApp;
  let cookie: string;
  beforeAll(async () => {
    rig = await openRig();
    cookie = await staffCookie(rig.ctx, 'system_admin');
    app = await createHttp(rig.ctx, {
      listener: 'admin',
      authorize: createAuthorize(rig.ctx, 'admin'),
      plugins: [quarantineRoutes(rig.ctx)],
      readiness: async () => ({ reasons: [], notes: [] }),
    });
  });
  afterAll(async () => {
    await app.close();
    await rig.close();
  });
  const call = (method: 'GET' | 'POST', url: string) =>
    app.inject({ method, url: `/api${url}`, headers: { cookie, 'sec-fetch-site': 'same-origin' } });
  const store = (bytes: Uint8Array) => storeInstance(rig.ctx, chunked(bytes), source);

  it('lists entries newest first, page by page, and gives their bytes with an audit row', async () => {
    const cut = freshMr().subarray(0, 3000);
    await store(cut);
    await store(Buffer.from('no picture at all'.repeat(20)));
    const first = (await call('GET', '/quarantine?limit=1')).json<Page>();
    expect(first).toMatchObject({
      total: 2,
      items: [{ reasonCode: 'not-dicom', reason: expect.stringMatching(/^不是 DICOM/) }],
    });
    const second = (await call('GET', `/quarantine?limit=1&cursor=${first.nextCursor}`)).json<Page>();
    expect(second).toMatchObject({ items: [{ reasonCode: 'truncated' }], nextCursor: null });
    const content = await call('GET', `/quarantine/${second.items[0]?.id}/content`);
    expect(sha256(content.rawPayload)).toBe(sha256(cut));
    const rows = await rig.ctx.db
      .selectFrom('audit_event')
      .selectAll()
      .where('event_type', '=', 'quarantine.content_downloaded')
      .execute();
    expect(rows).toHaveLength(1);
  });

  it('stores an entry when a retry succeeds, and keeps it open when it does not', async () => {
    const uids = { SOPInstanceUID: newUid(), SeriesInstanceUID: newUid(), StudyInstanceUID: newUid() };
    await store(freshMr(uids));
    const outcome = await store(freshMr({ ...uids, PatientID: 'X' }));
    if (outcome.outcome !== 'conflict') throw new Error(outcome.outcome);
    const url = `/quarantine/${outcome.quarantineId}`;
    expect((await call('POST', `${url}/retry`)).json()).toEqual({
      outcome: 'conflict',
      reasonCode: 'instance-conflict',
    });
    await rig.ctx.db.deleteFrom('instance').where('sop_instance_uid', '=', uids.SOPInstanceUID).execute();
    expect((await call('POST', `${url}/retry`)).json()).toEqual({ outcome: 'stored', reasonCode: null });
    expect((await call('POST', `${url}/retry`)).statusCode).toBe(409);
  });

  it('dismisses an entry once', async () => {
    const { items } = (await call('GET', '/quarantine')).json<Page>();
    const id = items[0]?.id;
    expect((await call('POST', `/quarantine/${id}/dismiss`)).statusCode).toBe(200);
    expect((await call('POST', `/quarantine/${id}/dismiss`)).statusCode).toBe(409);
    expect((await call('POST', '/quarantine/1/dismiss')).statusCode).toBe(404);
  });

  it('lists studies that belong to no order', async () => {
    await store(freshMr({ PatientID: 'NOBODY', AccessionNumber: 'A-NOBODY' }));
    await settleStudies(rig.ctx);
    const page = (await call('GET', '/unlinked')).json<Page>();
    expect(page.items).toContainEqual(
      expect.objectContaining({ kind: 'study', patientId: 'NOBODY', reason: 'no-order' }),
    );
    expect(page.total).toBeGreaterThan(0);
  });

  it('gives nothing to strangers', async () => {
    for (const url of ['/quarantine', '/quarantine/1/content', '/unlinked']) {
      expect((await app.inject({ method: 'GET', url: `/api${url}` })).statusCode).toBe(401);
    }
    for (const act of ['retry', 'dismiss']) {
      expect((await app.inject({ method: 'POST', url: `/api/quarantine/1/${act}` })).statusCode).toBe(401);
    }
  });
});
