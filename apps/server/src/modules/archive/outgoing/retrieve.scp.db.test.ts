// C-MOVE and C-GET through real sockets: our own SCU for statuses, counts and cancel, DCMTK's movescu, getscu and
// storescp for interworking.
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  encodeDataset,
  fromDicomJson,
  getString,
  newUid,
  parseDataset,
  parseDicom,
  toDicomJson,
} from '@yunying/dicom';
import {
  type Association,
  commandField,
  connect,
  cStoreService,
  type DimseResponse,
  status,
} from '@yunying/dimse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../db/free-port.ts';
import { createDimseDoor } from '../../../dimse/dimse-door.ts';
import { addNode } from '../../nodes/index.ts';
import { moveStudy } from '../edits/edit-studies.ts';
import { hideObjects } from '../edits/hide-objects.ts';
import { storeService } from '../store.scp.ts';
import { storeInstance } from '../store-instance.ts';
import {
  chunked,
  corpusAbsent,
  corpusFile,
  freshMr,
  openRig,
  type Rig,
  sha256,
  splitPart10,
  until,
} from '../testing/rig.ts';
import { openOutgoing } from './open-outgoing.ts';
import { retrieveService } from './retrieve.scp.ts';

const run = promisify(execFile);
const noDcmtk = !existsSync('/usr/bin/getscu');
const dcmtk = { env: { ...process.env, TCP_NODELAY: '1' }, timeout: 60_000 };
const littleEndian = '1.2.840.10008.1.2.1';
const from = { kind: 'stow', name: 'TEST', institutionId: null, onConflict: 'refuse' } as const;
const compressed =
  'transfer-syntaxes/same-ct-every-syntax/CT_JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70.dcm';
const mr = '1.2.840.10008.5.1.4.1.1.4';
const studyGet = '1.2.840.10008.5.1.4.1.2.2.3';
const studyMove = '1.2.840.10008.5.1.4.1.2.2.2';
const patientGet = '1.2.840.10008.5.1.4.1.2.1.3';

describe.skipIf(corpusAbsent)('retrieve (needs the corpus of real files)', () => {
  let rig: Rig;
  let door: { port: number; stop(limitMs: number): Promise<void> };
  let folder: string;
  const study = newUid();
  const series = [newUid(), newUid()];
  const sent: ReturnType<typeof splitPart10>[] = [];

  beforeAll(async () => {
    rig = await openRig();
    folder = mkdtempSync(join(tmpdir(), 'yunying-retrieve-'));
    const opened = await createDimseDoor(rig.ctx, [retrieveService(rig.ctx), storeService(rig.ctx)]).start();
    door = { port: Number(opened.address.slice(opened.address.lastIndexOf(':') + 1)), stop: opened.stop };
    for (let index = 0; index < 12; index += 1) {
      const file = freshMr({
        StudyInstanceUID: study,
        SeriesInstanceUID: series[index % 2] ?? '',
        PatientID: 'RETRIEVE-1',
        InstanceNumber: String(index + 1),
      });
      await storeInstance(rig.ctx, chunked(file), from);
      sent.push(splitPart10(file));
    }
  });
  afterAll(async () => {
    await door.stop(2_000);
    await rig.close();
    rmSync(folder, { recursive: true, force: true });
  });

  type Answers = {
    pending: DimseResponse[];
    final: number;
    command: DimseResponse['command'];
    failed: string[];
  };
  async function retrieve(
    association: Association,
    field: number,
    sopClass: string,
    keys: Record<string, string | string[]>,
    more: { destination?: string; cancel?: AbortSignal } = {},
  ): Promise<Answers> {
    const json = Object.fromEntries(
      Object.entries(keys).map(([tag, value]) => [
        tag,
        { vr: tag === '00080052' ? 'CS' : tag === '00100020' ? 'LO' : 'UI', Value: [value].flat() },
      ]),
    );
    const context = association.findContext(sopClass);
    const pending: DimseResponse[] = [];
    for await (const response of association.request(
      context?.id ?? 0,
      {
        commandField: field,
        affectedSopClassUid: sopClass,
        priority: 0,
        ...(more.destination !== undefined && { moveDestination: more.destination }),
      },
      {
        dataset: encodeDataset(fromDicomJson(json), littleEndian),
        ...(more.cancel !== undefined && { cancelSignal: more.cancel }),
      },
    )) {
      if (response.status === status.pending) {
        pending.push(response);
        continue;
      }
      const chunks: Buffer[] = [];
      for await (const chunk of response.dataset ?? []) chunks.push(Buffer.from(chunk));
      const bytes = Buffer.concat(chunks);
      const list =
        bytes.length === 0 ? [] : toDicomJson(parseDataset(bytes, littleEndian))['00080058']?.Value;
      return { pending, final: response.status, command: response.command, failed: (list ?? []).map(String) };
    }
    throw new Error('no final answer');
  }

  async function openGet(
    received: Map<string, Buffer>,
    more: { sopClass?: string; delayMs?: number; code?: number; performed?: number } = {},
  ) {
    return connect({
      ...(more.performed === undefined ? {} : { asyncOps: { invoked: 1, performed: more.performed } }),
      host: '127.0.0.1',
      port: door.port,
      callingAe: 'GETTER',
      calledAe: 'YUNYING',
      contexts: [
        { abstractSyntax: more.sopClass ?? studyGet, transferSyntaxes: [littleEndian] },
        { abstractSyntax: mr, transferSyntaxes: [littleEndian] },
      ],
      roles: [{ sopClassUid: mr, scu: false, scp: true }],
      services: {
        [commandField.cStoreRq]: cStoreService(async (request) => {
          const chunks: Buffer[] = [];
          for await (const chunk of request.dataset) chunks.push(Buffer.from(chunk));
          await new Promise((resolve) => setTimeout(resolve, more.delayMs ?? 0));
          received.set(request.sopInstanceUid, Buffer.concat(chunks));
          return { status: more.code ?? 0 };
        }),
      },
    });
  }

  it('gives a study by C-GET bit for bit and counts what it does', async () => {
    const received = new Map<string, Buffer>();
    const association = await openGet(received);
    const answer = await retrieve(association, commandField.cGetRq, studyGet, {
      '00080052': 'STUDY',
      '0020000D': study,
    });
    await association.release();
    expect(answer.final).toBe(status.success);
    expect(answer.command).toMatchObject({
      numberOfCompletedSuboperations: 12,
      numberOfFailedSuboperations: 0,
      numberOfWarningSuboperations: 0,
    });
    expect(answer.pending.length).toBeGreaterThan(0);
    for (const object of sent) {
      expect(sha256(received.get(object.sopInstanceUid) ?? Buffer.alloc(0))).toBe(sha256(object.dataset));
    }
    const audit = await rig.ctx.db
      .selectFrom('audit_event')
      .selectAll()
      .where('event_type', '=', 'archive.study_retrieved')
      .where('study_instance_uid', '=', study)
      .execute();
    expect(audit.map((row) => JSON.parse(row.detail ?? ''))).toMatchObject([
      { operation: 'get', level: 'STUDY', completed: 12 },
    ]);
  });

  it.each([1, 8])('gives large objects bit for bit, %d at a time, twice', async (performed) => {
    const large = newUid();
    const objects: ReturnType<typeof splitPart10>[] = [];
    for (let index = 0; index < 24; index += 1) {
      const small = freshMr({ StudyInstanceUID: large, InstanceNumber: String(index + 1) });
      const pixels = small.lastIndexOf(Buffer.from('e07f1000', 'hex')) + 12;
      const file = Buffer.concat([small.subarray(0, pixels), Buffer.alloc(300_000 + index * 2, index + 1)]);
      file.writeUInt32LE(file.length - pixels, pixels - 4);
      const outcome = await storeInstance(rig.ctx, chunked(file), from);
      expect(outcome.outcome).toBe('stored');
      objects.push(splitPart10(file));
    }
    for (let round = 0; round < 2; round += 1) {
      const received = new Map<string, Buffer>();
      const association = await openGet(received, { performed });
      const keys = { '00080052': 'STUDY', '0020000D': large };
      const answer = await retrieve(association, commandField.cGetRq, studyGet, keys);
      await association.release();
      expect(answer.final).toBe(status.success);
      for (const object of objects)
        expect(sha256(received.get(object.sopInstanceUid) ?? Buffer.alloc(0))).toBe(sha256(object.dataset));
    }
  });

  it('narrows by level: a series, a list of instances, a patient', async () => {
    const counts = async (sopClass: string, keys: Record<string, string | string[]>) => {
      const received = new Map<string, Buffer>();
      const association = await openGet(received, { sopClass });
      const answer = await retrieve(association, commandField.cGetRq, sopClass, keys);
      await association.release();
      return [answer.final, received.size];
    };
    const one = sent[0]?.sopInstanceUid ?? '';
    const two = sent[2]?.sopInstanceUid ?? '';
    const keys = { '0020000D': study, '0020000E': series[0] ?? '' };
    expect(await counts(studyGet, { '00080052': 'SERIES', ...keys })).toEqual([0, 6]);
    expect(await counts(studyGet, { '00080052': 'IMAGE', ...keys, '00080018': [one, two] })).toEqual([0, 2]);
    expect(await counts(patientGet, { '00080052': 'PATIENT', '00100020': 'RETRIEVE-1' })).toEqual([0, 12]);
    expect(await counts(studyGet, { '00080052': 'STUDY', '0020000D': newUid() })).toEqual([0, 0]);
    expect(
      await counts(patientGet, { '00080052': 'STUDY', '00100020': 'SOMEBODY', '0020000D': study }),
    ).toEqual([0, 0]);
  });

  it('answers A900 when the identifier does not fit and A801 for a destination it may not send to', async () => {
    await addNode(rig.ctx, { kind: 'dicom', name: 'NOSEND', host: '127.0.0.1', port: 1, may: ['store'] });
    const association = await connect({
      host: '127.0.0.1',
      port: door.port,
      callingAe: 'MOVER',
      calledAe: 'YUNYING',
      contexts: [{ abstractSyntax: studyMove, transferSyntaxes: [littleEndian] }],
    });
    const move = async (keys: Record<string, string | string[]>, destination: string) =>
      (await retrieve(association, commandField.cMoveRq, studyMove, keys, { destination })).final;
    const good = { '00080052': 'STUDY', '0020000D': study };
    expect(await move({ '00080052': 'PATIENT', '00100020': 'RETRIEVE-1' }, 'X')).toBe(0xa900);
    expect(await move({ '00080052': 'STUDY' }, 'X')).toBe(0xa900);
    expect(await move({ '00080052': 'STUDY', '0020000D': 'no uid' }, 'X')).toBe(0xa900);
    expect(await move({ '0020000D': study }, 'X')).toBe(0xa900);
    expect(await move(good, 'NOBODY')).toBe(0xa801);
    expect(await move(good, 'NOSEND')).toBe(0xa801);
    await addNode(rig.ctx, { kind: 'dicom', name: 'AWAY', host: '127.0.0.1', port: 1, may: ['send'] });
    const away = await retrieve(association, commandField.cMoveRq, studyMove, good, { destination: 'AWAY' });
    expect(away.final).toBe(0xa702);
    expect(away.failed.sort()).toEqual(sent.map((object) => object.sopInstanceUid).sort());
    await association.release();
  });

  it('answers A702 or B000 with the list of what failed, and B000 when the peer warns', async () => {
    const received = new Map<string, Buffer>();
    const refusing = await openGet(received, { code: 0xa700 });
    const keys = { '00080052': 'STUDY', '0020000D': study };
    const refused = await retrieve(refusing, commandField.cGetRq, studyGet, keys);
    await refusing.release();
    expect(refused.final).toBe(0xa702);
    expect(refused.failed).toHaveLength(12);
    const warning = await openGet(received, { code: 0xb000 });
    const warned = await retrieve(warning, commandField.cGetRq, studyGet, keys);
    await warning.release();
    expect(warned.final).toBe(0xb000);
    expect(warned.command.numberOfWarningSuboperations).toBe(12);
    expect(warned.failed).toEqual([]);
  });

  it('stops at C-CANCEL and answers FE00 with what remains', async () => {
    const received = new Map<string, Buffer>();
    const association = await openGet(received, { delayMs: 60 });
    const cancel = new AbortController();
    const asked = retrieve(
      association,
      commandField.cGetRq,
      studyGet,
      { '00080052': 'STUDY', '0020000D': study },
      { cancel: cancel.signal },
    );
    await until(() => received.size > 0, 'the first object');
    cancel.abort();
    const answer = await asked;
    await association.release();
    expect(answer.final).toBe(status.cancel);
    const { numberOfCompletedSuboperations: done = 0, numberOfRemainingSuboperations: rest = 0 } =
      answer.command;
    expect(rest).toBeGreaterThan(0);
    expect(done + rest).toBe(12);
  });

  it('gives corrected attributes in front of the original pixels, and nothing that is hidden', async () => {
    const uid = newUid();
    const files = [freshMr({ StudyInstanceUID: uid }), freshMr({ StudyInstanceUID: uid })];
    for (const file of files) await storeInstance(rig.ctx, chunked(file), from);
    const author = { madeBy: 'system', reason: 'test' };
    await moveStudy(rig.ctx, { studyInstanceUid: uid, patient: { PatientID: 'CORRECTED' } }, author);
    const [kept, hidden] = files.map((file) => splitPart10(file));
    const selection = { sopInstanceUids: [hidden?.sopInstanceUid ?? ''] };
    await hideObjects(rig.ctx, { studyInstanceUid: uid, selection }, author);
    const received = new Map<string, Buffer>();
    const association = await openGet(received);
    const keys = { '00080052': 'STUDY', '0020000D': uid };
    const answer = await retrieve(association, commandField.cGetRq, studyGet, keys);
    await association.release();
    expect([answer.final, [...received.keys()]]).toEqual([0, [kept?.sopInstanceUid]]);
    const bytes = received.get(kept?.sopInstanceUid ?? '') ?? Buffer.alloc(0);
    expect(getString(parseDataset(bytes, littleEndian), 'PatientID')).toBe('CORRECTED');
    expect(bytes.subarray(-5000).equals(kept?.dataset.subarray(-5000) ?? Buffer.alloc(0))).toBe(true);
  });

  it('decodes for a peer that takes no compressed syntax', async () => {
    const file = corpusFile(compressed);
    const object = splitPart10(file);
    await storeInstance(rig.ctx, chunked(file), from);
    const [row] = await rig.ctx.db
      .selectFrom('instance')
      .innerJoin('series', 'series.id', 'instance.series_id')
      .innerJoin('study', 'study.id', 'instance.study_id')
      .selectAll('instance')
      .select(['study.study_instance_uid', 'series.series_instance_uid'])
      .where('sop_instance_uid', '=', object.sopInstanceUid)
      .execute();
    if (row === undefined) throw new Error('not stored');
    const original = await openOutgoing(rig.ctx, row, '*');
    expect(original.transferSyntaxUid).toBe(object.transferSyntaxUid);
    const plain = await openOutgoing(rig.ctx, row, [littleEndian]);
    const chunks: Uint8Array[] = [];
    for await (const chunk of plain.dataset) chunks.push(chunk);
    const whole = parseDicom(Buffer.concat([plain.fileMeta, ...chunks]));
    expect(whole.transferSyntaxUid).toBe(littleEndian);
    await expect(openOutgoing(rig.ctx, row, ['1.2.840.10008.1.2.4.100'])).rejects.toThrow(
      'request.not_acceptable',
    );
  });

  it.skipIf(noDcmtk)('gives a study to getscu bit for bit', async () => {
    const out = mkdtempSync(join(folder, 'get-'));
    const options = ['-S', '-k', 'QueryRetrieveLevel=STUDY', '-k', `StudyInstanceUID=${study}`, '-od', out];
    await run(
      'getscu',
      ['-aet', 'GETSCU', '-aec', 'YUNYING', ...options, '127.0.0.1', String(door.port)],
      dcmtk,
    );
    expectAll(out);
  });

  it.skipIf(noDcmtk)('moves a study to storescp on the word of movescu', async () => {
    const out = mkdtempSync(join(folder, 'move-'));
    const port = await freePort();
    const receiver = spawn('storescp', ['+B', '-aet', 'RECEIVER', '-od', out, String(port)], {
      stdio: 'ignore',
      ...dcmtk,
    });
    try {
      await addNode(rig.ctx, { kind: 'dicom', name: 'RECEIVER', host: '127.0.0.1', port, may: ['send'] });
      await new Promise((resolve) => setTimeout(resolve, 500));
      const options = [
        '-S',
        '-k',
        'QueryRetrieveLevel=STUDY',
        '-k',
        `StudyInstanceUID=${study}`,
        '-aem',
        'RECEIVER',
      ];
      const { stderr } = await run(
        'movescu',
        ['-d', '-aet', 'MOVESCU', '-aec', 'YUNYING', ...options, '127.0.0.1', String(door.port)],
        dcmtk,
      );
      expect(stderr).toContain('Success');
      expectAll(out);
    } finally {
      receiver.kill();
    }
  });

  function expectAll(out: string): void {
    const files = readdirSync(out).map((name) => splitPart10(readFileSync(join(out, name))));
    expect(new Map(files.map((file) => [file.sopInstanceUid, sha256(file.dataset)]))).toEqual(
      new Map(sent.map((object) => [object.sopInstanceUid, sha256(object.dataset)])),
    );
  }
});
