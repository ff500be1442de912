import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { commandField } from './command-fields.ts';
import { DimseError } from './errors.ts';
import { encodeReleaseReply } from './pdu.ts';
import { contextResult, pduType, rejection } from './pdu-types.ts';
import { answerContexts } from './presentation-context.ts';
import type { ScpOptions } from './scp.ts';
import { numberContexts } from './scu.ts';
import { cStoreService } from './services.ts';
import { status } from './status.ts';
import { dial, pieces, storeInput } from './testing/dial.ts';
import type { OpenScp } from './testing/open-scp.ts';
import { openScp } from './testing/open-scp.ts';
import { RawPeer } from './testing/raw-peer.ts';
import { associateBytes, ctImageStorageUid, releaseBytes } from './testing/sessions.ts';
import { implicitVrLittleEndianUid } from './uids.ts';

const open: OpenScp[] = [];

async function start(options: Partial<ScpOptions> = {}): Promise<OpenScp> {
  const opened = await openScp(options);
  open.push(opened);
  return opened;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ scp }) => scp.close({ drainMs: 200 })));
});

describe('our SCU with our SCP', () => {
  it('echoes and releases', async () => {
    const { port, troubles } = await start();
    const association = await dial(port);
    expect(await association.echo()).toBe(status.success);
    await association.release();
    expect((await association.closed).kind).toBe('released');
    expect(troubles).toEqual([]);
  });

  it.each([0, 1, 2, 131_060, 131_062, 131_064, 262_121, 1_000_001])(
    'stores %i bytes unchanged, padded to an even length',
    async (size) => {
      const { port, stored } = await start();
      const association = await dial(port);
      const dataset = Buffer.alloc(size).map((_, i) => i % 251);
      expect(await association.store(storeInput(dataset))).toEqual({ status: 0, errorComment: '' });
      await association.release();
      const even = Buffer.concat([dataset, Buffer.alloc(size % 2)]);
      expect(stored[0]?.bytes).toBe(even.length);
      expect(stored[0]?.sha256).toBe(createHash('sha256').update(even).digest('hex'));
    },
  );

  it('stores a stream of odd pieces, with small PDUs on both sides', async () => {
    const { port, stored } = await start({ limits: { maxPduLength: 4_096 } });
    const association = await dial(port, { limits: { maxPduLength: 4_096 } });
    await association.store(storeInput(pieces(60, 1_337)));
    await association.release();
    const expected = createHash('sha256');
    for await (const piece of pieces(60, 1_337)) expected.update(piece);
    expect(stored[0]?.sha256).toBe(expected.digest('hex'));
  });

  it('keeps 40 stores of one association in order', async () => {
    const { port, stored } = await start();
    const association = await dial(port);
    for (let i = 0; i < 40; i += 1) await association.store(storeInput(Buffer.alloc(5_000 + i * 2)));
    await association.release();
    expect(stored.map(({ bytes }) => bytes)).toEqual(Array.from({ length: 40 }, (_, i) => 5_000 + i * 2));
  });

  it('aborts when the dataset to send cannot be read, and the receiver sees the broken dataset', async () => {
    const { port, storeErrors, stored } = await start();
    const association = await dial(port);
    async function* broken() {
      yield Buffer.alloc(300_000);
      throw new Error('disk gone');
    }
    await expect(association.store(storeInput(broken()))).rejects.toThrow(/could not be read/);
    await association.closed;
    await expect.poll(() => storeErrors.length).toBe(1);
    expect(storeErrors[0]).toBeInstanceOf(DimseError);
    expect(stored).toEqual([]);
  });

  it('stays usable after a request that could not be encoded, and ends by a signal of one request', async () => {
    const { port } = await start({ services: { [commandField.cEchoRq]: () => new Promise(() => {}) } });
    const association = await dial(port);
    const bad = { ...storeInput(Buffer.alloc(2)), sopInstanceUid: 'not a uid' };
    await expect(association.store(bad)).rejects.toThrow(/not a UID/);
    expect((await association.store(storeInput(Buffer.alloc(2)))).status).toBe(0);
    expect(association.idle).toBe(true);
    await expect(association.echo(AbortSignal.timeout(50))).rejects.toThrow(/cancelled/);
    expect((await association.closed).kind).toBe('aborted-locally');
  });

  it('refuses to send in a syntax that was not accepted', async () => {
    const { port } = await start();
    const association = await dial(port);
    const input = { ...storeInput(Buffer.alloc(2)), transferSyntaxUid: implicitVrLittleEndianUid };
    await expect(association.store(input)).rejects.toThrow(/no presentation context/);
    expect(await association.echo()).toBe(0);
    await association.release();
  });
});

describe('negotiation', () => {
  it('proposes every transfer syntax as a context of its own when asked', async () => {
    const { port } = await start();
    const association = await dial(port, {
      separateContexts: true,
      contexts: [
        { abstractSyntax: ctImageStorageUid, transferSyntaxes: ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1'] },
      ],
    });
    expect([...association.contexts.values()].map(({ id, transferSyntax }) => [id, transferSyntax])).toEqual([
      [1, '1.2.840.10008.1.2'],
      [3, '1.2.840.10008.1.2.1'],
    ]);
    await association.release();
    expect(() =>
      numberContexts([{ abstractSyntax: '1.2', transferSyntaxes: Array(129).fill('1.2') }], true),
    ).toThrow(/129/);
  });

  it('passes user identity, roles and extended items to the rules and their answers back', async () => {
    const { port } = await start({
      negotiate: (request) => ({
        accept: {
          contexts: answerContexts(request, (c) => c.transferSyntaxes[0] ?? contextResult.noReason),
          roles: request.userInformation.roles,
          userIdentityResponse: Buffer.concat([
            Buffer.from('hi '),
            request.userInformation.userIdentity?.primary ?? Buffer.alloc(0),
          ]),
          asyncOperations: { invoked: 4, performed: 1 },
        },
      }),
    });
    const association = await dial(port, {
      userIdentity: {
        type: 'jwt',
        positiveResponseRequested: true,
        primary: Buffer.from('token'),
        secondary: Buffer.alloc(0),
      },
      roles: [{ sopClassUid: ctImageStorageUid, scu: false, scp: true }],
      asyncOps: { invoked: 8, performed: 1 },
    });
    const answered = association.peerUserInformation;
    expect(answered.userIdentityResponse?.toString()).toBe('hi token');
    expect(answered.roles).toEqual([{ sopClassUid: ctImageStorageUid, scu: false, scp: true }]);
    expect(answered.asyncOperations).toEqual({ invoked: 4, performed: 1 });
    await Promise.all(Array.from({ length: 20 }, () => association.echo()));
    await association.release();
  });

  it('rejects by rule, above the cap, and when the rules fail', async () => {
    const ruled = await start({ negotiate: () => ({ reject: rejection.callingAeNotRecognized }) });
    await expect(dial(ruled.port)).rejects.toThrow(/result 1, source 1, reason 3/);
    const capped = await start({ limits: { maxAssociations: 1 } });
    const first = await dial(capped.port);
    await expect(dial(capped.port)).rejects.toThrow(/result 2, source 3, reason 2/);
    await first.release();
    const failing = await start({ negotiate: () => Promise.reject(new Error('no database')) });
    await expect(dial(failing.port)).rejects.toThrow(/result 2, source 3, reason 1/);
    expect(failing.troubles.some(({ kind }) => kind === 'error')).toBe(true);
  });

  it('gives up when nobody listens, nobody answers, or the caller cancels', async () => {
    await expect(dial(1)).rejects.toThrow(/ECONNREFUSED/);
    const slow = await start({ negotiate: () => new Promise(() => {}) });
    await expect(dial(slow.port, { timeouts: { artimMs: 50 } })).rejects.toThrow(/ARTIM/);
    const cancelled = dial(slow.port, { signal: AbortSignal.timeout(50) });
    await expect(cancelled).rejects.toThrow(/cancelled/);
  });
});

describe('the end of an association', () => {
  it('gives the consumer an error when the peer aborts in the middle of a dataset', async () => {
    const { port, storeErrors, stored } = await start();
    const association = await dial(port);
    async function* cut() {
      yield Buffer.alloc(500_000);
      association.abort();
      yield Buffer.alloc(500_000);
    }
    await expect(association.store(storeInput(cut()))).rejects.toBeInstanceOf(DimseError);
    await expect.poll(() => storeErrors.length).toBe(1);
    expect(stored).toEqual([]);
  });

  it('lets a running operation finish when the SCP closes, and takes no new association', async () => {
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const { scp, port } = await start({
      services: {
        [commandField.cStoreRq]: cStoreService(async ({ dataset }) => {
          await dataset.discard();
          begun.resolve();
          await gate.promise;
          return { status: status.success };
        }),
      },
    });
    const association = await dial(port);
    const result = association.store(storeInput(Buffer.alloc(1_000)));
    await begun.promise;
    const closed = scp.close({ drainMs: 5_000 });
    await expect(dial(port)).rejects.toThrow(/ECONNREFUSED/);
    gate.resolve();
    expect((await result).status).toBe(status.success);
    await closed;
    expect((await association.closed).kind).toBe('released');
  });

  it('survives a release collision: both sides ask at once (PS3.8 §7.2.2.4)', async () => {
    const { scp, port } = await start();
    const peer = await RawPeer.connect(port);
    peer.write(associateBytes);
    expect((await peer.next())?.type).toBe(pduType.associateAc);
    const [association] = scp.associations();
    const closed = scp.close({ drainMs: 5_000 });
    expect((await peer.next())?.type).toBe(pduType.releaseRq);
    peer.write(releaseBytes, encodeReleaseReply());
    expect((await peer.next())?.type).toBe(pduType.releaseRp);
    await closed;
    expect((await association?.closed)?.kind).toBe('released');
  });

  it('aborts what has not ended when the drain time is over', async () => {
    const { scp, port } = await start({ services: { [commandField.cEchoRq]: () => new Promise(() => {}) } });
    const association = await dial(port);
    const echo = association.echo();
    const failed = expect(echo).rejects.toBeInstanceOf(DimseError);
    await expect.poll(() => scp.associations()[0]?.idle).toBe(false);
    await scp.close({ drainMs: 50 });
    await failed;
    expect((await association.closed).kind).toBe('aborted-by-peer');
  });

  it('ends on silence: of the requestor, of the responder, and of our own function', async () => {
    const idle = await start({ timeouts: { idleMs: 60 } });
    expect((await (await dial(idle.port)).closed).kind).toBe('aborted-by-peer');

    const silent = await start({ services: { [commandField.cEchoRq]: () => new Promise(() => {}) } });
    const patient = await dial(silent.port, { timeouts: { responseMs: 60 } });
    await expect(patient.echo()).rejects.toThrow(/no response within/);

    const stuck = await start({
      timeouts: { operationMs: 60 },
      services: { [commandField.cEchoRq]: () => new Promise(() => {}) },
    });
    await expect((await dial(stuck.port)).echo()).rejects.toThrow(/aborted/);
  });
});
