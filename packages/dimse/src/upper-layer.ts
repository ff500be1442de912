// One transport connection of the DICOM upper layer: carries out the actions of state-table.ts on a
// socket (PS3.8 §9.2). Its user (scp.ts, scu.ts, then association.ts) gets indications and never sees
// a PDU. `onEnd` comes exactly once, as soon as the association is over for the user; the transport may
// close later. P-DATA fragments pass through unbuffered; `hold` and `unhold` are the back-pressure.
import type { Socket } from 'node:net';
import {
  decodeAssociateAccept,
  decodeAssociateRequest,
  encodeAssociateAccept,
  encodeAssociateRequest,
} from './associate-pdu.ts';
import type { AssociationEnd, EndKind } from './association-end.ts';
import { abortedBy, protocolError, rejectedBy } from './association-end.ts';
import { abortReason, DimseError, PduError } from './errors.ts';
import type { Limits, Timeouts } from './limits.ts';
import { encodeAbort, encodeAssociateReject, encodeReleaseReply, encodeReleaseRequest } from './pdu.ts';
import { eventOf, requireLength } from './pdu-admission.ts';
import type { HeaderVerdict } from './pdu-reader.ts';
import { PduReader } from './pdu-reader.ts';
import type { AssociateAccept, AssociateReject, AssociateRequest } from './pdu-types.ts';
import { abortSource, pduType } from './pdu-types.ts';
import type { Action, Event, State } from './state-table.ts';
import { nextState, transitions } from './state-table.ts';
import { TransportWriter } from './transport-writer.ts';

export interface UpperLayerUser {
  onAssociateRequest?(request: AssociateRequest): void;
  onAssociateAccept?(accept: AssociateAccept): void;
  onPdv(contextId: number, flags: number, fragment: Buffer, complete: boolean): void;
  /** Bytes of the connection, after what they brought was indicated. */
  onRead?(bytes: number): void;
  onReleaseRequest(): void;
  onEnd(end: AssociationEnd): void;
}

export interface UpperLayerOptions {
  readonly socket: Socket;
  readonly role: 'requestor' | 'acceptor';
  readonly limits: Limits;
  readonly timeouts: Timeouts;
  readonly user: UpperLayerUser;
}

/** What an action needs beside the state; only the fields of its event are set. */
interface Cause {
  readonly body?: Buffer;
  readonly pdu?: Buffer;
  readonly end?: AssociationEnd;
  readonly reason?: number;
}

/** Actions that answer a PDU without looking into it. */
const refusals: ReadonlySet<Action | undefined> = new Set<Action>(['AA-1', 'AA-6', 'AA-7', 'AA-8']);

/** States in which the peer or we must act within the ARTIM time. */
const timed: ReadonlySet<State> = new Set<State>(['Sta2', 'Sta3', 'Sta5', 'Sta7', 'Sta10', 'Sta11', 'Sta13']);

/** What a peer may still have in flight after our A-ABORT before the connection is cut. */
const maxBytesAfterAbort = 16_777_216;

export class UpperLayer {
  readonly closed: Promise<void>;
  lastActivityAt = Date.now();
  #pduSince: number | null = null;
  readonly #socket: Socket;
  readonly #role: 'requestor' | 'acceptor';
  #limits: Limits;
  #timeouts: Timeouts;
  readonly #reader: PduReader;
  readonly #writer: TransportWriter;
  #user: UpperLayerUser;
  #state: State = 'Sta1';
  #artim: NodeJS.Timeout | null = null;
  #end: AssociationEnd | null = null;
  #bytesAfterAbort = 0;
  #socketError: string | null = null;

  constructor(options: UpperLayerOptions) {
    this.#socket = options.socket;
    this.#role = options.role;
    this.#limits = options.limits;
    this.#timeouts = options.timeouts;
    this.#user = options.user;
    this.#writer = new TransportWriter(options.socket);
    this.#reader = new PduReader({
      onHeader: (type, length) => this.#onHeader(type, length),
      onPdu: (type, body) => this.#onPdu(type, body),
      onPdv: (contextId, flags, fragment, complete) => this.#user.onPdv(contextId, flags, fragment, complete),
    });
    const transport = Promise.withResolvers<void>();
    this.closed = transport.promise;
    const socket = this.#socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#onChunk(chunk));
    socket.on('drain', () => this.#onDrain());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#socketError = error.code ?? error.message;
    });
    socket.on('close', () => {
      this.#setArtim(false);
      this.#apply('transport closed', {});
      transport.resolve();
    });
  }

  get state(): State {
    return this.#state;
  }

  get held(): boolean {
    return this.#reader.held;
  }

  get writePending(): boolean {
    return this.#writer.pending;
  }

  /** When the PDU that is half here began to arrive; null between PDUs. */
  get pduSince(): number | null {
    return this.#pduSince;
  }

  get end(): AssociationEnd | null {
    return this.#end;
  }

  /** Hands the indications to the next user; called from inside one, so nothing is lost between. */
  bind(user: UpperLayerUser): void {
    this.#user = user;
  }

  /** From the answer to A-ASSOCIATE-RQ on: what was agreed with this peer. */
  adopt(limits: Limits, timeouts: Timeouts): void {
    this.#limits = limits;
    this.#timeouts = timeouts;
  }

  // --- primitives of the local user -------------------------------------------------------------

  /** Acceptor: the transport is open, wait for A-ASSOCIATE-RQ. */
  awaitRequest(): void {
    this.#apply('transport indication', {});
  }

  /** Requestor: the transport is open already. */
  requestAssociation(request: AssociateRequest): void {
    const pdu = encodeAssociateRequest(request);
    this.#apply('A-ASSOCIATE request', {});
    this.#apply('transport connected', { pdu });
  }

  acceptAssociation(accept: AssociateAccept): void {
    this.#require('A-ASSOCIATE accept', { pdu: encodeAssociateAccept(accept) });
  }

  rejectAssociation(reject: AssociateReject, message: string): void {
    const end: AssociationEnd = { kind: 'rejected', message, ...reject };
    this.#require('A-ASSOCIATE reject', { pdu: encodeAssociateReject(reject), end });
  }

  requestRelease(): void {
    this.#require('A-RELEASE request', {});
  }

  respondRelease(): void {
    this.#require('A-RELEASE response', {});
  }

  /** Ends the association at once, in any state; harmless when it is over. */
  abort(message: string, kind: EndKind = 'aborted-locally'): void {
    const end: AssociationEnd = { kind, message, source: abortSource.user, reason: 0 };
    if (transitions['A-ABORT request'][this.#state] === undefined) {
      this.#finish(end);
      if (this.#state === 'Sta2') this.#socket.destroy();
      return;
    }
    this.#apply('A-ABORT request', { end });
  }

  /**
   * Writes whole P-DATA-TF PDUs in one system call. Answers null when the socket takes more, or a
   * promise to wait for before the next write; it rejects when the association ends.
   */
  sendPData(pieces: readonly Buffer[]): Promise<void> | null {
    this.#require('P-DATA request', {});
    return this.#writer.writeTogether(pieces);
  }

  /** Stops reading, exactly here: the next PDV is not delivered before `unhold`. */
  hold(): void {
    if (this.#state === 'Sta13' || this.#state === 'Sta1') return;
    this.#reader.hold();
    this.#socket.pause();
  }

  unhold(): void {
    if (!this.#reader.held) return;
    this.lastActivityAt = Date.now();
    if (this.#pduSince !== null) this.#pduSince = this.lastActivityAt;
    this.#guard(() => this.#reader.resume());
    if (!this.#reader.held) this.#socket.resume();
  }

  // --- the state machine ------------------------------------------------------------------------

  #require(event: Event, cause: Cause): void {
    if (transitions[event][this.#state] === undefined) {
      throw new DimseError('closed', this.#end?.message ?? `${event} is not possible in ${this.#state}`);
    }
    this.#apply(event, cause);
  }

  #apply(event: Event, cause: Cause): void {
    const action = transitions[event][this.#state];
    if (action === undefined) return;
    const before = this.#state;
    this.#state = action === 'AR-8' && this.#role === 'acceptor' ? 'Sta10' : nextState[action];
    if (this.#state !== before) this.#setArtim(timed.has(this.#state));
    if (this.#state === 'Sta13' || this.#state === 'Sta1') this.#stopHolding();
    this.#act(action, event, cause);
  }

  #act(action: Action, event: Event, cause: Cause): void {
    switch (action) {
      case 'AE-2':
      case 'AE-7':
        this.#writer.write(cause.pdu);
        return;
      case 'AE-3':
        this.#user.onAssociateAccept?.(decodeAssociateAccept(bodyOf(cause), this.#limits));
        return;
      case 'AE-4':
        this.#socket.destroySoon();
        this.#finish(rejectedBy(bodyOf(cause)));
        return;
      case 'AE-6':
        this.#user.onAssociateRequest?.(decodeAssociateRequest(bodyOf(cause), this.#limits));
        return;
      case 'AE-8':
        this.#writer.writeLast(cause.pdu);
        if (cause.end !== undefined) this.#finish(cause.end);
        return;
      case 'AR-1':
        this.#writer.write(encodeReleaseRequest());
        return;
      case 'AR-2':
        this.#user.onReleaseRequest();
        return;
      case 'AR-3':
        this.#socket.destroySoon();
        this.#finish({ kind: 'released', message: 'the association was released' });
        return;
      case 'AR-4':
        this.#writer.writeLast(encodeReleaseReply());
        this.#finish({ kind: 'released', message: 'the association was released' });
        return;
      case 'AR-8':
        // Release collision: the requestor of the association answers first (PS3.8 §7.2.2.4).
        if (this.#role === 'requestor') this.#apply('A-RELEASE response', {});
        return;
      case 'AR-9':
        this.#writer.write(encodeReleaseReply());
        return;
      case 'AR-10':
        this.#apply('A-RELEASE response', {});
        return;
      case 'AA-1':
        this.#writer.writeLast(encodeAbort({ source: abortSource.user, reason: 0 }));
        this.#finish(cause.end ?? protocolError(event, cause.reason ?? abortReason.unexpectedPdu));
        return;
      case 'AA-7':
      case 'AA-8':
        this.#writer.writeLast(
          encodeAbort({ source: abortSource.provider, reason: cause.reason ?? abortReason.unexpectedPdu }),
        );
        this.#finish(cause.end ?? protocolError(event, cause.reason ?? abortReason.unexpectedPdu));
        return;
      case 'AA-2':
        this.#socket.destroy();
        this.#finish(cause.end ?? { kind: 'timeout', message: 'no A-ASSOCIATE-RQ within the ARTIM time' });
        return;
      case 'AA-3':
        this.#socket.destroySoon();
        this.#finish(abortedBy(bodyOf(cause)));
        return;
      case 'AA-4':
      case 'AA-5':
        this.#finish({ kind: 'connection-lost', message: `the connection closed${this.#errorText()}` });
        return;
      // The user already acted (AE-1, AE-5, DT-1, AR-7), the reader streams (DT-2, AR-6), or nothing is to be done.
      default:
    }
  }

  #errorText(): string {
    return this.#socketError === null ? '' : ` (${this.#socketError})`;
  }

  #finish(end: AssociationEnd): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.#writer.fail(end.message);
    this.#user.onEnd(end);
  }

  /** After the end nothing may keep the socket paused, or its close would never be seen. */
  #stopHolding(): void {
    if (!this.#reader.held) return;
    this.#reader.stop();
    this.#socket.resume();
  }

  // --- reading ----------------------------------------------------------------------------------

  #onChunk(chunk: Buffer): void {
    const now = Date.now();
    this.lastActivityAt = now;
    if (this.#state === 'Sta13') {
      this.#bytesAfterAbort += chunk.length;
      if (this.#bytesAfterAbort > maxBytesAfterAbort) this.#socket.destroy();
    }
    this.#guard(() => this.#reader.push(withOwnMemory(chunk)));
    if (!this.#reader.insidePdu) this.#pduSince = null;
    else this.#pduSince ??= now;
    this.#user.onRead?.(chunk.length);
  }

  /** Errors of the peer's bytes become A-ABORT; an error of our own code ends only this association. */
  #guard(read: () => void): void {
    try {
      read();
    } catch (error) {
      const at = this.#reader.offset;
      this.#reader.stop();
      if (error instanceof PduError) {
        const end: AssociationEnd = {
          kind: 'protocol-error',
          message: `${error.message} (near byte ${at} of the connection)`,
          source: abortSource.provider,
          reason: error.reason,
        };
        this.#apply('invalid PDU', { reason: error.reason, end });
      } else {
        this.abort(
          error instanceof DimseError ? error.message : `internal error: ${String(error)}`,
          'protocol-error',
        );
      }
    }
  }

  #onHeader(type: number, length: number): HeaderVerdict {
    const event = eventOf(type);
    this.#pduSince = Date.now();
    requireLength(type, length, this.#limits);
    const action = transitions[event][this.#state];
    if (action === undefined) return 'stop';
    if (refusals.has(action)) {
      this.#apply(event, {});
      return 'skip';
    }
    return type === pduType.pDataTf ? 'stream' : 'gather';
  }

  #onPdu(type: number, body: Buffer): void {
    this.#apply(eventOf(type), { body });
  }

  // --- timing -----------------------------------------------------------------------------------

  #onDrain(): void {
    this.lastActivityAt = Date.now();
    this.#writer.drained();
  }

  #setArtim(running: boolean): void {
    if (this.#artim !== null) clearTimeout(this.#artim);
    this.#artim = running ? setTimeout(() => this.#onArtim(), this.#timeouts.artimMs) : null;
  }

  #onArtim(): void {
    if (this.#state === 'Sta2' || this.#state === 'Sta13') this.#apply('ARTIM expired', {});
    else this.abort(`no answer within the ARTIM time in ${this.#state}`, 'timeout');
  }
}

function bodyOf(cause: Cause): Buffer {
  return cause.body ?? Buffer.alloc(0);
}

/** Sockets read into fresh memory each time; a chunk from elsewhere is copied. DatasetStream.giveBack frees it. */
function withOwnMemory(chunk: Buffer): Buffer {
  if (chunk.byteLength === chunk.buffer.byteLength) return chunk;
  const copy = Buffer.allocUnsafeSlow(chunk.length);
  chunk.copy(copy);
  return copy;
}
