// Sends, rules and pulls against real peers: a receiver of our own for failures, Orthanc in both directions.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodecPool } from '@yunying/codec';
import { newUid } from '@yunying/dicom';
import { answerContexts, commandField, connect, createScp, cStoreService, type Scp } from '@yunying/dimse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../context.ts';
import { freePort } from '../../db/free-port.ts';
import { createDimseDoor } from '../../dimse/dimse-door.ts';
import type { JobRun } from '../../jobs/index.ts';
import { silentLogger } from '../../log/index.ts';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { findObjects, retrieveService, storeInstance, storeService } from '../archive/index.ts';
import { chunked, corpusAbsent, freshMr, splitPart10 } from '../archive/testing/rig.ts';
import { addNode, type NodeRow } from '../nodes/index.ts';
import { applyRules } from './apply-rules.ts';
import { performSend } from './perform-send.ts';
import { performPull, resumePull, startPull, stopPull } from './pull.ts';
import * as repo from './repo.ts';
import * as pulls from './repo-pull.ts';
import { saveRule } from './routing-rules.ts';
import { cancelSend, retrySend, sendInstances, sendStudy } from './send-study.ts';

const noOrthanc = !existsSync('/usr/sbin/Orthanc');
const source = { kind: 'dimse', name: 'MR01', institutionId: null, onConflict: 'refuse' } as const;

describe.skipIf(corpusAbsent)('routing (needs the corpus of real files)', () => {
  let test: TestContext;
  let ctx: Context;
  let door: { port: number; stop(limitMs: number): Promise<void> };
  const receivers: Scp[] = [];

  beforeAll(async () => {
    test = await openTestContext();
    ctx = { ...test, codec: new CodecPool({ size: 1 }) };
    const opened = await createDimseDoor(ctx, [storeService(ctx), retrieveService(ctx)]).start();
    door = { port: portOf(opened.address), stop: (limitMs) => opened.stop(limitMs) };
  });
  afterAll(async () => {
    for (const receiver of receivers) await receiver.close({ drainMs: 500 });
    await door.stop(2_000);
    await ctx.codec.close();
    await test.close();
  });

  function jobRun(attempt = 1, signal: AbortSignal = new AbortController().signal): JobRun {
    const progress = async () => {};
    return {
      id: '1',
      name: 'test',
      key: null,
      payload: {},
      attempt,
      maxAttempts: 3,
      signal,
      log: silentLogger,
      progress,
    };
  }

  async function newStudy(count: number): Promise<{ uid: string; id: string; objects: string[] }> {
    const uid = newUid();
    const series = newUid();
    const objects: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const file = freshMr({
        StudyInstanceUID: uid,
        SeriesInstanceUID: series,
        StudyDate: '20260102',
        PatientID: 'PULL-1',
      });
      await storeInstance(ctx, chunked(file), source);
      objects.push(splitPart10(file).sopInstanceUid);
    }
    const row = await ctx.db
      .selectFrom('study')
      .select('id')
      .where('study_instance_uid', '=', uid)
      .executeTakeFirstOrThrow();
    return { uid, id: row.id, objects };
  }

  /** A receiver that answers as told and remembers what it took. */
  async function openReceiver(
    name: string,
    answer: (sopInstanceUid: string, nth: number) => number | Promise<number>,
  ) {
    const taken: string[] = [];
    let calls = 0;
    const scp = createScp({
      negotiate: (request) => ({
        accept: { contexts: answerContexts(request, (context) => context.transferSyntaxes[0] ?? '') },
      }),
      services: {
        [commandField.cStoreRq]: cStoreService(async (request) => {
          for await (const _ of request.dataset);
          calls += 1;
          const status = await answer(request.sopInstanceUid, calls);
          if (status === 0) taken.push(request.sopInstanceUid);
          return { status };
        }),
      },
    });
    await scp.listen('127.0.0.1', 0);
    receivers.push(scp);
    const node = await addNode(ctx, {
      kind: 'dicom',
      name,
      host: '127.0.0.1',
      port: scp.address().port,
      may: ['send'],
    });
    return { node, taken };
  }

  it('sends a study, and after a failure only what is missing', async () => {
    const study = await newStudy(5);
    const { node, taken } = await openReceiver('FLAKY', (_uid, nth) => (nth === 2 || nth === 4 ? 0xa700 : 0));
    const send = await sendStudy(ctx, node, study.uid, { origin: 'staff' });
    await expect(performSend(ctx, jobRun(1), send.id)).rejects.toThrow('routing.incomplete');
    expect(await repo.selectSend(ctx.db, send.id)).toMatchObject({
      state: 'waiting',
      sent_count: 3,
      failed_count: 2,
    });
    await performSend(ctx, jobRun(2), send.id);
    expect(taken.sort()).toEqual([...study.objects].sort());
    expect(await repo.selectSend(ctx.db, send.id)).toMatchObject({
      state: 'sent',
      attempts: 2,
      instance_count: 5,
      sent_count: 5,
      failed_count: 0,
      last_error: null,
    });
    const jobs = await ctx.db
      .selectFrom('job')
      .selectAll()
      .where('name', '=', 'routing.send_study')
      .execute();
    expect(jobs).toHaveLength(1);
  });

  it('gives up at once when the node will never take the objects, and tries again when asked', async () => {
    const study = await newStudy(2);
    let refuses = true;
    const { node, taken } = await openReceiver('PICKY', () => (refuses ? 0xa900 : 0));
    const send = await sendStudy(ctx, node, study.uid, { origin: 'staff' });
    await expect(performSend(ctx, jobRun(1), send.id)).rejects.toThrow('routing.refused');
    expect(await repo.selectSend(ctx.db, send.id)).toMatchObject({ state: 'failed', failed_count: 2 });
    refuses = false;
    await retrySend(ctx, send.id);
    await performSend(ctx, jobRun(1), send.id);
    expect(taken).toHaveLength(2);
  });

  it('keeps the reason when the node is away, and sends chosen instances only', async () => {
    const study = await newStudy(3);
    const away = await addNode(ctx, {
      kind: 'dicom',
      name: 'AWAY',
      host: '127.0.0.1',
      port: 1,
      may: ['send'],
    });
    const send = await sendStudy(ctx, away, study.uid, { origin: 'staff' });
    await expect(performSend(ctx, jobRun(3), send.id)).rejects.toThrow('routing.incomplete');
    const row = await repo.selectSend(ctx.db, send.id);
    expect(row).toMatchObject({ state: 'failed', sent_count: 0 });
    expect(row?.last_error).toMatch(/connect/);
    const { node, taken } = await openReceiver('CHOSEN', () => 0);
    const one = study.objects[1] ?? '';
    const chosen = await sendInstances(ctx, node, study.uid, [one], { origin: 'staff' });
    await performSend(ctx, jobRun(), chosen.id);
    expect(taken).toEqual([one]);
    const closed = await addNode(ctx, {
      kind: 'dicom',
      name: 'CLOSED',
      host: '127.0.0.1',
      port: 1,
      may: ['store'],
    });
    await expect(sendStudy(ctx, closed, study.uid, { origin: 'staff' })).rejects.toThrow(
      'routing.not_a_receiver',
    );
  });

  it('takes a send back: what waits is not sent, what is under way stops between two objects', async () => {
    const study = await newStudy(3);
    const { node, taken } = await openReceiver('TAKENBACK', () => 0);
    const waiting = await sendStudy(ctx, node, study.uid, { origin: 'staff' });
    expect(await cancelSend(ctx, waiting.id)).toMatchObject({ state: 'cancelled' });
    await performSend(ctx, jobRun(), waiting.id);
    expect(taken).toEqual([]);
    await expect(cancelSend(ctx, waiting.id)).rejects.toThrow('routing.send_ended');

    const long = await newStudy(40);
    const asked: { id: string } = { id: '' };
    const slow = await openReceiver('SLOW', async (_uid, nth) => {
      if (nth === 1) await cancelSend(ctx, asked.id);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return 0;
    });
    const underWay = await sendStudy(ctx, slow.node, long.uid, { origin: 'staff' });
    asked.id = underWay.id;
    await performSend(ctx, jobRun(), underWay.id);
    const row = await repo.selectSend(ctx.db, underWay.id);
    expect(row).toMatchObject({ state: 'cancelled', last_error: null, sent_count: slow.taken.length });
    expect(slow.taken.length).toBeLessThan(40);
    await retrySend(ctx, underWay.id);
    await performSend(ctx, jobRun(), underWay.id);
    expect(await repo.selectSend(ctx.db, underWay.id)).toMatchObject({ state: 'sent', sent_count: 40 });
  }, 30_000);

  it('applies the rules that mean a settled study', async () => {
    const study = await newStudy(2);
    const { node } = await openReceiver('RULED', () => 0);
    const rule = {
      name: 'MR 备份',
      nodeId: node.id,
      enabled: true,
      priority: 5,
      modalities: ['MR'],
      sourceAeTitles: ['MR01'],
      institutionId: null,
      departmentId: null,
      sopClassUids: [],
      wantsCommitment: false,
    };
    await saveRule(ctx, null, rule);
    await saveRule(ctx, null, { ...rule, name: 'CT', modalities: ['CT'] });
    await saveRule(ctx, null, { ...rule, name: 'off', enabled: false });
    expect(await applyRules(ctx, study.id)).toBe(1);
    expect(await applyRules(ctx, study.id)).toBe(1);
    const { items } = {
      items: await repo.selectSends(ctx.db, { state: 'waiting', beforeId: null, limit: 10 }),
    };
    expect(items.filter((row) => row.study_id === study.id)).toMatchObject([
      { origin: 'rule', node_name: 'RULED' },
    ]);
  });

  describe.skipIf(noOrthanc)('with Orthanc', () => {
    let folder: string;
    let child: ChildProcess;
    let orthanc: NodeRow;
    let http: number;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'yunying-orthanc-'));
      const dicom = await freePort();
      http = await freePort();
      mkdirSync(join(folder, 'db'));
      const settings = {
        Name: 'peer',
        StorageDirectory: join(folder, 'db'),
        IndexDirectory: join(folder, 'db'),
        HttpPort: http,
        DicomPort: dicom,
        DicomAet: 'ORTHANC',
        RemoteAccessAllowed: false,
        AuthenticationEnabled: false,
        DicomAlwaysAllowGet: true,
        DicomAlwaysAllowMove: true,
        DicomAlwaysAllowFind: true,
        DicomModalities: { us: ['YUNYING', '127.0.0.1', door.port] },
      };
      writeFileSync(join(folder, 'orthanc.json'), JSON.stringify(settings));
      const env = { ...process.env, TCP_NODELAY: '1' };
      child = spawn('Orthanc', [join(folder, 'orthanc.json')], { stdio: 'ignore', env });
      for (let tries = 0; tries < 100; tries += 1) {
        if (
          await fetch(`http://127.0.0.1:${http}/system`).then(
            (r) => r.ok,
            () => false,
          )
        )
          break;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      orthanc = await addNode(ctx, {
        kind: 'dicom',
        name: 'ORTHANC',
        host: '127.0.0.1',
        port: dicom,
        may: ['store', 'find', 'move', 'get', 'send'],
      });
    }, 60_000);
    afterAll(async () => {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    });
    const countAtOrthanc = async () =>
      ((await (await fetch(`http://127.0.0.1:${http}/statistics`)).json()) as { CountInstances: number })
        .CountInstances;

    it('sends a study to Orthanc, which retrieves another one from us by C-MOVE', async () => {
      const study = await newStudy(6);
      const send = await sendStudy(ctx, orthanc, study.uid, { origin: 'staff' });
      await performSend(ctx, jobRun(), send.id);
      expect(await countAtOrthanc()).toBe(6);
      const other = await newStudy(4);
      const answer = await fetch(`http://127.0.0.1:${http}/modalities/us/move`, {
        method: 'POST',
        body: JSON.stringify({
          Level: 'Study',
          Resources: [{ StudyInstanceUID: other.uid }],
          TargetAet: 'ORTHANC',
        }),
      });
      expect(answer.status).toBe(200);
      expect(await countAtOrthanc()).toBe(10);
    }, 60_000);

    it.each(['move', 'get'] as const)(
      'pulls by %s what is missing here, stops, and goes on',
      async (method) => {
        const here = await studiesAtOrthanc(method);
        const pull = await startPull(ctx, orthanc, {
          method,
          from: '20260101',
          to: '20260103',
          patientId: null,
        });
        await stopPull(ctx, pull.id);
        await performPull(ctx, jobRun(), pull.id);
        expect(await pulls.selectPull(ctx.db, pull.id)).toMatchObject({ state: 'stopped' });
        await resumePull(ctx, pull.id);
        await performPull(ctx, jobRun(), pull.id);
        expect(await pulls.selectPull(ctx.db, pull.id)).toMatchObject({
          state: 'done',
          next_date: '20260104',
        });
        const counts = (await pulls.countPullStudies(ctx.db, [pull.id])).get(pull.id);
        expect(counts?.failed).toBe(0);
        expect(counts?.fetched).toBe(7);
        for (const [uid, count] of here) {
          const refs = await findObjects(ctx.db, { studyInstanceUids: [uid] });
          expect(refs).toHaveLength(count);
        }
      },
      60_000,
    );

    /** Two studies that only Orthanc has: one wholly, of the other we have one of five. */
    async function studiesAtOrthanc(method: string): Promise<Map<string, number>> {
      const found = new Map<string, number>();
      for (const count of [3, 5]) {
        const uid = newUid();
        const series = newUid();
        for (let index = 0; index < count; index += 1) {
          const file = freshMr({
            StudyInstanceUID: uid,
            SeriesInstanceUID: series,
            StudyDate: '20260102',
            PatientID: `PULL-${method}`,
          });
          const object = splitPart10(file);
          const association = await connect({
            host: '127.0.0.1',
            port: orthanc.port ?? 0,
            callingAe: 'YUNYING',
            calledAe: 'ORTHANC',
            contexts: [{ abstractSyntax: object.sopClassUid, transferSyntaxes: [object.transferSyntaxUid] }],
          });
          await association.store(object);
          await association.release();
          if (count === 5 && index === 0) await storeInstance(ctx, chunked(file), source);
        }
        found.set(uid, count);
      }
      return found;
    }
  });
});

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}
