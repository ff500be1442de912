// Cuts the byte stream of a socket into PDUs without copying dataset bytes. Control PDUs are gathered
// whole (their length was agreed to by the sink first); P-DATA-TF is passed on as slices of the receive
// buffers, as they come; no receive buffer shares its memory with anything else. `hold` stops in the middle of a chunk, so back-pressure is exact.
import { abortReason, PduError } from './errors.ts';
import { pduHeaderLength, pdvHeaderLength } from './pdu.ts';

export type HeaderVerdict = 'gather' | 'stream' | 'skip' | 'stop';

export interface PduSink {
  /** Called when six header bytes are known; decides what becomes of the body. */
  onHeader(type: number, length: number): HeaderVerdict;
  onPdu(type: number, body: Buffer): void;
  /** `complete` marks the end of the PDV, not of the message. */
  onPdv(contextId: number, flags: number, fragment: Buffer, complete: boolean): void;
}

type Phase = 'header' | 'gather' | 'pdv-header' | 'pdv' | 'skip' | 'stopped';

const nothing = Buffer.alloc(0);

export class PduReader {
  readonly #sink: PduSink;
  readonly #small = Buffer.alloc(6);
  #smallFilled = 0;
  #phase: Phase = 'header';
  #type = 0;
  #pduLeft = 0;
  #pdvLeft = 0;
  #contextId = 0;
  #flags = 0;
  #parts: Buffer[] = [];
  #rest: Buffer = nothing;
  #held = false;
  #running = false;
  #offset = 0;

  constructor(sink: PduSink) {
    this.#sink = sink;
  }

  /** True between the first and the last byte of a PDU. */
  get insidePdu(): boolean {
    return this.#phase !== 'stopped' && (this.#phase !== 'header' || this.#smallFilled > 0);
  }

  get held(): boolean {
    return this.#held;
  }

  /** Bytes consumed since the connection began: where an error was found. */
  get offset(): number {
    return this.#offset;
  }

  hold(): void {
    this.#held = true;
  }

  /** Goes on with what was kept back; may be held again before it returns. */
  resume(): void {
    this.#held = false;
    if (this.#running || this.#rest.length === 0) return;
    const rest = this.#rest;
    this.#rest = nothing;
    this.push(rest);
  }

  /** Everything from here on is dropped unread. */
  stop(): void {
    this.#phase = 'stopped';
    this.#held = false;
    this.#rest = nothing;
    this.#parts = [];
  }

  /** Throws PduError when the stream is malformed; the reader is of no use afterwards. */
  push(chunk: Buffer): void {
    if (this.#rest.length > 0) {
      this.#rest = join(this.#rest, chunk);
      return;
    }
    let at = 0;
    this.#running = true;
    try {
      while (at < chunk.length && !this.#held && this.#phase !== 'stopped') {
        const used = this.#step(chunk, at);
        at += used;
        this.#offset += used;
      }
    } finally {
      this.#running = false;
    }
    if (at < chunk.length && this.#phase !== 'stopped') this.#rest = chunk.subarray(at);
  }

  #step(chunk: Buffer, at: number): number {
    switch (this.#phase) {
      case 'header':
        return this.#readHeader(chunk, at);
      case 'gather':
        return this.#gather(chunk, at);
      case 'pdv-header':
        return this.#readPdvHeader(chunk, at);
      case 'pdv':
        return this.#passFragment(chunk, at);
      case 'skip': {
        const used = Math.min(this.#pduLeft, chunk.length - at);
        this.#pduLeft -= used;
        if (this.#pduLeft === 0) this.#phase = 'header';
        return used;
      }
      case 'stopped':
        return chunk.length - at;
    }
  }

  /** Fills the six-byte field; headers are often cut by the edge of a receive buffer. */
  #fillSmall(chunk: Buffer, at: number): number {
    const used = Math.min(6 - this.#smallFilled, chunk.length - at);
    chunk.copy(this.#small, this.#smallFilled, at, at + used);
    this.#smallFilled += used;
    return used;
  }

  #readHeader(chunk: Buffer, at: number): number {
    const used = this.#fillSmall(chunk, at);
    if (this.#smallFilled < pduHeaderLength) return used;
    this.#smallFilled = 0;
    this.#type = this.#small.readUInt8(0);
    this.#pduLeft = this.#small.readUInt32BE(2);
    const verdict = this.#sink.onHeader(this.#type, this.#pduLeft);
    if (verdict === 'stop') {
      this.stop();
    } else if (verdict === 'skip') {
      this.#phase = this.#pduLeft > 0 ? 'skip' : 'header';
    } else if (verdict === 'stream') {
      if (this.#pduLeft === 0) throw new PduError(abortReason.invalidParameter, 'P-DATA-TF without a PDV');
      this.#phase = 'pdv-header';
    } else if (this.#pduLeft === 0) {
      this.#sink.onPdu(this.#type, nothing);
    } else {
      this.#phase = 'gather';
    }
    return used;
  }

  #gather(chunk: Buffer, at: number): number {
    const used = Math.min(this.#pduLeft, chunk.length - at);
    this.#parts.push(chunk.subarray(at, at + used));
    this.#pduLeft -= used;
    if (this.#pduLeft > 0) return used;
    const body = this.#parts.length === 1 ? (this.#parts[0] ?? nothing) : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#phase = 'header';
    this.#sink.onPdu(this.#type, body);
    return used;
  }

  #readPdvHeader(chunk: Buffer, at: number): number {
    const used = this.#fillSmall(chunk, at);
    if (this.#smallFilled < pdvHeaderLength) return used;
    this.#smallFilled = 0;
    const length = this.#small.readUInt32BE(0);
    this.#contextId = this.#small.readUInt8(4);
    this.#flags = this.#small.readUInt8(5);
    this.#pdvLeft = length - 2;
    this.#pduLeft -= pdvHeaderLength;
    if (length < 2 || this.#pdvLeft > this.#pduLeft) {
      throw new PduError(
        abortReason.invalidParameter,
        `PDV item length ${length} does not fit its P-DATA-TF`,
      );
    }
    this.#pduLeft -= this.#pdvLeft;
    this.#phase = 'pdv';
    if (this.#pdvLeft === 0) this.#endFragment(nothing);
    return used;
  }

  #passFragment(chunk: Buffer, at: number): number {
    const used = Math.min(this.#pdvLeft, chunk.length - at);
    const fragment = chunk.subarray(at, at + used);
    this.#pdvLeft -= used;
    if (this.#pdvLeft === 0) this.#endFragment(fragment);
    else this.#sink.onPdv(this.#contextId, this.#flags, fragment, false);
    return used;
  }

  #endFragment(fragment: Buffer): void {
    if (this.#pduLeft > 0 && this.#pduLeft < pdvHeaderLength) {
      throw new PduError(abortReason.invalidParameter, `${this.#pduLeft} stray bytes after the last PDV`);
    }
    this.#phase = this.#pduLeft === 0 ? 'header' : 'pdv-header';
    this.#sink.onPdv(this.#contextId, this.#flags, fragment, true);
  }
}

/** Not from the pool of small buffers, which lie in one memory. */
function join(first: Buffer, second: Buffer): Buffer {
  const whole = Buffer.allocUnsafeSlow(first.length + second.length);
  first.copy(whole);
  second.copy(whole, first.length);
  return whole;
}
