// Seeded mutations of whole sessions (association, C-ECHO, C-STORE, release) against our SCP, and of an acceptor's
// answers against our SCU, over real sockets. Throws, naming the seed, when an internal error shows, an end does not
// come in time, or a well-behaved peer is no longer served afterwards. For tests and the soak run.
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { encodeAssociateAccept } from '../associate-pdu.ts';
import { commandField } from '../command-fields.ts';
import { encodeCommandSet } from '../command-set.ts';
import { DimseError } from '../errors.ts';
import { implicitVrLittleEndianUid } from '../uids.ts';
import { dial } from './dial.ts';
import { mutate, type Random, seededRandom } from './mutation.ts';
import { openScp } from './open-scp.ts';
import { RawPeer } from './raw-peer.ts';
import { associateBytes, fullRequest, pdv, sampleSessions } from './sessions.ts';

export type SessionOutcomes = { sessions: number; stored: number; slowestMs: number };
export type AnswerOutcomes = { sessions: number; echoed: number; refused: number; slowestMs: number };
type OnRound = (done: number) => void;

const timeouts = { artimMs: 500, idleMs: 800, pduMs: 500, responseMs: 500, connectMs: 5_000 };
/** Every limit above together, many times over: a session that lasts longer hangs. */
const hangMs = 30_000;
const atATime = 32;

export async function fuzzScp(rounds: number, onRound: OnRound = () => {}): Promise<SessionOutcomes> {
  const { scp, port, troubles, stored, storeErrors } = await openScp({ timeouts });
  const sessions = sampleSessions();
  const outcomes = { sessions: 0, stored: 0, slowestMs: 0 };
  await inParallel(rounds, async (seed) => {
    const random = seededRandom(seed);
    const session = sessions[seed % sessions.length];
    if (session === undefined) return;
    const started = performance.now();
    const peer = await RawPeer.connect(port);
    await withLimit(converse(peer, session, random), `session ${seed}`);
    outcomes.slowestMs = Math.max(outcomes.slowestMs, performance.now() - started);
    outcomes.stored += stored.splice(0).length;
    storeErrors.length = 0;
    for (const { kind, message } of troubles.splice(0))
      if (kind === 'error' || message.includes('internal')) throw new Error(`session ${seed}: ${message}`);
    onRound(++outcomes.sessions);
  });
  const association = await dial(port);
  const status = await association.echo();
  await association.release();
  await scp.close({ drainMs: 1_000 });
  if (status !== 0 || scp.associations().length > 0)
    throw new Error('the SCP does not serve a well-behaved peer afterwards');
  return outcomes;
}

/** Damage in the request, in what follows once it was answered, or in both; what follows is damaged most often. */
async function converse(peer: RawPeer, session: Buffer, random: Random): Promise<void> {
  const request = session.subarray(0, associateBytes.length);
  const rest = session.subarray(associateBytes.length);
  const damagesRequest = rest.length === 0 || random() < 0.3;
  peer.write(damagesRequest ? mutate(request, random) : request);
  if (rest.length > 0) {
    // Data before the answer is a violation of its own (PS3.8 table 9-10, state 3): some of the peers commit it.
    if (random() < 0.8) await peer.next();
    peer.write(!damagesRequest || random() < 0.5 ? mutate(rest, random) : rest);
  }
  // Half of the peers hang up, the others wait for what the SCP will do about them.
  if (random() < 0.5) peer.socket.end();
  await peer.closed;
}

export async function fuzzScu(rounds: number, onRound: OnRound = () => {}): Promise<AnswerOutcomes> {
  const { server, port } = await openMutatingAcceptor();
  const outcomes = { sessions: 0, echoed: 0, refused: 0, slowestMs: 0 };
  try {
    await inParallel(rounds, async (round) => {
      const started = performance.now();
      try {
        await withLimit(dialAndEcho(port), `answer ${round}`);
        outcomes.echoed += 1;
      } catch (error) {
        if (!(error instanceof DimseError) || error.message.includes('internal error'))
          throw new Error(`answer ${round}`, { cause: error });
        outcomes.refused += 1;
      }
      outcomes.slowestMs = Math.max(outcomes.slowestMs, performance.now() - started);
      onRound(++outcomes.sessions);
    });
  } finally {
    server.close();
  }
  return outcomes;
}

async function dialAndEcho(port: number): Promise<void> {
  const association = await dial(port, { timeouts });
  await association.echo();
  association.abort();
}

async function openMutatingAcceptor(): Promise<{ server: net.Server; port: number }> {
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
  return { server, port: (server.address() as AddressInfo).port };
}

async function inParallel(count: number, run: (round: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}

async function withLimit(work: Promise<void>, what: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not end within ${hangMs} ms`)), hangMs);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
