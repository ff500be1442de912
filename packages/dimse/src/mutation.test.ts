// Seeded mutations of whole sessions against our SCP, and of the acceptor's answers against our SCU.
// YUNYING_FUZZ_ROUNDS raises the number of rounds for long runs; a failure names its seed.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { expect, it } from 'vitest';
import { encodeAssociateAccept } from './associate-pdu.ts';
import { commandField } from './command-fields.ts';
import { encodeCommandSet } from './command-set.ts';
import { DimseError } from './errors.ts';
import { dial } from './testing/dial.ts';
import { mutate, seededRandom } from './testing/mutation.ts';
import { openScp } from './testing/open-scp.ts';
import { RawPeer } from './testing/raw-peer.ts';
import { fullRequest, pdv, sampleSessions } from './testing/sessions.ts';
import { implicitVrLittleEndianUid } from './uids.ts';

const rounds = Number(process.env.YUNYING_FUZZ_ROUNDS ?? 1_000);
const timeouts = { artimMs: 500, idleMs: 800, pduMs: 500, responseMs: 500, connectMs: 5_000 };

async function inParallel(count: number, run: (round: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

it(`survives ${rounds} mutated sessions as SCP`, { timeout: 60_000 + rounds * 20 }, async () => {
  const { scp, port, troubles } = await openScp({ timeouts });
  const sessions = sampleSessions();
  const heapBefore = process.memoryUsage().heapUsed;
  await inParallel(rounds, async (seed) => {
    const random = seededRandom(seed);
    const session = sessions[seed % sessions.length];
    if (session === undefined) return;
    const peer = await RawPeer.connect(port);
    peer.write(mutate(session, random));
    // Half of the peers hang up, the others wait for what the SCP will do about them.
    if (random() < 0.5) peer.socket.end();
    await peer.closed;
  });
  expect(troubles.filter(({ kind, message }) => kind === 'error' || message.includes('internal'))).toEqual(
    [],
  );
  const association = await dial(port);
  expect(await association.echo()).toBe(0);
  await association.release();
  await scp.close({ drainMs: 1_000 });
  expect(scp.associations()).toEqual([]);
  expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(150_000_000);
});

it(`survives ${Math.ceil(rounds / 4)} mutated answers as SCU`, {
  timeout: 60_000 + rounds * 20,
}, async () => {
  const accept = encodeAssociateAccept({
    ...fullRequest,
    contexts: [{ id: 1, result: 0, transferSyntax: implicitVrLittleEndianUid }],
    userInformation: { ...fullRequest.userInformation, userIdentity: null },
  });
  const fields = { commandField: commandField.cEchoRsp, messageIdBeingRespondedTo: 1, status: 0 };
  const response = pdv(1, 3, encodeCommandSet(fields, false));
  let connections = 0;
  const server = net.createServer((socket) => {
    const seed = connections++;
    const random = seededRandom(seed);
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(seed % 2 === 0 ? mutate(accept, random) : accept);
      socket.once('data', () => socket.write(seed % 2 === 0 ? response : mutate(response, random)));
    });
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let echoed = 0;
  await inParallel(Math.ceil(rounds / 4), async () => {
    try {
      const association = await dial(port, { timeouts });
      await association.echo();
      echoed += 1;
      association.abort();
    } catch (error) {
      expect(error).toBeInstanceOf(DimseError);
      expect(String(error)).not.toContain('internal error');
    }
  });
  expect(connections).toBeGreaterThan(0);
  expect(echoed).toBeGreaterThan(0); // reserved bytes may change without harm
  server.close();
});
