// The door for ECG files through real HTTP requests, with real rights.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttp, type HttpApp } from '../../../http/index.ts';
import { openTestContext, type TestContext } from '../../../testing/context.ts';
import { createAuthorize } from '../../access/index.ts';
import { staffCookie } from '../../accounts/testing/staff-cookie.ts';
import { corpusAbsent, corpusFile } from '../testing/rig.ts';
import { ecgUploadRoutes } from './upload-ecg.routes.ts';

describe.skipIf(corpusAbsent)('ECG files brought in by hand (needs the corpus of real files)', () => {
  let ctx: TestContext;
  let app: HttpApp;
  const cookies: Record<string, string> = {};

  beforeAll(async () => {
    ctx = await openTestContext();
    for (const role of ['doctor', 'system_admin'] as const) cookies[role] = await staffCookie(ctx, role);
    app = await createHttp(ctx, {
      listener: 'public',
      authorize: createAuthorize(ctx, 'public'),
      plugins: [ecgUploadRoutes(ctx)],
      readiness: async () => ({ reasons: [], notes: [] }),
    });
  });
  afterAll(async () => {
    await app.close();
    await ctx.close();
  });

  const bring = (payload: Buffer, role = 'doctor') =>
    app.inject({
      method: 'POST',
      url: '/api/ecgs',
      headers: {
        cookie: cookies[role] ?? '',
        'sec-fetch-site': 'same-origin',
        'content-type': 'application/octet-stream',
      },
      payload,
    });

  it.each([
    ['SCP-ECG', '../ecg-other/scp/Example.scp'],
    ['aECG', '../ecg-other/aecg/hl7aecg_example.xml'],
  ])('%s is stored as a waveform object once, however often it is brought', async (_, path) => {
    const first = (await bring(corpusFile(path))).json();
    expect(first).toMatchObject({ outcome: 'stored' });
    expect((await bring(corpusFile(path))).json()).toEqual({ ...first, outcome: 'duplicate' });
    const kept = await ctx.db
      .selectFrom('instance')
      .innerJoin('study', 'study.id', 'instance.study_id')
      .select('instance.kind')
      .where('study.study_instance_uid', '=', first.studyInstanceUid)
      .execute();
    expect(kept).toEqual([{ kind: 'waveform' }]);
  });

  it('anything else is refused with the reason, and nothing is kept', async () => {
    expect((await bring(Buffer.from('%PDF-1.7'))).json()).toEqual({
      outcome: 'refused',
      reason: 'neither SCP-ECG nor HL7 aECG',
    });
    const broken = Buffer.from(corpusFile('../ecg-other/scp/Example.scp'));
    broken[20_000] = (broken[20_000] ?? 0) ^ 1;
    const answer = (await bring(broken)).json();
    expect(answer.outcome).toBe('refused');
    expect(answer.reason).toContain('SCP-ECG');
  });

  it('is for those who may, and in the trail', async () => {
    expect((await bring(Buffer.from('x'), 'system_admin')).statusCode).toBeGreaterThanOrEqual(401);
    expect((await bring(Buffer.from('x'), 'nobody')).statusCode).toBe(401);
    const rows = await ctx.db
      .selectFrom('audit_event')
      .select('result')
      .where('event_type', '=', 'archive.ecg_uploaded')
      .where('actor_kind', '=', 'staff')
      .execute();
    expect(rows.filter((row) => row.result === 'ok').length).toBe(4);
    expect(rows.filter((row) => row.result === 'error').length).toBe(2);
  });
});
