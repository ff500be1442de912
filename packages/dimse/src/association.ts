// An established association, the same object for both roles: as SCU it invokes operations (`echo`,
// `store`, `request`), as SCP it performs them through the service table; C-GET needs both at once.
// It owns the time-outs after establishment and the sum of bytes that wait for consumers.

import type { AssociationEnd } from './association-end.ts';
import { commandField, isResponse } from './command-fields.ts';
import type { Flow } from './dataset-stream.ts';
import { DimseError } from './errors.ts';
import type { DimseResponse, RequestFields, RequestOptions } from './invoker.ts';
import { Invoker } from './invoker.ts';
import type { Limits, Timeouts } from './limits.ts';
import type { Message } from './message-assembler.ts';
import { MessageAssembler } from './message-assembler.ts';
import type { DatasetSource } from './message-sender.ts';
import { MessageSender } from './message-sender.ts';
import type { ServiceTable } from './operation.ts';
import type { Pace } from './pace.ts';
import type { AsyncOperations, UserInformation } from './pdu-types.ts';
import type { Peer } from './peer.ts';
import { Performer } from './performer.ts';
import type { ContextMap, PresentationContext } from './presentation-context.ts';
import { status } from './status.ts';
import { verificationSopClassUid } from './uids.ts';
import type { UpperLayer, UpperLayerUser } from './upper-layer.ts';

export interface AssociationOptions {
  readonly layer: UpperLayer;
  readonly role: 'requestor' | 'acceptor';
  readonly callingAe: string;
  readonly calledAe: string;
  readonly peer: Peer;
  readonly contexts: ContextMap;
  readonly peerUserInformation: UserInformation;
  /** As negotiated, in the requestor's words; null means one at a time. */
  readonly asyncOperations: AsyncOperations | null;
  readonly services: ServiceTable;
  readonly limits: Limits;
  readonly timeouts: Timeouts;
  readonly pace: Pace | null;
  readonly onError: (error: unknown) => void;
}

export interface StoreInput {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** Without preamble and file meta information, in that transfer syntax. */
  readonly dataset: DatasetSource;
  readonly priority?: number;
  /** For sub-operations of C-MOVE: who asked, and with which message. */
  readonly moveOriginator?: { readonly aeTitle: string; readonly messageId: number };
  /** Aborts the whole association: half a dataset cannot be taken back. */
  readonly signal?: AbortSignal;
}

export interface StoreResult {
  readonly status: number;
  readonly errorComment: string;
}

type HoldReason = 'buffer' | 'window' | 'responses' | 'pace';

/** A wait for bandwidth is looked at anew after this time: the rate may have changed, the association ended. */
const longestPaceMs = 1_000;

export class Association implements UpperLayerUser {
  readonly role: 'requestor' | 'acceptor';
  readonly callingAe: string;
  readonly calledAe: string;
  readonly peer: Peer;
  readonly contexts: ContextMap;
  readonly peerUserInformation: UserInformation;
  /** Resolves with the reason when the association is over; never rejects. */
  readonly closed: Promise<AssociationEnd>;
  readonly #options: AssociationOptions;
  readonly #layer: UpperLayer;
  readonly #assembler: MessageAssembler;
  readonly #performer: Performer;
  readonly #invoker: Invoker;
  readonly #over = Promise.withResolvers<AssociationEnd>();
  readonly #abort = new AbortController();
  readonly #holds = new Set<HoldReason>();
  readonly #watch: NodeJS.Timeout;
  readonly #idleWaiters: (() => void)[] = [];
  #waitingBytes = 0;

  constructor(options: AssociationOptions) {
    this.#options = options;
    this.#layer = options.layer;
    this.role = options.role;
    this.callingAe = options.callingAe;
    this.calledAe = options.calledAe;
    this.peer = options.peer;
    this.contexts = options.contexts;
    this.peerUserInformation = options.peerUserInformation;
    this.closed = this.#over.promise;
    const { limits, timeouts } = options;
    const peerMax = options.peerUserInformation.maxPduLength;
    const sender = new MessageSender(
      options.layer,
      Math.min(peerMax === 0 ? limits.maxSendPduLength : Math.max(peerMax, 64), limits.maxSendPduLength),
      options.pace === null ? undefined : (pieces) => this.#sendPaced(pieces),
    );
    const send = sender.send.bind(sender);
    const flow: Flow = { waiting: (bytes) => this.#onWaiting(bytes) };
    this.#assembler = new MessageAssembler({
      limits,
      flow,
      isAccepted: (contextId) => this.contexts.has(contextId),
      onMessage: (message) => this.#onMessage(message),
    });
    const windows = operationWindows(options);
    this.#performer = new Performer({
      association: this,
      services: options.services,
      window: windows.perform,
      send,
      setHold: (hold) => this.#setHold('window', hold),
      onIdle: () => this.#onIdle(),
      onError: options.onError,
    });
    this.#invoker = new Invoker({
      window: windows.invoke,
      send,
      setHold: (hold) => this.#setHold('responses', hold),
      abort: (message) => this.abort(message),
    });
    const shortest = Math.min(timeouts.idleMs, timeouts.pduMs, timeouts.responseMs, timeouts.operationMs);
    this.#watch = setInterval(() => this.#checkTimes(), Math.min(Math.max(shortest / 4, 10), 1_000));
    this.#watch.unref();
  }

  /** Aborted when the association is over. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** True when no operation runs and no message is half here. */
  get idle(): boolean {
    return this.#performer.running === 0 && this.#invoker.outstanding === 0 && !this.#assembler.busy;
  }

  /** Bytes that were sent still lie in our memory: a peer may answer before it has read them. */
  get writePending(): boolean {
    return this.#layer.writePending;
  }

  /** Resolves when no operation of the peer runs, or the association is over. */
  async whenIdle(): Promise<void> {
    while (!this.idle && !this.#abort.signal.aborted) {
      await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
    }
  }

  // --- SCU --------------------------------------------------------------------------------------

  /** The accepted context for a SOP class, in exactly that transfer syntax when one is given. */
  findContext(abstractSyntax: string, transferSyntax?: string): PresentationContext | undefined {
    for (const context of this.contexts.values()) {
      if (context.abstractSyntax !== abstractSyntax) continue;
      if (transferSyntax === undefined || context.transferSyntax === transferSyntax) return context;
    }
    return undefined;
  }

  /** C-ECHO (PS3.7 §9.1.5); answers the status. */
  async echo(signal?: AbortSignal): Promise<number> {
    const context = this.#requireContext(verificationSopClassUid);
    const fields = { commandField: commandField.cEchoRq, affectedSopClassUid: verificationSopClassUid };
    return (await this.#only(context, fields, signal === undefined ? {} : { signal })).status;
  }

  /** C-STORE (PS3.7 §9.1.1). Throws when no context fits; a failure status is an answer, not an error. */
  async store(input: StoreInput): Promise<StoreResult> {
    const context = this.#requireContext(input.sopClassUid, input.transferSyntaxUid);
    const fields: RequestFields = {
      commandField: commandField.cStoreRq,
      affectedSopClassUid: input.sopClassUid,
      affectedSopInstanceUid: input.sopInstanceUid,
      priority: input.priority ?? 0,
      ...(input.moveOriginator !== undefined && {
        moveOriginatorApplicationEntityTitle: input.moveOriginator.aeTitle,
        moveOriginatorMessageId: input.moveOriginator.messageId,
      }),
    };
    const { dataset, signal } = input;
    const response = await this.#only(context, fields, { dataset, ...(signal !== undefined && { signal }) });
    return { status: response.status, errorComment: response.command.errorComment ?? '' };
  }

  /** Any request; yields its responses, the final one last. Leaving early sends C-CANCEL-RQ. */
  request(
    contextId: number,
    fields: RequestFields,
    options?: RequestOptions,
  ): AsyncGenerator<DimseResponse, void> {
    if (!this.contexts.has(contextId)) {
      throw new DimseError('no-context', `presentation context ${contextId} is not accepted`);
    }
    return this.#invoker.request(contextId, fields, options);
  }

  /** Orderly end (PS3.8 §7.2). Rejects when the peer does not answer or aborts instead. */
  async release(): Promise<void> {
    if (this.#layer.end === null) {
      if (!this.idle)
        throw new DimseError('protocol', 'operations are running: release after them, or abort');
      this.#layer.requestRelease();
    }
    const end = await this.closed;
    if (end.kind !== 'released') throw new DimseError('closed', end.message);
  }

  abort(message = 'aborted by the local user'): void {
    this.#layer.abort(message);
  }

  #requireContext(abstractSyntax: string, transferSyntax?: string): PresentationContext {
    const context = this.findContext(abstractSyntax, transferSyntax);
    if (context !== undefined) return context;
    const syntax = transferSyntax === undefined ? '' : ` in ${transferSyntax}`;
    throw new DimseError(
      'no-context',
      `the peer accepted no presentation context for ${abstractSyntax}${syntax}`,
    );
  }

  async #only(
    context: PresentationContext,
    fields: RequestFields,
    options: RequestOptions,
  ): Promise<DimseResponse> {
    for await (const response of this.#invoker.request(context.id, fields, options)) {
      if (response.status !== status.pending) return response;
    }
    throw new DimseError('protocol', 'the peer gave no final response');
  }

  // --- indications of the upper layer -----------------------------------------------------------

  onPdv(contextId: number, flags: number, fragment: Buffer, complete: boolean): void {
    this.#assembler.add(contextId, flags, fragment, complete);
  }

  onRead(bytes: number): void {
    const { pace } = this.#options;
    if (pace === null) return;
    pace.reading.take(bytes);
    if (!this.#holds.has('pace')) this.#waitForPace(pace);
  }

  onReleaseRequest(): void {
    if (this.#assembler.busy) throw new DimseError('protocol', 'A-RELEASE-RQ in the middle of a message');
    if (this.#performer.running === 0) this.#layer.respondRelease();
  }

  onEnd(end: AssociationEnd): void {
    clearInterval(this.#watch);
    const error = new DimseError(end.kind === 'timeout' ? 'timeout' : 'aborted', end.message);
    this.#abort.abort(error);
    this.#assembler.fail(error);
    this.#invoker.fail(error);
    this.#performer.fail();
    this.#over.resolve(end);
    for (const wake of this.#idleWaiters.splice(0)) wake();
  }

  #onMessage(message: Message): void {
    if (isResponse(message.command.commandField)) {
      this.#invoker.deliver(message);
      this.#onIdle();
    } else if (this.#layer.state === 'Sta6') {
      this.#performer.accept(message);
    } else {
      // We asked for the release: whatever the peer still wants can no longer be answered.
      message.dataset?.discard().catch(() => {});
    }
  }

  #onIdle(): void {
    if (this.#layer.state === 'Sta8' && this.#performer.running === 0) this.#layer.respondRelease();
    if (this.idle) for (const wake of this.#idleWaiters.splice(0)) wake();
  }

  // --- back-pressure and time -------------------------------------------------------------------

  #onWaiting(bytes: number): void {
    this.#waitingBytes += bytes;
    const most = this.#options.limits.maxBufferedBytes;
    if (this.#waitingBytes > most) this.#setHold('buffer', true);
    else if (this.#waitingBytes <= most / 2) this.#setHold('buffer', false);
  }

  /** Reads on when the bucket has filled again. */
  #waitForPace(pace: Pace): void {
    const { waitMs } = pace.reading;
    const waits = waitMs > 0 && !this.#abort.signal.aborted;
    if (waits) setTimeout(() => this.#waitForPace(pace), Math.min(waitMs, longestPaceMs));
    this.#setHold('pace', waits);
  }

  #sendPaced(pieces: readonly Buffer[]): Promise<void> | null {
    const { layer, pace } = this.#options;
    const written = layer.sendPData(pieces);
    if (pace === null) return written;
    pace.writing.take(pieces.reduce((sum, piece) => sum + piece.length, 0));
    return pace.writing.waitMs === 0 ? written : this.#afterPace(written, pace);
  }

  async #afterPace(written: Promise<void> | null, pace: Pace): Promise<void> {
    await written;
    for (let { waitMs } = pace.writing; waitMs > 0; { waitMs } = pace.writing) {
      await new Promise<void>((resolve) => setTimeout(resolve, Math.min(waitMs, longestPaceMs)));
      if (this.#abort.signal.aborted) return; // the next write says so
      this.#layer.lastActivityAt = Date.now();
    }
  }

  #setHold(reason: HoldReason, hold: boolean): void {
    if (hold === this.#holds.has(reason)) return;
    if (hold) this.#holds.add(reason);
    else this.#holds.delete(reason);
    if (this.#holds.size > 0) this.#layer.hold();
    else this.#layer.unhold();
  }

  #checkTimes(): void {
    const { timeouts } = this.#options;
    const now = Date.now();
    const since = (start: number | null): number => (start === null ? 0 : now - start);
    const quietMs = since(this.#layer.lastActivityAt);
    const held = this.#layer.held;
    if (!held && since(this.#layer.pduSince) > timeouts.pduMs) {
      this.#layer.abort(`a PDU did not arrive whole within ${timeouts.pduMs} ms`, 'timeout');
    } else if (
      !held &&
      since(this.#invoker.oldestWait) > timeouts.responseMs &&
      quietMs > timeouts.responseMs
    ) {
      this.#layer.abort(`no response within ${timeouts.responseMs} ms`, 'timeout');
    } else if (since(this.#performer.oldestTouch) > timeouts.operationMs && quietMs > timeouts.operationMs) {
      this.#layer.abort(`an operation did not end within ${timeouts.operationMs} ms`, 'timeout');
    } else if (quietMs > timeouts.idleMs && !this.#holds.has('pace') && this.#peerIsAwaited(held)) {
      this.#layer.abort(`nothing came or went for ${timeouts.idleMs} ms`, 'timeout');
    }
  }

  /** Whether the silence is the peer's: nothing runs here, or it owes us bytes, or it takes none. */
  #peerIsAwaited(held: boolean): boolean {
    if (this.#layer.writePending) return true;
    return this.#performer.running === 0 || (this.#assembler.busy && !held);
  }
}

/** Operations each side may have running (PS3.7 annex D.3.3.3); 0 is "no limit", ours still holds. */
function operationWindows(options: AssociationOptions): { perform: number; invoke: number } {
  const { role, asyncOperations, limits } = options;
  const bound = (window: number) =>
    window === 0 ? limits.maxOperations : Math.min(window, limits.maxOperations);
  const invoked = bound(asyncOperations?.invoked ?? 1);
  const performed = bound(asyncOperations?.performed ?? 1);
  return role === 'acceptor'
    ? { perform: invoked, invoke: performed }
    : { perform: performed, invoke: invoked };
}
