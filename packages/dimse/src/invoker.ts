// The invoking side of an association: numbers the requests, keeps to the asynchronous operations window
// and delivers the responses in order (PS3.7 §9.3, §10.3, annex D.3.3.3).
import { commandField, commandName, isResponse, responseTo } from './command-fields.ts';
import type { CommandFields, CommandSet } from './command-set.ts';
import type { DatasetStream } from './dataset-stream.ts';
import { DimseError } from './errors.ts';
import type { Message } from './message-assembler.ts';
import type { DatasetSource } from './message-sender.ts';
import type { SendMessage } from './operation.ts';
import { statusCategory } from './status.ts';

export interface DimseResponse {
  readonly status: number;
  readonly command: CommandSet;
  /** Read it (or not) before asking for the next response, which drops what is unread. */
  readonly dataset: DatasetStream | null;
}

export type RequestFields = CommandFields & { readonly commandField: number };

export interface RequestOptions {
  readonly dataset?: DatasetSource;
  /** Sends C-CANCEL-RQ; the responses go on until the final one. */
  readonly cancelSignal?: AbortSignal;
  /** Aborts the whole association: the only way out when the peer is silent. */
  readonly signal?: AbortSignal;
}

interface Pending {
  readonly messageId: number;
  readonly contextId: number;
  readonly request: RequestFields;
  readonly queue: DimseResponse[];
  wake: PromiseWithResolvers<void> | null;
  /** Null while the request is still being sent: its peer may not be blamed for silence. */
  touchedAt: number | null;
  abandoned: boolean;
  error: DimseError | null;
}

export interface InvokerOptions {
  /** Requests that may be outstanding at the same time, at least 1. */
  readonly window: number;
  readonly send: SendMessage;
  /** Responses pile up unread: read no more. */
  setHold(hold: boolean): void;
  abort(message: string): void;
}

const maxQueuedResponses = 64;
const cancellable: ReadonlySet<number> = new Set([
  commandField.cFindRq,
  commandField.cGetRq,
  commandField.cMoveRq,
]);

export class Invoker {
  readonly #options: InvokerOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #slotWaiters: (() => void)[] = [];
  #lastMessageId = 0;
  #outstanding = 0;
  #error: DimseError | null = null;

  constructor(options: InvokerOptions) {
    this.#options = options;
  }

  get outstanding(): number {
    return this.#pending.size;
  }

  /** Since when the most patient request waits for its peer, null when none does. */
  get oldestWait(): number | null {
    let oldest: number | null = null;
    for (const { touchedAt, queue } of this.#pending.values()) {
      if (touchedAt !== null && queue.length === 0) oldest = Math.min(oldest ?? touchedAt, touchedAt);
    }
    return oldest;
  }

  async *request(
    contextId: number,
    fields: RequestFields,
    options: RequestOptions = {},
  ): AsyncGenerator<DimseResponse, void, undefined> {
    options.signal?.throwIfAborted();
    await this.#takeSlot();
    const pending = this.#register(contextId, fields);
    const cancel = () => this.#cancel(pending);
    const abort = () => this.#options.abort('cancelled by the local user');
    options.cancelSignal?.addEventListener('abort', cancel, { once: true });
    options.signal?.addEventListener('abort', abort, { once: true });
    let final = false;
    let sent = false;
    try {
      if (options.signal?.aborted === true) abort();
      await this.#options.send(contextId, { ...fields, messageId: pending.messageId }, options.dataset);
      sent = true;
      pending.touchedAt = Date.now();
      if (options.cancelSignal?.aborted === true) cancel();
      while (!final) {
        const response = await this.#nextResponse(pending);
        final = statusCategory(response.status) !== 'pending';
        yield response;
        await response.dataset?.discard();
      }
    } finally {
      options.cancelSignal?.removeEventListener('abort', cancel);
      options.signal?.removeEventListener('abort', abort);
      if (!sent) this.#settle(pending);
      else if (!final) this.#abandon(pending);
    }
  }

  /** A response arrived. Throws DimseError 'protocol' when it answers nothing that was asked. */
  deliver(message: Message): void {
    const { command, dataset } = message;
    const pending = this.#pending.get(command.messageIdBeingRespondedTo ?? -1);
    if (pending === undefined || command.commandField !== responseTo(pending.request.commandField)) {
      throw new DimseError('protocol', `${commandName(command.commandField)} answers no outstanding request`);
    }
    if (command.status === undefined) throw new DimseError('protocol', 'a response without Status');
    pending.touchedAt &&= Date.now();
    if (statusCategory(command.status) !== 'pending') this.#settle(pending);
    if (pending.abandoned) {
      dataset?.discard().catch(() => {});
      return;
    }
    pending.queue.push({ status: command.status, command, dataset });
    if (pending.queue.length > maxQueuedResponses) this.#options.setHold(true);
    pending.wake?.resolve();
  }

  fail(error: DimseError): void {
    this.#error = error;
    for (const pending of this.#pending.values()) {
      pending.error = error;
      pending.wake?.resolve();
    }
    this.#pending.clear();
    for (const wake of this.#slotWaiters.splice(0)) wake();
  }

  async #takeSlot(): Promise<void> {
    while (this.#error === null && this.#outstanding >= this.#options.window) {
      await new Promise<void>((resolve) => this.#slotWaiters.push(resolve));
    }
    if (this.#error !== null) throw this.#error;
    this.#outstanding += 1;
  }

  #register(contextId: number, request: RequestFields): Pending {
    if (isResponse(request.commandField))
      throw new DimseError('invalid-argument', 'a response is no request');
    do {
      this.#lastMessageId = (this.#lastMessageId % 0xffff) + 1;
    } while (this.#pending.has(this.#lastMessageId));
    const messageId = this.#lastMessageId;
    const pending: Pending = {
      messageId,
      contextId,
      request,
      queue: [],
      wake: null,
      touchedAt: null,
      abandoned: false,
      error: null,
    };
    this.#pending.set(messageId, pending);
    return pending;
  }

  /** The final response is here: the message id and the slot are free again. */
  #settle(pending: Pending): void {
    if (!this.#pending.delete(pending.messageId)) return;
    this.#outstanding -= 1;
    this.#slotWaiters.shift()?.();
  }

  async #nextResponse(pending: Pending): Promise<DimseResponse> {
    for (;;) {
      const response = pending.queue.shift();
      if (response !== undefined) {
        if (pending.queue.length <= maxQueuedResponses / 2) this.#options.setHold(false);
        return response;
      }
      if (pending.error !== null) throw pending.error;
      pending.wake = Promise.withResolvers<void>();
      await pending.wake.promise;
    }
  }

  #cancel(pending: Pending): void {
    if (!this.#pending.has(pending.messageId) || !cancellable.has(pending.request.commandField)) return;
    this.#options
      .send(pending.contextId, {
        commandField: commandField.cCancelRq,
        messageIdBeingRespondedTo: pending.messageId,
      })
      .catch(() => {}); // only when the association is over, which the request itself reports
  }

  /** Nobody reads on: cancel where possible, drop what comes until the final response. */
  #abandon(pending: Pending): void {
    pending.abandoned = true;
    for (const { dataset } of pending.queue.splice(0)) dataset?.discard().catch(() => {});
    this.#options.setHold(false);
    this.#cancel(pending);
  }
}
