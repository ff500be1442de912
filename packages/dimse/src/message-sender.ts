// Sends DIMSE messages: fragments command and dataset into P-DATA-TF PDUs no longer than the peer takes
// (PS3.8 annex E.1), one message at a time, never faster than the socket. A message without dataset, or
// with a small one, leaves in a single socket write.
import type { CommandFields } from './command-set.ts';
import { encodeCommandSet } from './command-set.ts';
import { DimseError } from './errors.ts';
import { encodePDataHeader, pdvFlag, pdvHeaderLength } from './pdu.ts';
import type { UpperLayer } from './upper-layer.ts';

export type DatasetSource = Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** As UpperLayer.sendPData: null when more may follow at once. */
type Write = (pieces: readonly Buffer[]) => Promise<void> | null;

/** Pieces are handed to the socket in gathers of about this size. */
const gatherBytes = 524_288;
const zero = Buffer.alloc(1);

export class MessageSender {
  readonly #layer: UpperLayer;
  readonly #capacity: number;
  readonly #write: Write;
  #tail: Promise<void> | null = null;

  /** `maxPduLength` is what the peer advertised, already bounded by our own limit. */
  constructor(layer: UpperLayer, maxPduLength: number, write: Write = (pieces) => layer.sendPData(pieces)) {
    this.#layer = layer;
    this.#write = write;
    this.#capacity = (maxPduLength - pdvHeaderLength) & ~1; // fragments have even length
  }

  async send(contextId: number, fields: CommandFields, dataset: DatasetSource | null = null): Promise<void> {
    const command = encodeCommandSet(fields, dataset !== null);
    while (this.#tail !== null) await this.#tail;
    const turn = Promise.withResolvers<void>();
    this.#tail = turn.promise;
    try {
      await this.#sendWhole(contextId, command, dataset);
    } finally {
      this.#tail = null;
      turn.resolve();
    }
  }

  async #sendWhole(contextId: number, command: Buffer, dataset: DatasetSource | null): Promise<void> {
    const out = new Fragmenter(contextId, pdvFlag.command, this.#capacity);
    out.add(command);
    const pieces = out.end();
    if (dataset === null) {
      await this.#write(pieces);
      return;
    }
    const body = new Fragmenter(contextId, 0, this.#capacity, pieces);
    try {
      for await (const chunk of chunksOf(dataset)) {
        for (let at = 0; at < chunk.length; at += gatherBytes) {
          body.add(chunk.subarray(at, at + gatherBytes));
          if (body.fullPdus > 0) await this.#write(body.takeFull());
        }
      }
      await this.#write(body.end());
    } catch (error) {
      // Half a message cannot be taken back: the association is of no use any more (PS3.8 annex E).
      if (this.#layer.end === null) this.#layer.abort('the dataset to send could not be read to its end');
      throw this.#layer.end !== null && error instanceof DimseError ? error : wrap(error);
    }
  }
}

function wrap(error: unknown): DimseError {
  return new DimseError('aborted', 'the dataset to send could not be read to its end', { cause: error });
}

async function* chunksOf(source: DatasetSource): AsyncGenerator<Buffer> {
  if (source instanceof Uint8Array) {
    yield asBuffer(source);
    return;
  }
  for await (const chunk of source) yield asBuffer(chunk);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Cuts bytes into one-PDV PDUs. One fragment is always kept back, as only `end` knows the last. */
class Fragmenter {
  readonly #contextId: number;
  readonly #flags: number;
  readonly #capacity: number;
  #ready: Buffer[];
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  fullPdus = 0;

  constructor(contextId: number, flags: number, capacity: number, first: Buffer[] = []) {
    this.#contextId = contextId;
    this.#flags = flags;
    this.#capacity = capacity;
    this.#ready = first;
  }

  add(chunk: Buffer): void {
    let rest = chunk;
    while (this.#pendingBytes + rest.length > this.#capacity) {
      const room = this.#capacity - this.#pendingBytes;
      if (room > 0) this.#keep(rest.subarray(0, room));
      rest = rest.subarray(room);
      this.#flush(this.#flags);
      this.fullPdus += 1;
    }
    if (rest.length > 0) this.#keep(rest);
  }

  takeFull(): Buffer[] {
    const pieces = this.#ready;
    this.#ready = [];
    this.fullPdus = 0;
    return pieces;
  }

  end(): Buffer[] {
    // Fragments have even length; deflated datasets may not, and are padded by one zero (PS3.5 §A.5).
    // A dataset of odd length in any other syntax is broken, and some peers abort on an odd fragment.
    if (this.#pendingBytes % 2 === 1) this.#keep(zero);
    this.#flush(this.#flags | pdvFlag.last);
    return this.takeFull();
  }

  #keep(slice: Buffer): void {
    this.#pending.push(slice);
    this.#pendingBytes += slice.length;
  }

  #flush(flags: number): void {
    this.#ready.push(encodePDataHeader(this.#contextId, flags, this.#pendingBytes), ...this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}
