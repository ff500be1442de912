// Puts DIMSE messages together from presentation data values: command fragments are gathered (bounded),
// dataset fragments flow into a DatasetStream (PS3.7 §6.3.1, PS3.8 annex E). A message's dataset follows
// its command on the same presentation context, with nothing in between.
import type { CommandSet } from './command-set.ts';
import { decodeCommandSet, noDataset } from './command-set.ts';
import type { Flow } from './dataset-stream.ts';
import { DatasetStream } from './dataset-stream.ts';
import { abortReason, DimseError, PduError } from './errors.ts';
import type { Limits } from './limits.ts';
import { pdvFlag } from './pdu.ts';

export interface Message {
  readonly contextId: number;
  readonly command: CommandSet;
  readonly dataset: DatasetStream | null;
}

export interface AssemblerOptions {
  readonly limits: Limits;
  readonly flow: Flow;
  isAccepted(contextId: number): boolean;
  /** Called when the command is whole; the dataset is still on its way. */
  onMessage(message: Message): void;
}

export class MessageAssembler {
  readonly #options: AssemblerOptions;
  #parts: Buffer[] = [];
  #size = 0;
  /** The context of a message that is not whole yet. */
  #contextId: number | null = null;
  #dataset: DatasetStream | null = null;

  constructor(options: AssemblerOptions) {
    this.#options = options;
  }

  /** True while a message has begun and not ended. */
  get busy(): boolean {
    return this.#contextId !== null;
  }

  get receivingDataset(): boolean {
    return this.#dataset !== null;
  }

  add(contextId: number, flags: number, fragment: Buffer, complete: boolean): void {
    if (this.#contextId === null) {
      if (!this.#options.isAccepted(contextId)) {
        throw new PduError(
          abortReason.invalidParameter,
          `PDV for presentation context ${contextId}, which was not accepted`,
        );
      }
      this.#contextId = contextId;
    } else if (contextId !== this.#contextId) {
      throw new PduError(
        abortReason.unexpectedParameter,
        `PDV for presentation context ${contextId} inside a message of context ${this.#contextId}`,
      );
    }
    const isCommand = (flags & pdvFlag.command) !== 0;
    if (isCommand === (this.#dataset !== null)) {
      throw new PduError(
        abortReason.unexpectedParameter,
        isCommand ? 'command inside a dataset' : 'dataset before its command',
      );
    }
    const last = complete && (flags & pdvFlag.last) !== 0;
    if (this.#dataset !== null) this.#addDataset(this.#dataset, fragment, last);
    else this.#addCommand(contextId, fragment, last);
  }

  /** The association is over: whoever reads the dataset must know. */
  fail(error: Error): void {
    this.#dataset?.fail(error);
    this.#dataset = null;
  }

  #addDataset(dataset: DatasetStream, fragment: Buffer, last: boolean): void {
    dataset.push(fragment);
    if (!last) return;
    this.#dataset = null;
    this.#contextId = null;
    dataset.finish();
  }

  #addCommand(contextId: number, fragment: Buffer, last: boolean): void {
    this.#size += fragment.length;
    if (this.#size > this.#options.limits.maxCommandLength) {
      throw new DimseError(
        'limit',
        `a command set is longer than ${this.#options.limits.maxCommandLength} bytes`,
      );
    }
    if (fragment.length > 0) this.#parts.push(fragment);
    if (!last) return;
    const command = decodeCommandSet(Buffer.concat(this.#parts, this.#size));
    this.#parts = [];
    this.#size = 0;
    if (command.commandDataSetType === noDataset) this.#contextId = null;
    else this.#dataset = new DatasetStream(this.#options.flow, this.#options.limits.maxDrainBytes);
    this.#options.onMessage({ contextId, command, dataset: this.#dataset });
  }
}
