// The performing side of an association: finds the DIMSE function of each request, runs as many at once
// as the asynchronous operations window allows (PS3.7 annex D.3.3.3), delivers C-CANCEL-RQ, and makes
// sure that every request gets exactly one final response.
import type { Association } from './association.ts';
import { commandField, isKnownRequest } from './command-fields.ts';
import { DimseError, StatusError } from './errors.ts';
import type { Message } from './message-assembler.ts';
import type { SendMessage, ServiceTable } from './operation.ts';
import { Operation } from './operation.ts';
import { status } from './status.ts';

export interface PerformerOptions {
  readonly association: Association;
  readonly services: ServiceTable;
  /** Operations that may run at the same time, at least 1. */
  readonly window: number;
  readonly send: SendMessage;
  /** The window is full and a further request waits: read no more. */
  setHold(hold: boolean): void;
  onIdle(): void;
  /** A DIMSE function threw something that is no StatusError. */
  onError(error: unknown): void;
}

export class Performer {
  readonly #options: PerformerOptions;
  readonly #running = new Map<number, Operation>();
  readonly #waiting: Message[] = [];

  constructor(options: PerformerOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running.size + this.#waiting.length;
  }

  /** The oldest sign of life among the running operations, null when none runs. */
  get oldestTouch(): number | null {
    let oldest: number | null = null;
    for (const { touchedAt } of this.#running.values()) oldest = Math.min(oldest ?? touchedAt, touchedAt);
    return oldest;
  }

  accept(message: Message): void {
    if (message.command.commandField === commandField.cCancelRq) {
      this.#running.get(message.command.messageIdBeingRespondedTo ?? -1)?.cancel();
      if (message.dataset !== null) drop(message);
    } else if (message.command.messageId === undefined) {
      // Here, where the fault is the peer's, and not later when a waiting request gets its turn.
      drop(message);
      throw new DimseError('protocol', 'a request without Message ID');
    } else if (this.#running.size >= this.#options.window) {
      this.#waiting.push(message);
      this.#options.setHold(true);
    } else {
      this.#start(message);
    }
  }

  /** The association is over; the functions see it in `signal` and in their dataset. */
  fail(): void {
    this.#waiting.length = 0;
    for (const operation of this.#running.values()) operation.cancel();
  }

  #start(message: Message): void {
    const { association, send } = this.#options;
    const context = association.contexts.get(message.contextId);
    if (context === undefined) return;
    const operation = new Operation(association, context, message, send);
    if (this.#running.has(operation.messageId)) {
      // The first operation keeps the message id; this answer is outside of the table.
      operation
        .respond({ status: status.duplicateInvocation })
        .catch((error: unknown) => this.#giveUp(error));
      return;
    }
    this.#running.set(operation.messageId, operation);
    this.#run(operation).catch((error: unknown) => this.#giveUp(error));
  }

  async #run(operation: Operation): Promise<void> {
    try {
      await this.#perform(operation);
    } catch (error) {
      if (operation.signal.aborted) return;
      if (!(error instanceof StatusError)) this.#options.onError(error);
      if (operation.answered) return;
      if (operation.finished) throw error;
      await operation.respond(
        error instanceof StatusError
          ? { status: error.status, errorComment: error.comment }
          : { status: status.processingFailure, errorComment: 'internal error' },
      );
    } finally {
      this.#running.delete(operation.messageId);
      this.#next();
    }
  }

  async #perform(operation: Operation): Promise<void> {
    const field = operation.command.commandField;
    const perform = Object.hasOwn(this.#options.services, field) ? this.#options.services[field] : undefined;
    if (perform === undefined) {
      throw isKnownRequest(field)
        ? new StatusError(status.sopClassNotSupported, 'this operation is not supported here')
        : new StatusError(status.unrecognizedOperation, 'the Command Field is unknown');
    }
    await perform(operation);
    if (!operation.finished && !operation.signal.aborted) {
      throw new StatusError(status.processingFailure, 'the operation ended without a result');
    }
  }

  #next(): void {
    while (this.#running.size < this.#options.window) {
      const message = this.#waiting.shift();
      if (message === undefined) break;
      this.#start(message);
    }
    if (this.#waiting.length === 0) this.#options.setHold(false);
    if (this.running === 0) this.#options.onIdle();
  }

  /** Not even the error response could be sent: nothing is left but to end the association. */
  #giveUp(error: unknown): void {
    const { association } = this.#options;
    if (association.signal.aborted) return;
    this.#options.onError(error);
    association.abort('a response could not be sent');
  }
}

function drop(message: Message): void {
  message.dataset?.discard().catch(() => {});
}
