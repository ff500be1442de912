// The DICOM door on real sockets: who gets in, for what, and over TLS.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { commandField, connect, status } from '@yunying/dimse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRig, type Rig, until } from '../modules/archive/testing/rig.ts';
import { addNode } from '../modules/nodes/index.ts';
import { makeCertificates, noOpenssl } from '../modules/nodes/testing/certificate.ts';
import { createDimseDoor } from './dimse-door.ts';
import type { DimseService } from './dimse-service.ts';

const run = promisify(execFile);
const noDcmtk = !existsSync('/usr/bin/echoscu');
const find = '1.2.840.10008.5.1.4.1.2.2.1';
const move = '1.2.840.10008.5.1.4.1.2.2.2';
const ct = '1.2.840.10008.5.1.4.1.1.2';
const explicitLittle = '1.2.840.10008.1.2.1';

const seen: string[] = [];
const services: DimseService[] = [
  {
    name: 'query',
    sopClasses: [{ uid: find, may: 'find' }],
    operations: {
      [commandField.cFindRq]: async (exchange, { callingAe, node }) => {
        seen.push(`${callingAe} ${node === null ? 'stranger' : node.name}`);
        await exchange.dataset?.discard();
        await exchange.respond({ status: status.success });
      },
    },
  },
  {
    name: 'storage',
    sopClasses: 'storage',
    operations: {
      [commandField.cStoreRq]: async (exchange) => {
        await exchange.dataset?.discard();
        await exchange.respond({ status: status.success });
      },
    },
  },
];

describe('the DICOM door in profile production', () => {
  let rig: Rig;
  let folder: string;
  let door: { address: string; tlsAddress?: string; stop(limitMs: number): Promise<void> };
  const portOf = (address: string | undefined) => Number(address?.slice(address.lastIndexOf(':') + 1));
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'yunying-door-'));
    if (!noOpenssl) makeCertificates(folder, ['cert', 'peer']);
    rig = await openRig({ YUNYING_PROFILE: 'production' });
    const { config } = rig.ctx;
    const files = {
      certificate: join(folder, 'cert.pem'),
      key: join(folder, 'cert-key.pem'),
      ca: join(folder, 'ca.pem'),
    };
    const tls = noOpenssl ? {} : { dimseTls: { host: '127.0.0.1', port: 0 }, dimseTlsFiles: files };
    const ctx = { ...rig.ctx, config: { ...config, dimse: { host: '127.0.0.1', port: 0 }, ...tls } };
    for (const [name, may] of [
      ['FINDER', ['find']],
      ['TAKER', ['get']],
      ['SENDER', ['store']],
    ] as const)
      await addNode(rig.ctx, { kind: 'dicom', name, host: null, port: null, may: [...may] });
    door = await createDimseDoor(ctx, services).start();
  });
  afterAll(async () => {
    await door.stop(2000);
    await rig.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const open = (
    callingAe: string,
    abstractSyntaxes: readonly string[],
    { scp = false, calledAe = 'YUNYING' } = {},
  ) =>
    connect({
      host: '127.0.0.1',
      port: portOf(door.address),
      callingAe,
      calledAe,
      contexts: abstractSyntaxes.map((abstractSyntax) => ({
        abstractSyntax,
        transferSyntaxes: [explicitLittle],
      })),
      ...(scp ? { roles: [{ sopClassUid: ct, scu: true, scp: true }] } : {}),
    });
  const accepted = (association: Awaited<ReturnType<typeof open>>) =>
    [...association.contexts.values()].map((context) => context.abstractSyntax);

  it('tells a stranger the same whatever AE title it calls, and a known node which one was wrong', async () => {
    const reasonOf = (callingAe: string, calledAe: string) =>
      open(callingAe, [find], { calledAe }).then(
        () => 'accepted',
        (error: Error) => error.message,
      );
    const told = [await reasonOf('STRANGER', 'YUNYING'), await reasonOf('STRANGER', 'NOBODY')];
    expect(told[0]).toContain('reason 3'); // calling AE title not recognized
    expect(told[1]).toBe(told[0]);
    expect(await reasonOf('FINDER', 'NOBODY')).toContain('reason 7');
    // Written beside the answer: nobody waits for it.
    await until(async () => {
      const rows = await rig.ctx.db
        .selectFrom('audit_event')
        .select('result_code')
        .where('event_type', '=', 'archive.association_refused')
        .execute();
      const codes = rows.map((row) => row.result_code).sort();
      return codes.join() === 'called-ae-not-recognised,calling-ae-not-recognised';
    }, 'one row for each kind of refusal');
  });

  it('accepts what the node may do and refuses the rest of the same association', async () => {
    const association = await open('FINDER', [find, ct]);
    expect(accepted(association)).toEqual([find]);
    for await (const answer of association.request(
      1,
      {
        commandField: commandField.cFindRq,
        affectedSopClassUid: find,
        priority: 0,
      },
      { dataset: Buffer.alloc(0) },
    ))
      expect(answer.status).toBe(status.success);
    expect(seen).toContain('FINDER FINDER');
    await association.release();
  });

  it('answers 0x0122 for a service of the contract that nobody gives', async () => {
    const association = await open('FINDER', [move]);
    for await (const answer of association.request(
      1,
      {
        commandField: commandField.cMoveRq,
        affectedSopClassUid: move,
        priority: 0,
        moveDestination: 'FINDER',
      },
      { dataset: Buffer.alloc(0) },
    ))
      expect(answer.status).toBe(0x0122);
    await association.release();
  });

  it('lets a node that may only retrieve be SCP of storage, and not store', async () => {
    const association = await open('TAKER', [ct], { scp: true });
    expect(accepted(association)).toEqual([ct]);
    const object = {
      sopClassUid: ct,
      sopInstanceUid: '1.2.3',
      transferSyntaxUid: explicitLittle,
      dataset: Buffer.alloc(0),
    };
    expect((await association.store(object)).status).toBe(status.notAuthorized);
    await association.release();
    const without = await open('TAKER', [ct]);
    expect(accepted(without)).toEqual([]);
    await without.release();
  });

  it.skipIf(noDcmtk || noOpenssl)(
    'speaks TLS with a peer whose certificate our authority signed',
    async () => {
      const port = String(portOf(door.tlsAddress));
      const own = ['+tls', join(folder, 'peer-key.pem'), join(folder, 'peer.pem')];
      const trust = ['+cf', join(folder, 'ca.pem')];
      await run('echoscu', [...own, ...trust, '-aet', 'SENDER', '-aec', 'YUNYING', '127.0.0.1', port]);
      await expect(
        run('echoscu', ['+tla', ...trust, '-aet', 'SENDER', '-aec', 'YUNYING', '127.0.0.1', port]),
      ).rejects.toThrow();
    },
  );
});
