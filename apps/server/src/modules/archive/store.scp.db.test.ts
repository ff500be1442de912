// C-STORE through real sockets: every file of the corpus, DCMTK's storescu, broken associations, rules.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newUid } from '@yunying/dicom';
import { connect, status } from '@yunying/dimse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addClient } from '../access/index.ts';
import { addNode } from '../nodes/index.ts';
import { setNodeDisabled } from '../nodes/register-node.ts';
import { findStudy } from './read-study.ts';
import { rejectionTable } from './rejection.ts';
import {
  blobFiles,
  corpus,
  corpusAbsent,
  corpusFile,
  corpusFiles,
  freshMr,
  openRig,
  openScp,
  type Rig,
  sendFile,
  sha256,
  splitPart10,
  store,
  storedInstance,
  until,
} from './testing/rig.ts';

const run = promisify(execFile);
const noDcmtk = !existsSync('/usr/bin/storescu');
const dcmtk = { env: { ...process.env, TCP_NODELAY: '1' }, timeout: 60_000 };

describe.skipIf(corpusAbsent)('C-STORE (needs the corpus of real files)', () => {
  let rig: Rig;
  let scp: Awaited<ReturnType<typeof openScp>>;
  beforeAll(async () => {
    rig = await openRig();
    scp = await openScp(rig);
  });
  afterAll(async () => {
    await scp.stop();
    await rig.close();
  });
  const auditOf = (event: string) =>
    rig.ctx.db.selectFrom('audit_event').selectAll().where('event_type', '=', event).execute();
  const open = (object: { sopClassUid: string; transferSyntaxUid: string }, callingAe = 'TESTSCU') =>
    connect({
      host: '127.0.0.1',
      port: scp.port,
      callingAe,
      calledAe: 'YUNYING',
      contexts: [{ abstractSyntax: object.sopClassUid, transferSyntaxes: [object.transferSyntaxUid] }],
    });

  it('stores the data set of every corpus file bit for bit, or answers a named reason', async () => {
    const reasons = new Set<number>(Object.values(rejectionTable).map((row) => row.dimse));
    const outcomes = { stored: 0, refused: 0, unsendable: 0 };
    const surprises: string[] = [];
    for (const path of corpusFiles()) {
      const file = corpusFile(path);
      let object: ReturnType<typeof splitPart10>;
      try {
        object = splitPart10(file);
      } catch {
        continue; // no data set to send: import and STOW see these files
      }
      if (object.sopClassUid === '' || object.sopInstanceUid === '') continue;
      const answer = await sendFile(scp.port, file).catch((error: Error) => error);
      if (answer instanceof Error) {
        // A DICOMDIR is no storage class and gets no context; our own SCU sends no UID that is none.
        outcomes.unsendable += 1;
        if (!/presentation context|is not a UID/.test(answer.message))
          surprises.push(`${path}: ${answer.message}`);
      } else if (answer.status === status.success) {
        const { row, bytes } = await storedInstance(rig, object);
        // A data set of odd length travels with one byte of padding (PS3.8 Annex E).
        const arrived = bytes.subarray(row.dataset_offset, row.dataset_offset + object.dataset.length);
        const same =
          sha256(arrived) === sha256(object.dataset) &&
          bytes.length <= row.dataset_offset + arrived.length + 1;
        outcomes.stored += 1;
        if (!same) surprises.push(`${path}: stored with other bytes`);
      } else {
        outcomes.refused += 1;
        if (!reasons.has(answer.status)) surprises.push(`${path}: status ${answer.status.toString(16)}`);
      }
    }
    expect(surprises).toEqual([]);
    expect(outcomes.stored).toBeGreaterThan(600);
  }, 120_000);

  it('writes one audit row per association with what it did', async () => {
    const file = freshMr();
    const object = splitPart10(file);
    const association = await open(object, 'AUDITED');
    await store(association, object);
    await store(association, object);
    await association.release();
    const rows = async () =>
      (await auditOf('archive.association_stored')).filter((row) => row.actor_id === 'AUDITED');
    await until(async () => (await rows()).length > 0, 'the audit row');
    const [row, ...others] = await rows();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ result: 'ok', actor_kind: 'node' });
    expect(JSON.parse(row?.detail ?? '')).toMatchObject({ stored: 1, duplicate: 1, conflict: 0 });
  });

  it('says in the audit row which user stored, and whether that was proven', async () => {
    const { token } = await addClient(rig.ctx, { name: 'ct-room-1' });
    const object = splitPart10(freshMr());
    const association = await connect({
      host: '127.0.0.1',
      port: scp.port,
      callingAe: 'WITHUSER',
      calledAe: 'YUNYING',
      contexts: [{ abstractSyntax: object.sopClassUid, transferSyntaxes: [object.transferSyntaxUid] }],
      userIdentity: {
        type: 'username-and-passcode',
        positiveResponseRequested: false,
        primary: Buffer.from('ct-room-1'),
        secondary: Buffer.from(token),
      },
    });
    await store(association, object);
    await association.release();
    const row = async () =>
      (await auditOf('archive.association_stored')).find((one) => one.actor_id === 'WITHUSER');
    await until(async () => (await row()) !== undefined, 'the audit row');
    expect(JSON.parse((await row())?.detail ?? '')).toMatchObject({ user: 'ct-room-1', userIsProven: true });
  });

  it('answers a conflict as the rule of the node says', async () => {
    const uids = { SOPInstanceUID: newUid(), SeriesInstanceUID: newUid(), StudyInstanceUID: newUid() };
    await sendFile(scp.port, freshMr(uids));
    const other = freshMr({ ...uids, PatientID: 'OTHER' });
    const refused = await sendFile(scp.port, other);
    expect(refused.status).toBe(rejectionTable['instance-conflict'].dimse);
    expect(refused.errorComment).toMatch(/other content/);
    await addNode(rig.ctx, { kind: 'dicom', name: 'LENIENT', may: ['store'], onConflict: 'accept' });
    expect((await sendFile(scp.port, other, 'LENIENT')).status).toBe(status.success);
  });

  it('refuses a disabled node, also where strangers may store, and takes it again once enabled', async () => {
    const node = await addNode(rig.ctx, { kind: 'dicom', name: 'PAUSED', may: ['store'] });
    await setNodeDisabled(rig.ctx.db, node.id, new Date());
    await expect(sendFile(scp.port, freshMr(), 'PAUSED')).rejects.toThrow(/reject/i);
    const refusals = () => auditOf('archive.association_refused');
    await until(async () => (await refusals()).length > 0, 'the audit row');
    expect((await refusals()).at(-1)).toMatchObject({ actor_id: 'PAUSED', result_code: 'node-disabled' });
    await setNodeDisabled(rig.ctx.db, node.id, null);
    expect((await sendFile(scp.port, freshMr(), 'PAUSED')).status).toBe(status.success);
  });

  it('stores the same UID once when two associations bring it at the same time', async () => {
    const file = freshMr();
    const answers = await Promise.all([1, 2, 3, 4].map(() => sendFile(scp.port, file)));
    expect(answers.map((answer) => answer.status)).toEqual([0, 0, 0, 0]);
    const { bytes } = await storedInstance(rig, splitPart10(file));
    expect(bytes.subarray(-1000)).toEqual(file.subarray(-1000));
  });

  it('leaves nothing of an object whose association is aborted in the middle', async () => {
    const object = splitPart10(freshMr());
    const files = blobFiles(rig);
    const association = await open(object);
    async function* half() {
      yield object.dataset.subarray(0, 5000);
      await new Promise((resolve) => setTimeout(resolve, 50));
      association.abort('test');
      yield object.dataset.subarray(5000);
    }
    const { sopClassUid, sopInstanceUid, transferSyntaxUid } = object;
    const dataset = half();
    await expect(
      association.store({ sopClassUid, sopInstanceUid, transferSyntaxUid, dataset }),
    ).rejects.toThrow();
    await association.closed;
    await until(() => blobFiles(rig) === files, 'the partial file to go');
    expect(await findStudy(rig.ctx.db, object.studyInstanceUid)).toBeNull();
  });

  it('survives garbage on its port', async () => {
    await new Promise<void>((resolve) => {
      const socket = createConnection(scp.port, '127.0.0.1', () => socket.end(Buffer.alloc(4096, 0xee)));
      socket.resume();
      socket.on('error', () => {});
      socket.on('close', () => resolve());
    });
    expect((await sendFile(scp.port, freshMr())).status).toBe(status.success);
  });

  it('answers services that are not built with 0x0122', async () => {
    const studyRootFind = '1.2.840.10008.5.1.4.1.2.2.1';
    const syntax = '1.2.840.10008.1.2';
    const association = await open({ sopClassUid: studyRootFind, transferSyntaxUid: syntax });
    const statuses: number[] = [];
    const query = Buffer.from('08005200060000005354554459', 'hex');
    const fields = { commandField: 0x0020, affectedSopClassUid: studyRootFind };
    for await (const response of association.request(1, fields, { dataset: query })) {
      statuses.push(response.status);
    }
    await association.release();
    expect(statuses).toEqual([0x0122]);
  });

  it.skipIf(noDcmtk)(
    'takes what storescu sends: default, several at once, and compressed (needs DCMTK)',
    async () => {
      const peer = ['-aec', 'YUNYING', '127.0.0.1', String(scp.port)];
      const folder = mkdtempSync(join(tmpdir(), 'yunying-storescu-'));
      const studies = [1, 2, 3, 4].map(() => newUid());
      for (const [index, StudyInstanceUID] of studies.entries()) {
        for (let slice = 0; slice < 5; slice += 1) {
          writeFileSync(join(folder, `${index}-${slice}.dcm`), freshMr({ StudyInstanceUID }));
        }
      }
      await run('storescu', [...peer, '+sd', folder], dcmtk);
      await Promise.all(
        studies.map((_, index) =>
          run(
            'storescu',
            [...peer, ...[0, 1, 2, 3, 4].map((slice) => join(folder, `${index}-${slice}.dcm`))],
            dcmtk,
          ),
        ),
      );
      const counts = await rig.ctx.db
        .selectFrom('instance')
        .innerJoin('study', 'study.id', 'instance.study_id')
        .select((e) => e.fn.countAll<string>().as('count'))
        .where('study_instance_uid', 'in', studies)
        .executeTakeFirstOrThrow();
      expect(counts.count).toBe('20');
      const compressed = 'transfer-syntaxes/more/JPGLosslessP14SV1_1s_1f_8b.dcm';
      await run('storescu', ['-xs', ...peer, join(corpus, compressed)], dcmtk);
      const { row } = await storedInstance(rig, splitPart10(corpusFile(compressed)));
      expect(row.transfer_syntax_uid).toBe('1.2.840.10008.1.2.4.70');
      rmSync(folder, { recursive: true });
    },
  );
});

describe.skipIf(corpusAbsent)('C-STORE in production (needs the corpus of real files)', () => {
  let rig: Rig;
  let scp: Awaited<ReturnType<typeof openScp>>;
  beforeAll(async () => {
    rig = await openRig({ YUNYING_PROFILE: 'production' });
    scp = await openScp(rig);
  });
  afterAll(async () => {
    await scp.stop();
    await rig.close();
  });

  it('refuses a calling AE that is not registered, and records it', async () => {
    await expect(sendFile(scp.port, freshMr(), 'STRANGER')).rejects.toThrow(/reject/i);
    const rows = () => rig.ctx.db.selectFrom('audit_event').selectAll().execute();
    await until(async () => (await rows()).length > 0, 'the audit row');
    expect(await rows()).toMatchObject([
      { event_type: 'archive.association_refused', actor_id: 'STRANGER', result: 'denied' },
    ]);
  });

  it('takes objects of a registered node only from where it is registered and only when it may store', async () => {
    await addNode(rig.ctx, { kind: 'dicom', name: 'CT1', host: '127.0.0.1', may: ['store'] });
    await addNode(rig.ctx, { kind: 'dicom', name: 'CT2', host: '10.9.8.7', may: ['store'] });
    await addNode(rig.ctx, { kind: 'dicom', name: 'VIEWER', host: '127.0.0.1', may: ['find'] });
    expect((await sendFile(scp.port, freshMr(), 'CT1')).status).toBe(status.success);
    await expect(sendFile(scp.port, freshMr(), 'CT2')).rejects.toThrow(/reject/i);
    await expect(sendFile(scp.port, freshMr(), 'VIEWER')).rejects.toThrow(/context/);
  });
});
