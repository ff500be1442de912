// One DIMSE operation that a peer asked us to perform, as the DIMSE function sees it: the request, its
// dataset, and `respond`, which may be called several times with Pending and once with a final status
// (PS3.7 §9.1, §10.1). A final response is written only after the rest of the dataset was read.
import type { Association } from './association.ts';
import { responseTo } from './command-fields.ts';
import type { CommandFields, CommandSet } from './command-set.ts';
import type { DatasetStream } from './dataset-stream.ts';
import { DimseError } from './errors.ts';
import type { Message } from './message-assembler.ts';
import type { DatasetSource } from './message-sender.ts';
import type { PresentationContext } from './presentation-context.ts';
import { statusCategory } from './status.ts';
import { isUid } from './uids.ts';

export type ResponseFields = CommandFields & { readonly status: number };

export interface Exchange {
  readonly association: Association;
  readonly command: CommandSet;
  readonly context: PresentationContext;
  readonly dataset: DatasetStream | null;
  /** Aborted when the association is over: stop, nobody waits for an answer. */
  readonly signal: AbortSignal;
  /** Aborted by C-CANCEL-RQ: answer with status Cancel when convenient. */
  readonly cancelSignal: AbortSignal;
  respond(fields: ResponseFields, dataset?: DatasetSource): Promise<void>;
}

/** A DIMSE function: performs one operation and gives its final response. */
export type DimseFunction = (exchange: Exchange) => Promise<void>;

/** By Command Field of the request. What is missing is answered 0x0122 or 0x0211. */
export type ServiceTable = Readonly<Record<number, DimseFunction>>;

export type SendMessage = (
  contextId: number,
  fields: CommandFields,
  dataset?: DatasetSource | null,
) => Promise<void>;

export class Operation implements Exchange {
  readonly association: Association;
  readonly command: CommandSet;
  readonly context: PresentationContext;
  readonly dataset: DatasetStream | null;
  readonly messageId: number;
  touchedAt = Date.now();
  #finished = false;
  #answered = false;
  #cancel: AbortController | null = null;
  readonly #send: SendMessage;

  constructor(association: Association, context: PresentationContext, message: Message, send: SendMessage) {
    this.association = association;
    this.context = context;
    this.command = message.command;
    this.dataset = message.dataset;
    this.#send = send;
    if (message.command.messageId === undefined)
      throw new DimseError('protocol', 'a request without Message ID');
    this.messageId = message.command.messageId;
  }

  get signal(): AbortSignal {
    return this.association.signal;
  }

  get cancelSignal(): AbortSignal {
    this.#cancel ??= new AbortController();
    return this.#cancel.signal;
  }

  /** The function has given its final response; whether it could be sent is `answered`. */
  get finished(): boolean {
    return this.#finished;
  }

  get answered(): boolean {
    return this.#answered;
  }

  cancel(): void {
    this.#cancel ??= new AbortController();
    this.#cancel.abort();
  }

  async respond(fields: ResponseFields, dataset?: DatasetSource): Promise<void> {
    if (this.#finished) throw new DimseError('protocol', 'the final response was given already');
    if (statusCategory(fields.status) !== 'pending') {
      this.#finished = true;
      await this.dataset?.discard();
    }
    this.touchedAt = Date.now();
    await this.#send(this.context.id, { ...this.#echoedFields(), ...fields }, dataset ?? null);
    this.#answered = this.#finished;
  }

  #echoedFields(): CommandFields {
    const { command } = this;
    const sopClassUid = command.affectedSopClassUid ?? command.requestedSopClassUid;
    const sopInstanceUid = command.affectedSopInstanceUid ?? command.requestedSopInstanceUid;
    return {
      commandField: responseTo(command.commandField),
      messageIdBeingRespondedTo: this.messageId,
      ...(sopClassUid !== undefined && isUid(sopClassUid) && { affectedSopClassUid: sopClassUid }),
      ...(sopInstanceUid !== undefined &&
        isUid(sopInstanceUid) && { affectedSopInstanceUid: sopInstanceUid }),
    };
  }
}
