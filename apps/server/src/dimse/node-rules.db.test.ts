// The rules of a node at the DICOM door, on real sockets: what it may propose, how much, how fast, over what, as whom.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Association, type ConnectOptions, commandField, connect, status } from '@yunying/dimse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addClient } from '../modules/access/index.ts';
import { openRig, type Rig, until } from '../modules/archive/testing/rig.ts';
import { addNode, type StoredRules } from '../modules/nodes/index.ts';
import { makeCertificates, noOpenssl } from '../modules/nodes/testing/certificate.ts';
import { createDimseDoor } from './dimse-door.ts';
import type { DimseService } from './dimse-service.ts';
import { smallObject } from './testing/small-object.ts';

const run = promisify(execFile);
const noDcmtk = !existsSync('/usr/bin/echoscu');
const ct = '1.2.840.10008.5.1.4.1.1.2';
const privateClass = '1.2.276.0.7230010.3.1.0.1';
const otherPrivateClass = '1.2.276.0.7230010.3.1.0.2';
const explicitLittle = '1.2.840.10008.1.2.1';
const jpegLossless = '1.2.840.10008.1.2.4.70';

let underWay = 0;
let mostUnderWay = 0;
const storage: DimseService = {
  name: 'storage',
  sopClasses: 'storage',
  operations: {
    [commandField.cStoreRq]: async (exchange) => {
      underWay += 1;
      mostUnderWay = Math.max(mostUnderWay, underWay);
      await exchange.dataset?.discard();
      await new Promise((resolve) => setTimeout(resolve, 20));
      underWay -= 1;
      await exchange.respond({ status: status.success });
    },
  },
};

let rig: Rig;
let folder: string;
let door: { address: string; tlsAddress?: string; stop(limitMs: number): Promise<void> };
let token: string;
const portOf = (address: string | undefined) => Number(address?.slice(address.lastIndexOf(':') + 1));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'yunying-rules-'));
  if (!noOpenssl) makeCertificates(folder, ['own', 'peer']);
  rig = await openRig({ YUNYING_PROFILE: 'production' });
  const files = {
    certificate: join(folder, 'own.pem'),
    key: join(folder, 'own-key.pem'),
    ca: null,
  };
  const tls = noOpenssl ? {} : { dimseTls: { host: '127.0.0.1', port: 0 }, dimseTlsFiles: files };
  const ctx = { ...rig.ctx, config: { ...rig.ctx.config, dimse: { host: '127.0.0.1', port: 0 }, ...tls } };
  door = await createDimseDoor(ctx, [storage]).start();
  token = (await addClient(rig.ctx, { name: 'ct-room-1' })).token;
});
afterAll(async () => {
  await door.stop(2000);
  await rig.close();
  rmSync(folder, { recursive: true, force: true });
});

const register = (name: string, rules: StoredRules) => addNode(rig.ctx, { kind: 'dicom', name, rules });
const open = (callingAe: string, more: Partial<ConnectOptions> = {}): Promise<Association> =>
  connect({
    host: '127.0.0.1',
    port: portOf(door.address),
    callingAe,
    calledAe: 'YUNYING',
    contexts: [{ abstractSyntax: ct, transferSyntaxes: [explicitLittle] }],
    ...more,
  });
const refusal = (attempt: Promise<Association>) =>
  attempt.then(
    () => 'accepted',
    (error: Error) => error.message,
  );
const acceptedBy = (association: Association) =>
  [...association.contexts.values()].map((one) => `${one.abstractSyntax} ${one.transferSyntax}`);
const object = (bytes: number, sopInstanceUid = '1.2.3') => ({
  sopClassUid: ct,
  sopInstanceUid,
  transferSyntaxUid: explicitLittle,
  dataset: Buffer.alloc(bytes),
});
const refusals = async () => {
  const rows = await rig.ctx.db
    .selectFrom('audit_event')
    .select(['actor_id', 'result_code', 'detail'])
    .where('event_type', '=', 'archive.association_refused')
    .execute();
  return rows.map(({ actor_id, result_code, detail }) => ({
    actor_id,
    result_code,
    count: JSON.parse(detail ?? '{}').count as number,
  }));
};

describe('what a node may propose', () => {
  it('is held to the transfer syntaxes and private classes of its rules', async () => {
    await register('RULED', { transferSyntaxes: [explicitLittle], privateClasses: [privateClass] });
    await register('STRICT', { privateClasses: 'none' });
    const contexts = [
      { abstractSyntax: ct, transferSyntaxes: [jpegLossless] },
      { abstractSyntax: ct, transferSyntaxes: [jpegLossless, explicitLittle] },
      { abstractSyntax: privateClass, transferSyntaxes: [explicitLittle] },
      { abstractSyntax: otherPrivateClass, transferSyntaxes: [explicitLittle] },
    ];
    const ruled = await open('RULED', { contexts });
    expect(acceptedBy(ruled)).toEqual([`${ct} ${explicitLittle}`, `${privateClass} ${explicitLittle}`]);
    await ruled.release();
    const strict = await open('STRICT', { contexts });
    expect(acceptedBy(strict)).toEqual([`${ct} ${jpegLossless}`, `${ct} ${jpegLossless}`]);
    await strict.release();
  });

  it('is told the maximum length of its rules, and none other is', async () => {
    await register('SHORT', { maxPduLength: 16_384 });
    await register('PLAIN', {});
    const [short, plain] = [await open('SHORT'), await open('PLAIN')];
    expect(short.peerUserInformation.maxPduLength).toBe(16_384);
    expect(plain.peerUserInformation.maxPduLength).toBe(131_072);
    expect((await short.store(object(200_000))).status).toBe(0);
    await Promise.all([short.release(), plain.release()]);
  });

  it('ends by the idle time of its rules', async () => {
    await register('QUICK', { idleSeconds: 1 });
    const association = await open('QUICK');
    expect((await association.closed).kind).toBe('aborted-by-peer');
  });
});

describe('how much a node may have at a time', () => {
  it('as many associations as its rules say, and again when one has ended', async () => {
    await register('ONCE', { mostAssociations: 1 });
    const first = await open('ONCE');
    expect(await refusal(open('ONCE'))).toContain('source 3, reason 2');
    await first.release();
    await until(
      async () => (await rig.ctx.db.selectFrom('node_slot').selectAll().execute()).length === 0,
      'free',
    );
    const second = await open('ONCE');
    second.abort();
    await until(async () => {
      const third = await open('ONCE').catch(() => null);
      await third?.release();
      return third !== null;
    }, 'free again');
  });

  it('counts what another process holds, until that has not renewed it for its time', async () => {
    const { id } = await register('TWICE', { mostAssociations: 2 });
    const foreign = { node_id: id, direction: 'in' };
    const soon = new Date(Date.now() + 60_000);
    await rig.ctx.db
      .insertInto('node_slot')
      .values([
        { id: '1', ...foreign, held_until: soon },
        { id: '2', ...foreign, held_until: soon },
      ])
      .execute();
    expect(await refusal(open('TWICE'))).toContain('source 3, reason 2');
    await rig.ctx.db
      .updateTable('node_slot')
      .set({ held_until: new Date(Date.now() - 1000) })
      .where('id', '=', '1')
      .execute();
    const association = await open('TWICE');
    await association.release();
    await rig.ctx.db.deleteFrom('node_slot').where('node_id', '=', id).execute();
  });

  it('shares the bandwidth of its rules between its associations', async () => {
    await register('SLOW', { bytesPerSecond: 1_000_000 });
    const both = await Promise.all([open('SLOW'), open('SLOW')]);
    const began = performance.now();
    await Promise.all(both.map((association) => association.store(object(750_000))));
    // 1.5 MB less the burst cannot pass in a second; there is no upper bound to assert.
    expect(performance.now() - began).toBeGreaterThan(1_000);
    await Promise.all(both.map((association) => association.release()));
  });

  it('as many operations under way as the window it asked for, and never more than ours', async () => {
    await register('WINDOW', {});
    const most = async (invoked: number | null) => {
      mostUnderWay = 0;
      const association = await open(
        'WINDOW',
        invoked === null ? {} : { asyncOps: { invoked, performed: 1 } },
      );
      const uids = Array.from({ length: 24 }, (_, index) => `1.2.3.${index}`);
      const answers = await Promise.all(uids.map((uid) => association.store(object(1000, uid))));
      expect(answers.every((answer) => answer.status === 0)).toBe(true);
      await association.release();
      return mostUnderWay;
    };
    expect(await most(null)).toBe(1);
    expect(await most(4)).toBe(4);
    expect(await most(100)).toBe(8);
  });
});

describe('TLS', () => {
  it.skipIf(noOpenssl)('a node that must use it is a stranger in clear', async () => {
    await register('SECRET', { tlsRequired: true });
    const [told, stranger] = [await refusal(open('SECRET')), await refusal(open('NOBODY'))];
    expect(told).toBe(stranger);
    const tls = { rejectUnauthorized: false, servername: 'localhost' };
    const association = await open('SECRET', { port: portOf(door.tlsAddress), tls });
    expect((await association.store(object(100))).status).toBe(0);
    await association.release();
  });

  it.skipIf(noDcmtk || noOpenssl)(
    'DCMTK stores and is verified over it, with and without a certificate',
    async () => {
      const port = String(portOf(door.tlsAddress));
      const peer = ['-aet', 'SECRET', '-aec', 'YUNYING', '127.0.0.1', port];
      const trust = ['+cf', join(folder, 'ca.pem')];
      const own = ['+tls', join(folder, 'peer-key.pem'), join(folder, 'peer.pem')];
      await run('echoscu', [...own, ...trust, ...peer]);
      await run('echoscu', ['+tla', ...trust, ...peer]);
      const file = join(folder, 'tls-object.dcm');
      writeFileSync(file, smallObject());
      for (const how of [own, ['+tla']]) await run('storescu', [...how, ...trust, ...peer, file]);
      await expect(run('echoscu', ['+tla', '-aet', 'SECRET', '127.0.0.1', port])).rejects.toThrow();
    },
  );
});

describe('user identity', () => {
  const user = (name: string, passcode: string | null, positiveResponseRequested = true) => ({
    userIdentity: {
      type: passcode === null ? ('username' as const) : ('username-and-passcode' as const),
      positiveResponseRequested,
      primary: Buffer.from(name),
      secondary: Buffer.from(passcode ?? ''),
    },
  });
  const answered = async (callingAe: string, more: Partial<ConnectOptions>) => {
    const association = await open(callingAe, more);
    await association.release();
    return association.peerUserInformation.userIdentityResponse;
  };
  beforeAll(async () => {
    await register('ANYONE', {});
    await register('NAMED', { userIdentity: 'named' });
    await register('PROVEN', { userIdentity: 'proven' });
  });

  it('is answered when it is right and an answer was asked for', async () => {
    expect(await answered('PROVEN', user('ct-room-1', token))).toEqual(Buffer.alloc(0));
    expect(await answered('PROVEN', user('ct-room-1', token, false))).toBeNull();
    expect(await answered('NAMED', user('ct-room-1', null))).toEqual(Buffer.alloc(0));
    expect(await answered('ANYONE', user('an operator', null, false))).toBeNull();
    expect(await answered('ANYONE', {})).toBeNull();
  });

  it('is refused in one and the same way, whatever was wrong', async () => {
    const ticket = (type: 'kerberos' | 'saml' | 'jwt') => ({
      userIdentity: { ...user('x', null).userIdentity, type },
    });
    const told = [
      await refusal(open('PROVEN')),
      await refusal(open('PROVEN', user('ct-room-1', null))),
      await refusal(open('PROVEN', user('ct-room-1', 'wrong'))),
      await refusal(open('PROVEN', user('nobody', token))),
      await refusal(open('NAMED', user('nobody', null))),
      await refusal(open('ANYONE', user('ct-room-1', 'wrong'))),
      await refusal(open('ANYONE', user('nobody', null))),
      await refusal(open('ANYONE', ticket('kerberos'))),
      await refusal(open('ANYONE', ticket('saml'))),
      await refusal(open('ANYONE', ticket('jwt'))),
    ];
    expect(new Set(told).size).toBe(1);
    expect(told[0]).toContain('result 1, source 2, reason 1');
  });

  it('is not guessed: after ten wrong passcodes the right one is refused as well', async () => {
    await register('GUESSER', {});
    for (let guess = 0; guess < 10; guess += 1)
      expect(await refusal(open('GUESSER', user('ct-room-1', `guess ${guess}`)))).toContain('source 2');
    expect(await refusal(open('GUESSER', user('ct-room-1', token)))).toContain('source 2, reason 1');
    await until(
      async () => (await refusals()).some((row) => row.result_code === 'user-locked'),
      'the lock in the audit trail',
    );
  });

  it.skipIf(noDcmtk)('with DCMTK: passcode right and wrong, name alone, Kerberos and SAML', async () => {
    const [ticket, file] = [join(folder, 'ticket'), join(folder, 'object.dcm')];
    writeFileSync(ticket, 'a ticket');
    writeFileSync(file, smallObject());
    const peer = ['-aec', 'YUNYING', '127.0.0.1', String(portOf(door.address)), file];
    const send = (aet: string, ...args: string[]) => run('storescu', [...args, '-aet', aet, ...peer]);
    await send('PROVEN', '-usr', 'ct-room-1', '-pwd', token, '-rsp');
    await send('NAMED', '-usr', 'ct-room-1', '-rsp');
    for (const args of [
      ['-usr', 'ct-room-1', '-pwd', 'wrong', '-rsp'],
      ['-usr', 'ct-room-1', '-rsp'],
      ['-kt', ticket],
      ['--saml', ticket],
    ])
      await expect(send('PROVEN', ...args)).rejects.toThrow(/Rejected Permanent/);
  });
});

describe('the audit of refused associations', () => {
  it('keeps the count of a flood in few rows', async () => {
    const flooded = await openRig({ YUNYING_PROFILE: 'production' });
    const other = await createDimseDoor(
      { ...flooded.ctx, config: { ...flooded.ctx.config, dimse: { host: '127.0.0.1', port: 0 } } },
      [storage],
    ).start();
    const port = portOf(other.address);
    for (let round = 0; round < 20; round += 1) {
      const titles = Array.from({ length: 10 }, (_, index) => (index < 5 ? 'SAME' : `T${round}-${index}`));
      await Promise.all(titles.map((title) => refusal(open(title, { port }))));
    }
    await other.stop(1000);
    const rows = await flooded.ctx.db
      .selectFrom('audit_event')
      .select(['actor_id', 'detail'])
      .where('event_type', '=', 'archive.association_refused')
      .execute();
    const counts = rows.map((row) => Number(JSON.parse(row.detail ?? '{}').count));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(200);
    expect(rows.length).toBeLessThanOrEqual(52);
    await flooded.close();
  });
});
