// Modality Worklist as SCU: against our own SCP, and against DCMTK's wlmscpfs.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeDataset, fromDicomJson, newUid, writePart10 } from '@yunying/dicom';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { element } from '../../../dimse/dataset-json.ts';
import { littleEndian } from '../../../dimse/testing/request.ts';
import { openServices, type ServiceRig } from '../../../dimse/testing/service-rig.ts';
import { openTestContext, type TestContext } from '../../../testing/context.ts';
import { ensureDefaultInstitution, upsertPatient } from '../../mpi/index.ts';
import { addNode } from '../../nodes/index.ts';
import { upsertExamFromOrder } from '../index.ts';
import { askWorklist } from './ask-worklist.ts';
import { worklistCommands } from './worklist.cli.ts';
import { worklistService } from './worklist.scp.ts';

const noDcmtk = !existsSync('/usr/bin/wlmscpfs');

let ctx: TestContext;
let rig: ServiceRig;
beforeAll(async () => {
  ctx = await openTestContext();
  rig = await openServices(ctx, [worklistService(ctx)]);
  const institutionId = (await ensureDefaultInstitution(ctx.db)).id;
  for (const [accession, modality] of [
    ['W1', 'CT'],
    ['W2', 'CT'],
    ['W3', 'MR'],
  ] as const) {
    await ctx.db.transaction().execute(async (tx) => {
      const patient = await upsertPatient(
        tx,
        {
          institutionId,
          patientId: `P-${accession}`,
          name: '韦小妹',
          sex: '2',
          birthDate: null,
          identityType: null,
          identityNo: null,
          phone: null,
          address: null,
          source: 'hl7',
        },
        ctx.clock.now(),
      );
      await upsertExamFromOrder(tx, {
        institutionId,
        patientRowId: patient.patientId,
        control: 'NW',
        placerOrderNumber: null,
        fillerOrderNumber: accession,
        accessionNumber: accession,
        studyInstanceUid: null,
        modality,
        itemCode: null,
        itemName: '胸部',
        department: null,
        orderingDoctor: null,
        requestedAt: null,
        scheduledAt: new Date('2026-11-25T09:30:00+08:00'),
        performedAt: null,
        clinicalNote: null,
        status: 'scheduled',
        hl7MessageId: null,
        receivedAt: ctx.clock.now(),
      });
    });
  }
});
afterAll(async () => {
  await rig.close();
  await ctx.close();
});

describe('asking a node for its worklist', () => {
  it('reads what a node has planned, and stops at its limit', async () => {
    const node = await addNode(ctx, { kind: 'dicom', name: 'RIS', host: '127.0.0.1', port: rig.port });
    const { entries, isCut } = await askWorklist(ctx, node, { modality: 'CT', patientName: '韦*' });
    expect(isCut).toBe(false);
    expect(entries).toHaveLength(2);
    expect(entries[0]).toMatchObject({
      accessionNumber: 'W1',
      patientName: 'Wei^Xiaomei=韦^小妹',
      modality: 'CT',
      scheduledAt: new Date('2026-11-25T09:30:00+08:00'),
      description: '胸部',
    });
    expect(await askWorklist(ctx, node, {}, { most: 1 })).toMatchObject({ isCut: true });
  });

  it('prints appointments on the command line, without names', async () => {
    const lines: string[] = [];
    const program = new Command();
    worklistCommands(
      program,
      (run) => run(ctx),
      (line) => lines.push(line),
    );
    await program.parseAsync(['worklist', 'RIS', '--modality', 'MR', '--date', '20261125'], { from: 'user' });
    expect(lines.at(-1)).toBe('1 items');
    expect(lines[0]).toMatch(/^20261125 093000 {2}MR {2}YUNYING {2}W3 {2}[0-9.]+$/);
    expect(lines.join()).not.toMatch(/韦|Wei/);
  });

  it.skipIf(noDcmtk)('reads the worklist of DCMTK wlmscpfs (needs DCMTK)', async () => {
    const { child, port, folder } = await startWlmscpfs();
    try {
      const node = await addNode(ctx, { kind: 'dicom', name: 'WLM', host: '127.0.0.1', port });
      const { entries } = await askWorklist(ctx, node, { modality: 'CT', date: '20261101-20261130' });
      expect(entries).toMatchObject([{ accessionNumber: 'D1', patientId: 'DP1', stationAeTitle: 'CT1' }]);
      expect((await askWorklist(ctx, node, { modality: 'US' })).entries).toEqual([]);
    } finally {
      child.kill('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

async function startWlmscpfs(): Promise<{ child: ChildProcess; port: number; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'yunying-wlm-'));
  mkdirSync(join(folder, 'WLM'));
  writeFileSync(join(folder, 'WLM', 'lockfile'), '');
  const item = fromDicomJson({
    '00080016': element('UI', '1.2.840.10008.5.1.4.31'),
    '00080018': element('UI', newUid()),
    '00080050': element('SH', 'D1'),
    '00100010': element('PN', { Alphabetic: 'Wang^Jianguo' }),
    '00100020': element('LO', 'DP1'),
    '00100030': element('DA', '19700101'),
    '00100040': element('CS', 'M'),
    '0020000D': element('UI', newUid()),
    '00321032': element('PN', { Alphabetic: 'Li' }),
    '00321060': element('LO', 'Chest'),
    '00400100': element('SQ', {
      '00080060': element('CS', 'CT'),
      '00400001': element('AE', 'CT1'),
      '00400002': element('DA', '20261125'),
      '00400003': element('TM', '093000'),
      '00400006': element('PN', { Alphabetic: 'Zhang' }),
      '00400007': element('LO', 'Chest'),
      '00400009': element('SH', 'S1'),
    }),
    '00401001': element('SH', 'R1'),
    '00401003': element('SH', 'ROUTINE'),
  });
  writeFileSync(
    join(folder, 'WLM', 'item.wl'),
    writePart10(
      { sopClassUid: '1.2.840.10008.5.1.4.31', sopInstanceUid: newUid(), transferSyntaxUid: littleEndian },
      encodeDataset(item, littleEndian),
    ),
  );
  const port = 33_000 + (process.pid % 10_000);
  const child = spawn('wlmscpfs', ['--single-process', '-dfr', '-dfp', folder, String(port)], {
    stdio: 'ignore',
  });
  for (let tries = 0; tries < 100; tries += 1) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (isOpen) return { child, port, folder };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('wlmscpfs did not start');
}
