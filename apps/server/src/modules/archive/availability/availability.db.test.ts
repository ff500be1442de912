// Instance Availability Notification through real sockets: from the rule of a node to what the node gets, and what we
// keep of the notices of others. Both ends are ours: the sending jobs and the SCP.
import { createDataset, encodeDataset, itemsOf, newUid, setValue, textOf } from '@yunying/dicom';
import { commandField, status } from '@yunying/dimse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { element } from '../../../dimse/dataset-json.ts';
import { ask, littleEndian, openTo } from '../../../dimse/testing/request.ts';
import { openServices, type ServiceRig } from '../../../dimse/testing/service-rig.ts';
import { createHttp } from '../../../http/index.ts';
import { openTestContext, type TestContext } from '../../../testing/context.ts';
import { createAuthorize } from '../../access/index.ts';
import { staffCookie } from '../../accounts/testing/staff-cookie.ts';
import { addNode } from '../../nodes/index.ts';
import { settleStudies } from '../settle-study.ts';
import { storeInstance } from '../store-instance.ts';
import { availabilityRoutes } from './availability.routes.ts';
import { availabilityService } from './availability.scp.ts';
import { listAvailabilityRules, removeAvailabilityRule, setAvailabilityRule } from './availability-rules.ts';
import { availabilitySopClass } from './notice.ts';
import { notifyNode, planNotices } from './notify-availability.ts';
import { selectNotices } from './repo.ts';

const rawClass = '1.2.840.10008.5.1.4.1.1.66';

describe('instance availability', () => {
  let ctx: TestContext;
  let rig: ServiceRig;
  beforeAll(async () => {
    ctx = await openTestContext({ YUNYING_SETTLE_SECONDS: '0' });
    rig = await openServices(ctx, [availabilityService(ctx)]);
  });
  afterAll(async () => {
    await rig.close();
    await ctx.close();
  });

  async function store(studyInstanceUid: string, seriesInstanceUid: string): Promise<string> {
    const sopInstanceUid = newUid();
    const dataset = createDataset();
    setValue(dataset, 'SOPClassUID', rawClass);
    setValue(dataset, 'SOPInstanceUID', sopInstanceUid);
    setValue(dataset, 'StudyInstanceUID', studyInstanceUid);
    setValue(dataset, 'SeriesInstanceUID', seriesInstanceUid);
    setValue(dataset, 'PatientID', 'P1');
    setValue(dataset, 'Modality', 'CT');
    async function* body() {
      yield encodeDataset(dataset, littleEndian);
    }
    const source = { kind: 'dimse', name: 'CT1', institutionId: null, onConflict: 'refuse' } as const;
    const hints = { transferSyntaxUid: littleEndian, sopClassUid: rawClass, sopInstanceUid };
    expect((await storeInstance(ctx, body(), source, hints)).outcome).toBe('stored');
    return sopInstanceUid;
  }
  const studyIdOf = async (uid: string) =>
    (
      await ctx.db
        .selectFrom('study')
        .select('id')
        .where('study_instance_uid', '=', uid)
        .executeTakeFirstOrThrow()
    ).id;
  const signal = () => AbortSignal.timeout(10_000);

  it('tells a node with a rule what is available, once for the same content, again when more came', async () => {
    const [studyUid, seriesUid] = [newUid(), newUid()];
    const node = await addNode(ctx, { kind: 'dicom', name: 'RIS', host: '127.0.0.1', port: rig.port });
    const other = await addNode(ctx, { kind: 'dicom', name: 'MRONLY', host: '127.0.0.1', port: rig.port });
    await setAvailabilityRule(ctx, node.id, []);
    await setAvailabilityRule(ctx, other.id, ['MR']);
    const first = await store(studyUid, seriesUid);
    await settleStudies(ctx);
    const studyId = await studyIdOf(studyUid);
    expect(await planNotices(ctx, studyId)).toEqual({ nodes: [node.id] });
    expect(await notifyNode(ctx, node.id, studyId, signal())).toBe('sent');
    expect(await notifyNode(ctx, node.id, studyId, signal())).toBe('known');
    const second = await store(studyUid, seriesUid);
    expect(await notifyNode(ctx, node.id, studyId, signal())).toBe('sent');

    const received = await selectNotices(ctx.db, 'received', studyUid);
    expect(received.map((row) => row.instance_count)).toEqual([2, 1]);
    const notice = JSON.parse(received[0]?.content ?? '{}');
    const [series] = itemsOf(notice, '00081115');
    expect(textOf(series ?? {}, '0020000E')).toBe(seriesUid);
    const items = itemsOf(series ?? {}, '00081199');
    expect(new Set(items.map((item) => textOf(item, '00081155')))).toEqual(new Set([first, second]));
    expect(items[0]).toMatchObject({
      '00080054': { Value: [ctx.config.aeTitle] },
      '00080056': { Value: ['ONLINE'] },
    });
    expect(await selectNotices(ctx.db, 'sent', studyUid)).toHaveLength(2);
  });

  it('throws while the node is away, so that the job tries again, and stops when the rule is taken back', async () => {
    const studyUid = newUid();
    const node = await addNode(ctx, { kind: 'dicom', name: 'AWAY', host: '127.0.0.1', port: 1 });
    await setAvailabilityRule(ctx, node.id, ['ct']);
    await store(studyUid, newUid());
    await settleStudies(ctx);
    const studyId = await studyIdOf(studyUid);
    await expect(notifyNode(ctx, node.id, studyId, signal())).rejects.toThrow();
    expect(await selectNotices(ctx.db, 'sent', studyUid)).toEqual([]);
    await removeAvailabilityRule(ctx.db, node.id);
    expect(await notifyNode(ctx, node.id, studyId, signal())).toBe('no-rule');
    expect((await listAvailabilityRules(ctx.db)).map((rule) => rule.modalities)).toContainEqual(['MR']);
  });

  it('takes no rule for a node without an address', async () => {
    const node = await addNode(ctx, { kind: 'dicom', name: 'CALLER' });
    await expect(setAvailabilityRule(ctx, node.id, [])).rejects.toThrow(/host and port/);
  });

  it('is ruled from the console, by those who may change nodes', async () => {
    const cookies: Record<string, string> = {};
    for (const role of ['system_admin', 'audit_admin'] as const) {
      cookies[role] = await staffCookie(ctx, role);
    }
    const app = await createHttp(ctx, {
      listener: 'admin',
      authorize: createAuthorize(ctx, 'admin'),
      plugins: [availabilityRoutes(ctx)],
      readiness: async () => ({ reasons: [], notes: [] }),
    });
    const call = (method: 'GET' | 'PUT' | 'DELETE', url: string, payload?: object, role = 'system_admin') =>
      app.inject({
        method,
        url: `/api${url}`,
        headers: { cookie: cookies[role] ?? '', 'sec-fetch-site': 'same-origin' },
        ...(payload === undefined ? {} : { payload }),
      });
    const node = await addNode(ctx, { kind: 'dicom', name: 'HIS', host: '127.0.0.1', port: rig.port });
    const url = `/nodes/${node.id}/availability-rule`;
    expect((await call('PUT', url, { modalities: ['ct', 'mr'] })).json()).toEqual({
      nodeId: node.id,
      modalities: ['CT', 'MR'],
    });
    expect((await call('PUT', url, { modalities: ['not one'] })).statusCode).toBe(400);
    expect((await call('PUT', url, { modalities: [] }, 'audit_admin')).statusCode).toBe(403);
    expect((await call('GET', '/availability-rules')).json()).toContainEqual({
      nodeId: node.id,
      nodeName: 'HIS',
      modalities: ['CT', 'MR'],
      lastSentAt: null,
    });
    expect((await call('DELETE', url)).statusCode).toBe(204);
    const events = await ctx.db.selectFrom('audit_event').select('event_type').execute();
    expect(events.map((one) => one.event_type)).toEqual(
      expect.arrayContaining(['node.availability_rule_set', 'node.availability_rule_removed']),
    );
    await app.close();
  });

  it('answers a notice twice under one UID with 0111, and one that lacks what it must have with 0120', async () => {
    const association = await openTo(rig.port, availabilitySopClass);
    const uid = newUid();
    const fields = {
      commandField: commandField.nCreateRq,
      affectedSopClassUid: availabilitySopClass,
      affectedSopInstanceUid: uid,
    };
    const item = {
      '00080056': element('CS', 'NEARLINE'),
      '00081150': element('UI', rawClass),
      '00081155': element('UI', newUid()),
    };
    const series = { '0020000E': element('UI', newUid()), '00081199': element('SQ', item) };
    const notice = { '0020000D': element('UI', newUid()), '00081115': element('SQ', series) };
    expect((await ask(association, fields, notice)).status).toBe(status.success);
    expect((await ask(association, fields, notice)).status).toBe(status.duplicateSopInstance);
    const { '0020000D': _study, ...nameless } = notice;
    expect((await ask(association, fields, nameless)).status).toBe(status.missingAttribute);
    await association.release();
  });
});
