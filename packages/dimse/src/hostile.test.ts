// What a broken or hostile peer may send, byte by byte. Every case must end with the right PDU or a
// closed connection, and leave the SCP as it was.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeAssociateRequest } from './associate-pdu.ts';
import { commandField } from './command-fields.ts';
import { decodeCommandSet, encodeCommandSet } from './command-set.ts';
import { pduType } from './pdu-types.ts';
import { dial } from './testing/dial.ts';
import type { OpenScp } from './testing/open-scp.ts';
import { openScp } from './testing/open-scp.ts';
import type { RawPdu } from './testing/raw-peer.ts';
import { RawPeer } from './testing/raw-peer.ts';
import {
  abortBytes,
  associateBytes,
  echoBytes,
  echoCommand,
  echoContextId,
  fullRequest,
  pdv,
  releaseBytes,
  storeBytes,
  storeCommand,
  storeContextId,
} from './testing/sessions.ts';
import { verificationSopClassUid } from './uids.ts';

let opened: OpenScp;
const peers: RawPeer[] = [];

beforeEach(async () => {
  opened = await openScp({ timeouts: { artimMs: 400, pduMs: 400 } });
});

afterEach(async () => {
  const association = await dial(opened.port);
  expect(await association.echo()).toBe(0);
  await association.release();
  for (const peer of peers.splice(0)) peer.destroy();
  await opened.scp.close({ drainMs: 200 });
  expect(opened.scp.associations()).toEqual([]);
  expect(opened.troubles.filter(({ message }) => message.includes('internal'))).toEqual([]);
});

async function call(): Promise<RawPeer> {
  const peer = await RawPeer.connect(opened.port);
  peers.push(peer);
  return peer;
}

async function callAssociated(): Promise<RawPeer> {
  const peer = await call();
  peer.write(associateBytes);
  expect((await peer.next())?.type).toBe(pduType.associateAc);
  return peer;
}

function expectAbort(pdu: RawPdu | null, source: number, reason: number): void {
  expect(pdu?.type).toBe(pduType.abort);
  expect([...(pdu?.body ?? [])]).toEqual([0, 0, source, reason]);
}

/** The command set of a response PDU with one PDV. */
const commandOf = (pdu: RawPdu | null) => decodeCommandSet((pdu?.body ?? Buffer.alloc(0)).subarray(6));

const header = (type: number, length: number): Buffer => {
  const bytes = Buffer.from([type, 0, 0, 0, 0, 0]);
  bytes.writeUInt32BE(length, 2);
  return bytes;
};

describe('before the association', () => {
  it('answers HTTP and other garbage with A-ABORT and closes', async () => {
    const peer = await call();
    peer.write(Buffer.from('GET / HTTP/1.1\r\nHost: pacs\r\n\r\n'));
    expectAbort(await peer.next(), 0, 0);
    await peer.closed;
  });

  it('closes a silent connection, and one that dribbles its request, after the ARTIM time', async () => {
    const silent = await call();
    const dribbling = await call();
    const timer = setInterval(() => dribbling.socket.write(Buffer.alloc(1, 1)), 20);
    await Promise.all([silent.closed, dribbling.closed]);
    clearInterval(timer);
  });

  it.each([0x7fffffff, 0xffffffff, 1_048_577])(
    'refuses a request that announces %i bytes',
    async (length) => {
      const peer = await call();
      peer.write(header(pduType.associateRq, length));
      expectAbort(await peer.next(), 0, 0);
      await peer.closed;
    },
  );

  it('refuses P-DATA and release before a request', async () => {
    for (const bytes of [echoBytes(1), releaseBytes]) {
      const peer = await call();
      peer.write(bytes);
      expectAbort(await peer.next(), 0, 0);
      await peer.closed;
    }
  });

  it('rejects another protocol version, another application context and blank AE titles', async () => {
    const version = Buffer.from(associateBytes);
    version.writeUInt16BE(2, 6);
    const blank = Buffer.from(associateBytes);
    blank.fill(' ', 26, 42);
    const context = encodeAssociateRequest({ ...fullRequest, applicationContext: '1.2.3' });
    const answers: number[][] = [];
    for (const bytes of [version, context, blank]) {
      const peer = await call();
      peer.write(bytes);
      const pdu = await peer.next();
      expect(pdu?.type).toBe(pduType.associateRj);
      answers.push([...(pdu?.body ?? [])].slice(1));
      await peer.closed;
    }
    expect(answers).toEqual([
      [1, 2, 2],
      [1, 1, 2],
      [1, 1, 3],
    ]);
  });
});

describe('PDUs inside the association', () => {
  it('aborts as provider on an unknown type, an unexpected PDU and a length above the agreed one', async () => {
    const cases: readonly (readonly [Buffer, number])[] = [
      [header(0x55, 4), 1],
      [associateBytes, 2],
      [header(pduType.pDataTf, 131_072 + 1_025), 6],
      [header(pduType.pDataTf, 0xffffffff), 6],
      [header(pduType.pDataTf, 0), 6],
      [header(pduType.releaseRq, 0x10000), 6],
    ];
    for (const [bytes, reason] of cases) {
      const peer = await callAssociated();
      peer.write(bytes);
      expectAbort(await peer.next(), 2, reason);
      await peer.closed;
    }
  });

  it('aborts on a PDV that does not fit its PDU', async () => {
    for (const length of [0, 1, 500, 0xffffffff]) {
      const bytes = pdv(echoContextId, 3, echoCommand(1));
      bytes.writeUInt32BE(length, 6);
      const peer = await callAssociated();
      peer.write(bytes);
      expectAbort(await peer.next(), 2, 6);
      await peer.closed;
    }
  });
});

describe('messages inside the association', () => {
  it('aborts on a PDV for a context that was not accepted', async () => {
    const peer = await callAssociated();
    peer.write(pdv(99, 3, echoCommand(1)));
    expectAbort(await peer.next(), 2, 6);
    await peer.closed;
  });

  it('aborts on a dataset before its command, a command inside a dataset, and a change of context', async () => {
    const command = pdv(storeContextId, 3, storeCommand(1));
    const cases = [
      [pdv(storeContextId, 2, Buffer.alloc(10))],
      [command, pdv(storeContextId, 0, Buffer.alloc(10)), pdv(storeContextId, 3, storeCommand(2))],
      [command, pdv(echoContextId, 0, Buffer.alloc(10))],
    ];
    for (const pieces of cases) {
      const peer = await callAssociated();
      peer.write(...pieces);
      expectAbort(await peer.next(), 2, 5);
      await peer.closed;
    }
    expect(opened.stored).toEqual([]);
  });

  it('aborts as user on a malformed or endless command set', async () => {
    const cases = [
      [pdv(echoContextId, 3, Buffer.from('not a command set at all'))],
      [pdv(echoContextId, 3, Buffer.alloc(0))],
      Array.from({ length: 70 }, () => pdv(echoContextId, 1, Buffer.alloc(1_000))),
    ];
    for (const pieces of cases) {
      const peer = await callAssociated();
      peer.write(...pieces);
      expectAbort(await peer.next(), 0, 0);
      await peer.closed;
    }
  });

  it('aborts on a request without Message ID, also when it has to wait its turn', async () => {
    const nameless = encodeCommandSet(
      { commandField: commandField.cEchoRq, affectedSopClassUid: verificationSopClassUid },
      false,
    );
    for (const before of [[], [storeBytes(1, Buffer.alloc(3_000))]]) {
      const peer = await callAssociated();
      peer.write(...before, pdv(echoContextId, 3, nameless));
      let answer = await peer.next();
      if (answer?.type === pduType.pDataTf) answer = await peer.next(); // the C-STORE may have its answer already
      expectAbort(answer, 0, 0);
      await peer.closed;
    }
    expect(opened.troubles.map(({ kind, message }) => `${kind}: ${message}`)).toEqual([
      'ended: a request without Message ID',
      'ended: a request without Message ID',
    ]);
  });

  it('gives the store function an error when the connection breaks or the PDU stays cut', async () => {
    const whole = storeBytes(1, Buffer.alloc(3_000));
    const broken = await callAssociated();
    broken.write(whole.subarray(0, whole.length - 100));
    broken.socket.end();
    await broken.closed;
    await expect.poll(() => opened.storeErrors.length).toBe(1);

    const stalled = await callAssociated();
    stalled.write(whole.subarray(0, whole.length - 100));
    expectAbort(await stalled.next(), 0, 0);
    await expect.poll(() => opened.storeErrors.length).toBe(2);

    const aborting = await callAssociated();
    aborting.write(
      pdv(storeContextId, 3, storeCommand(1)),
      pdv(storeContextId, 0, Buffer.alloc(10)),
      abortBytes,
    );
    await aborting.closed;
    await expect.poll(() => opened.storeErrors.length).toBe(3);
    expect(opened.stored).toEqual([]);
  });

  it('aborts on a release in the middle of a message and on a response nobody asked for', async () => {
    const release = await callAssociated();
    release.write(pdv(storeContextId, 3, storeCommand(1)), releaseBytes);
    expectAbort(await release.next(), 0, 0);
    const response = echoCommand(1);
    response.writeUInt16LE(0x8030, response.indexOf(Buffer.from([0, 0, 0, 1, 2, 0, 0, 0])) + 8);
    const unasked = await callAssociated();
    unasked.write(pdv(echoContextId, 3, response));
    expectAbort(await unasked.next(), 0, 0);
  });
});

describe('unusual but legal', () => {
  it('takes a command cut into one-byte fragments, several PDVs in one PDU, and bytes one at a time', async () => {
    const peer = await callAssociated();
    const command = echoCommand(1);
    const fragments = [...command].map((byte, i) =>
      pdv(echoContextId, i === command.length - 1 ? 3 : 1, Buffer.from([byte])),
    );
    peer.write(...fragments);
    expect(commandOf(await peer.next()).messageIdBeingRespondedTo).toBe(1);

    const pdvs = fragments.map((fragment) => fragment.subarray(6));
    const body = Buffer.concat(pdvs);
    peer.write(header(pduType.pDataTf, body.length), body);
    expect(commandOf(await peer.next()).status).toBe(0);

    for (const byte of storeBytes(2, Buffer.alloc(30, 1))) {
      peer.socket.write(Buffer.from([byte]));
      if (byte % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(commandOf(await peer.next())).toMatchObject({
      commandField: 0x8001,
      messageIdBeingRespondedTo: 2,
      status: 0,
    });
    peer.write(releaseBytes);
    expect((await peer.next())?.type).toBe(pduType.releaseRp);
    await peer.closed;
  });

  it('answers a peer that sends everything at once, without waiting, in order', async () => {
    const peer = await call();
    const stores = Array.from({ length: 30 }, (_, i) => storeBytes(i + 1, Buffer.alloc(900 + i * 100)));
    peer.write(associateBytes);
    expect((await peer.next())?.type).toBe(pduType.associateAc);
    peer.write(...stores, echoBytes(99), releaseBytes);
    const ids: unknown[] = [];
    for (let i = 0; i < 31; i += 1) ids.push(commandOf(await peer.next()).messageIdBeingRespondedTo);
    expect(ids).toEqual([...Array.from({ length: 30 }, (_, i) => i + 1), 99]);
    expect((await peer.next())?.type).toBe(pduType.releaseRp);
    expect(opened.stored.map(({ bytes }) => bytes)).toEqual(
      Array.from({ length: 30 }, (_, i) => 900 + i * 100),
    );
  });

  it('answers a C-STORE with a bad instance UID with 0x0117', async () => {
    const peer = await callAssociated();
    const bytes = storeBytes(1, Buffer.alloc(10));
    bytes.write('1/../', bytes.indexOf('1.2.3.4.5'), 'latin1');
    peer.write(bytes);
    expect(commandOf(await peer.next()).status).toBe(0x0117);
  });
});
