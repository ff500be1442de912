// Storage commitment through real sockets, both roles: our own SCU and SCP as peers, and Orthanc in both directions.
import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createDataset,
  type DicomJson,
  encodeDataset,
  itemsOf,
  newUid,
  setValue,
  textOf,
} from '@yunying/dicom';
import {
  answerContexts,
  commandField,
  createScp,
  type RoleSelection,
  type Scp,
  status,
} from '@yunying/dimse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { element, readJson } from '../../../dimse/dataset-json.ts';
import { ask, littleEndian, openTo } from '../../../dimse/testing/request.ts';
import { openServices, type ServiceRig } from '../../../dimse/testing/service-rig.ts';
import { openTestContext, type TestContext } from '../../../testing/context.ts';
import { addNode, findDicomNode } from '../../nodes/index.ts';
import { storeInstance } from '../store-instance.ts';
import { commitmentService } from './commitment.scp.ts';
import { commitmentSopClass, commitmentSopInstance, requestJson, type SopReference } from './references.ts';
import { reportToNode } from './report-commitment.ts';
import { askCommitment, endCommitment, getCommitment, requestCommitment } from './request-commitment.ts';

const rawClass = '1.2.840.10008.5.1.4.1.1.66';
const noOrthanc = !existsSync('/usr/sbin/Orthanc');

async function store(ctx: TestContext): Promise<SopReference> {
  const sopInstanceUid = newUid();
  const dataset = createDataset();
  setValue(dataset, 'SOPClassUID', rawClass);
  setValue(dataset, 'SOPInstanceUID', sopInstanceUid);
  setValue(dataset, 'StudyInstanceUID', newUid());
  setValue(dataset, 'SeriesInstanceUID', newUid());
  setValue(dataset, 'PatientID', 'P1');
  setValue(dataset, 'Modality', 'OT');
  const bytes = encodeDataset(dataset, littleEndian);
  const source = { kind: 'dimse', name: 'CT1', institutionId: null, onConflict: 'refuse' } as const;
  const hints = { transferSyntaxUid: littleEndian, sopClassUid: rawClass, sopInstanceUid };
  async function* body() {
    yield bytes;
  }
  const outcome = await storeInstance(ctx, body(), source, hints);
  expect(outcome.outcome).toBe('stored');
  return { sopClassUid: rawClass, sopInstanceUid };
}

/** Cuts the newest file of the store, as a bad disk would. */
async function damage(ctx: TestContext, { sopInstanceUid }: SopReference): Promise<void> {
  const { key } = await ctx.db
    .selectFrom('instance')
    .innerJoin('blob_copy', 'blob_copy.blob_id', 'instance.blob_id')
    .select('blob_copy.key')
    .where('sop_instance_uid', '=', sopInstanceUid)
    .executeTakeFirstOrThrow();
  const name = key.split('/').at(-1) ?? key;
  const found = readdirSync(join(ctx.folder, 'blobs'), { recursive: true, withFileTypes: true }).find(
    (entry) => entry.isFile() && entry.name.startsWith(name),
  );
  truncateSync(join(found?.parentPath ?? '', found?.name ?? ''), 40);
}

const actionFields = {
  commandField: commandField.nActionRq,
  requestedSopClassUid: commitmentSopClass,
  requestedSopInstanceUid: commitmentSopInstance,
  actionTypeId: 1,
};

type Event = { eventTypeId: number | undefined; json: DicomJson; roles: readonly RoleSelection[] };

/** What a report says: committed UIDs, and reason by UID. */
function read({ json }: Event) {
  return {
    transactionUid: textOf(json, '00081195'),
    committed: itemsOf(json, '00081199').map((item) => textOf(item, '00081155')),
    failed: Object.fromEntries(
      itemsOf(json, '00081198').map((item) => [textOf(item, '00081155'), Number(textOf(item, '00081197'))]),
    ),
  };
}

describe('storage commitment', () => {
  let ctx: TestContext;
  let rig: ServiceRig;
  beforeAll(async () => {
    ctx = await openTestContext();
    rig = await openServices(ctx, [commitmentService(ctx)]);
  });
  afterAll(async () => {
    await rig.close();
    await ctx.close();
  });
  const rowOf = (transactionUid: string) =>
    ctx.db.selectFrom('commitment').selectAll().where('transaction_uid', '=', transactionUid).execute();

  /** Asks as a modality that keeps its association open until the event has come. */
  async function askAndWait(
    instances: readonly SopReference[],
    transactionUid = newUid(),
    callingAe = 'CT1',
  ) {
    const event = Promise.withResolvers<Event>();
    const association = await openTo(rig.port, commitmentSopClass, {
      callingAe,
      services: {
        [commandField.nEventReportRq]: async (exchange) => {
          const { json } = await readJson(exchange.dataset, exchange.context.transferSyntax);
          await exchange.respond({ status: status.success });
          event.resolve({ eventTypeId: exchange.command.eventTypeId, json, roles: [] });
        },
      },
    });
    const answer = await ask(association, actionFields, requestJson(transactionUid, instances));
    expect(answer.status).toBe(status.success);
    const got = await event.promise;
    await association.whenIdle();
    await association.release();
    return got;
  }

  async function askAndLeave(instances: readonly SopReference[], transactionUid: string, callingAe: string) {
    const association = await openTo(rig.port, commitmentSopClass, { callingAe });
    const answer = await ask(association, actionFields, requestJson(transactionUid, instances));
    await association.release();
    expect(answer.status).toBe(status.success);
    const [row] = await rowOf(transactionUid);
    return row?.id ?? '';
  }

  /** A modality that listens: takes events, and says what roles were proposed. */
  async function openModality(
    answer: number = status.success,
  ): Promise<{ scp: Scp; port: number; events: Event[] }> {
    const events: Event[] = [];
    let roles: readonly RoleSelection[] = [];
    const scp = createScp({
      negotiate: (request) => {
        roles = request.userInformation.roles;
        return {
          accept: {
            contexts: answerContexts(request, (context) => context.transferSyntaxes[0] ?? ''),
            roles,
          },
        };
      },
      services: {
        [commandField.nEventReportRq]: async (exchange) => {
          const { json } = await readJson(exchange.dataset, exchange.context.transferSyntax);
          events.push({ eventTypeId: exchange.command.eventTypeId, json, roles });
          await exchange.respond({ status: answer });
        },
      },
    });
    await scp.listen('127.0.0.1', 0);
    return { scp, port: scp.address().port, events };
  }

  it('reports on the same association what is safe, all of it', async () => {
    const instances = [await store(ctx), await store(ctx)];
    const transactionUid = newUid();
    const event = await askAndWait(instances, transactionUid);
    expect(event.eventTypeId).toBe(1);
    expect(read(event)).toEqual({
      transactionUid,
      committed: instances.map((one) => one.sopInstanceUid),
      failed: {},
    });
    expect(textOf(event.json, '00080054')).toBe(ctx.config.aeTitle);
    const row = await until(
      async () => (await rowOf(transactionUid)).find(({ state }) => state === 'reported'),
      'the row to say so',
    );
    expect(row).toMatchObject({ failed_count: 0, instance_count: 2 });
  });

  it('tells an unknown instance, another class and damaged bytes apart, and commits the rest', async () => {
    const [good, other, broken] = [await store(ctx), await store(ctx), await store(ctx)];
    const unknown = newUid();
    await damage(ctx, broken);
    const event = await askAndWait([
      good,
      { ...other, sopClassUid: '1.2.840.10008.5.1.4.1.1.2' },
      broken,
      { sopClassUid: rawClass, sopInstanceUid: unknown },
    ]);
    expect(event.eventTypeId).toBe(2);
    expect(read(event)).toMatchObject({
      committed: [good.sopInstanceUid],
      failed: {
        [unknown]: 0x0112,
        [other.sopInstanceUid]: 0x0119,
        [broken.sopInstanceUid]: 0x0110,
      },
    });
  });

  it('does not commit to what was deleted here', async () => {
    const [kept, deleted] = [await store(ctx), await store(ctx)];
    await ctx.db
      .updateTable('instance')
      .set({ hidden_at: new Date(), hidden_reason: 'deleted' })
      .where('sop_instance_uid', '=', deleted.sopInstanceUid)
      .execute();
    expect(read(await askAndWait([kept, deleted]))).toMatchObject({
      committed: [kept.sopInstanceUid],
      failed: { [deleted.sopInstanceUid]: 0x0112 },
    });
  });

  it('answers the same request again, and another one under its transaction with 0131', async () => {
    const instance = await store(ctx);
    const transactionUid = newUid();
    await askAndWait([instance], transactionUid);
    expect((await askAndWait([instance], transactionUid)).eventTypeId).toBe(1);
    const other = await store(ctx);
    expect(read(await askAndWait([other], transactionUid)).failed).toEqual({
      [other.sopInstanceUid]: 0x0131,
    });
    expect((await askAndWait([other], transactionUid, 'MR1')).eventTypeId).toBe(1); // of another AE: another one
  });

  it('reports to the node on a new association, as SCP by role selection, when the peer has left; tries until it can', async () => {
    const modality = await openModality();
    await addNode(ctx, {
      kind: 'dicom',
      name: 'CT2',
      host: '127.0.0.1',
      port: modality.port,
      may: ['commit'],
    });
    const instance = await store(ctx);
    const transactionUid = newUid();
    await modality.scp.close();
    const id = await askAndLeave([instance], transactionUid, 'CT2');
    await expect(reportToNode(ctx, id, AbortSignal.timeout(5000))).rejects.toThrow();
    expect((await rowOf(transactionUid))[0]).toMatchObject({ state: 'waiting', leased_until: null });
    const again = await openModality();
    await addNode(ctx, { kind: 'dicom', name: 'CT2', host: '127.0.0.1', port: again.port, may: ['commit'] });
    await reportToNode(ctx, id, AbortSignal.timeout(5000));
    await reportToNode(ctx, id, AbortSignal.timeout(5000)); // a job that runs twice reports once
    expect(again.events).toHaveLength(1);
    const [event] = again.events;
    expect(event?.roles).toEqual([{ sopClassUid: commitmentSopClass, scu: false, scp: true }]);
    expect(event === undefined ? null : read(event).committed).toEqual([instance.sopInstanceUid]);
    expect((await rowOf(transactionUid))[0]).toMatchObject({ state: 'reported' });
    const [job] = await ctx.db
      .selectFrom('job')
      .select(['name', 'state'])
      .where('dedupe_key', '=', id)
      .execute();
    expect(job).toMatchObject({ name: 'archive.report_commitment', state: 'queued' });
    await again.scp.close();
  });

  it('does not count a report that the peer refuses', async () => {
    const modality = await openModality(status.processingFailure);
    await addNode(ctx, {
      kind: 'dicom',
      name: 'CT3',
      host: '127.0.0.1',
      port: modality.port,
      may: ['commit'],
    });
    const transactionUid = newUid();
    const id = await askAndLeave([await store(ctx)], transactionUid, 'CT3');
    await expect(reportToNode(ctx, id, AbortSignal.timeout(5000))).rejects.toThrow(/did not answer/);
    expect((await rowOf(transactionUid))[0]).toMatchObject({ state: 'waiting', error: 'nodes.no_answer' });
    await modality.scp.close();
  });

  it('says undeliverable when nobody knows where the peer listens', async () => {
    const transactionUid = newUid();
    const id = await askAndLeave([await store(ctx)], transactionUid, 'NOWHERE');
    await expect(reportToNode(ctx, id, AbortSignal.timeout(5000))).rejects.toThrow(/host and port/);
    expect((await rowOf(transactionUid))[0]).toMatchObject({ state: 'undeliverable', error: 'no-address' });
  });

  it('refuses requests that say nothing or do not fit', async () => {
    const association = await openTo(rig.port, commitmentSopClass);
    const request = requestJson(newUid(), [{ sopClassUid: rawClass, sopInstanceUid: newUid() }]);
    const answer = async (fields: object, json: DicomJson) =>
      (await ask(association, { ...actionFields, ...fields }, json)).status;
    expect(await answer({ actionTypeId: 2 }, request)).toBe(status.noSuchActionType);
    expect(await answer({ requestedSopInstanceUid: newUid() }, request)).toBe(status.noSuchObjectInstance);
    expect(await answer({}, requestJson(newUid(), []))).toBe(status.missingAttributeValue);
    expect(await answer({}, { ...request, '00081195': element('UI') })).toBe(status.missingAttribute);
    expect(await answer({}, requestJson(newUid(), [{ sopClassUid: 'x', sopInstanceUid: '1' }]))).toBe(
      status.invalidAttributeValue,
    );
    await association.release();
  });

  it('asks a node for commitment and keeps its answer', async () => {
    const node = await addNode(ctx, {
      kind: 'dicom',
      name: 'REMOTE',
      host: '127.0.0.1',
      port: rig.port,
      may: ['commit'],
    });
    const good = await store(ctx);
    const unknown = { sopClassUid: rawClass, sopInstanceUid: newUid() };
    const { commitmentId, transactionUid } = await requestCommitment(ctx, node, [good, unknown]);
    expect(await getCommitment(ctx.db, transactionUid)).toMatchObject({ state: 'waiting' });
    await askCommitment(ctx, commitmentId, AbortSignal.timeout(15_000));
    expect(await getCommitment(ctx.db, transactionUid)).toEqual({
      state: 'answered',
      instanceCount: 2,
      failures: [{ sopInstanceUid: unknown.sopInstanceUid, reason: 0x0112 }],
    });
    const news = await ctx.db
      .selectFrom('outbox_event')
      .select('payload')
      .where('topic', '=', 'archive.commitment_answered')
      .execute();
    expect(news.map(({ payload }) => JSON.parse(payload))).toContainEqual({
      transactionUid,
      state: 'answered',
    });
  });

  it('takes an answer only from the node that was asked, and counts what it does not name as failed', async () => {
    const node = await addNode(ctx, {
      kind: 'dicom',
      name: 'LATER',
      host: '127.0.0.1',
      port: 1,
      may: ['commit'],
    });
    const [named, silent] = [await store(ctx), await store(ctx)];
    const { transactionUid, commitmentId } = await requestCommitment(ctx, node, [named, silent]);
    await expect(askCommitment(ctx, commitmentId, AbortSignal.timeout(5000))).rejects.toThrow();
    const report = async (callingAe: string, uid: string) => {
      const association = await openTo(rig.port, commitmentSopClass, {
        callingAe,
        roles: [{ sopClassUid: commitmentSopClass, scu: false, scp: true }],
      });
      const fields = {
        commandField: commandField.nEventReportRq,
        affectedSopClassUid: commitmentSopClass,
        affectedSopInstanceUid: commitmentSopInstance,
        eventTypeId: 1,
      };
      const answer = await ask(association, fields, requestJson(uid, [named]));
      await association.release();
      return answer.status;
    };
    expect(await report('STRANGER', transactionUid)).toBe(status.processingFailure);
    expect(await report('LATER', newUid())).toBe(status.processingFailure);
    expect(await report('LATER', transactionUid)).toBe(status.success);
    expect(await report('LATER', transactionUid)).toBe(status.success); // again: nothing changes
    expect(await getCommitment(ctx.db, transactionUid)).toMatchObject({
      state: 'answered',
      failures: [{ sopInstanceUid: silent.sopInstanceUid, reason: 0x0110 }],
    });
    await endCommitment(ctx, commitmentId, 'overdue');
    expect(await getCommitment(ctx.db, transactionUid)).toMatchObject({ state: 'answered' });
  });

  describe.skipIf(noOrthanc)('with Orthanc (needs Orthanc)', () => {
    let orthanc: { child: ChildProcess; http: string; dicom: number; folder: string };
    beforeAll(async () => {
      orthanc = await startOrthanc(rig.port);
      await addNode(ctx, {
        kind: 'dicom',
        name: 'ORTHANC',
        host: '127.0.0.1',
        port: orthanc.dicom,
        may: ['commit'],
      });
    }, 60_000);
    afterAll(() => {
      orthanc.child.kill('SIGTERM');
      rmSync(orthanc.folder, { recursive: true, force: true });
    });

    it('answers a request of Orthanc, which believes it', async () => {
      const [good, unknown] = [await store(ctx), { sopClassUid: rawClass, sopInstanceUid: newUid() }];
      for (const [instances, outcome] of [
        [[good], 'Success'],
        [[good, unknown], 'Failure'],
      ] as const) {
        const response = await fetch(`${orthanc.http}/modalities/yunying/storage-commitment`, {
          method: 'POST',
          body: JSON.stringify({
            DicomInstances: instances.map((one) => [one.sopClassUid, one.sopInstanceUid]),
          }),
        });
        const { ID: transactionId, Path: path } = (await response.json()) as { ID: string; Path: string };
        const row = await until(async () => (await rowOf(transactionId))[0], 'the request of Orthanc');
        if (row.state === 'waiting')
          await reportToNode(ctx, row.id, AbortSignal.timeout(10_000)).catch(() => {});
        const told = await until(async () => {
          const answer = (await (await fetch(orthanc.http + path)).json()) as {
            Status: string;
            Failures?: unknown;
          };
          return answer.Status === 'Pending' ? undefined : answer;
        }, 'the report to arrive');
        expect(told.Status).toBe(outcome);
      }
    }, 60_000);

    it('asks Orthanc, which answers on an association of its own', async () => {
      const node = await findDicomNode(ctx.db, 'ORTHANC', null);
      if (node === null || node === 'disabled') throw new Error('no node');
      const unknown = { sopClassUid: rawClass, sopInstanceUid: newUid() };
      const { commitmentId, transactionUid } = await requestCommitment(ctx, node, [unknown]);
      await askCommitment(ctx, commitmentId, AbortSignal.timeout(30_000));
      const answer = await until(async () => {
        const known = await getCommitment(ctx.db, transactionUid);
        return known?.state === 'answered' ? known : undefined;
      }, 'Orthanc to report');
      expect(answer.failures).toEqual([{ sopInstanceUid: unknown.sopInstanceUid, reason: 0x0112 }]);
    }, 60_000);
  });
});

async function until<T>(look: () => Promise<T | undefined>, what: string): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`gave up waiting: ${what}`);
}

async function startOrthanc(ourPort: number) {
  const folder = mkdtempSync(join(tmpdir(), 'yunying-orthanc-'));
  mkdirSync(join(folder, 'db'));
  const base = 20_000 + (process.pid % 10_000) * 2;
  const settings = {
    Name: 'peer',
    StorageDirectory: join(folder, 'db'),
    IndexDirectory: join(folder, 'db'),
    Plugins: [],
    HttpPort: base,
    DicomPort: base + 1,
    DicomAet: 'ORTHANC',
    AuthenticationEnabled: false,
    RemoteAccessAllowed: false,
    DicomModalities: {
      yunying: { AET: 'YUNYING', Host: '127.0.0.1', Port: ourPort, AllowStorageCommitment: true },
    },
  };
  writeFileSync(join(folder, 'orthanc.json'), JSON.stringify(settings));
  const child = spawn('Orthanc', [join(folder, 'orthanc.json')], {
    stdio: 'ignore',
    env: { ...process.env, TCP_NODELAY: '1' },
  });
  const http = `http://127.0.0.1:${base}`;
  await until(async () => {
    const response = await fetch(`${http}/system`).catch(() => undefined);
    return response?.ok === true ? true : undefined;
  }, 'Orthanc to start');
  return { child, http, dicom: base + 1, folder };
}
