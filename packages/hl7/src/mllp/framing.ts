// MLLP framing over a byte stream cut anywhere. Framing bytes are found before any decoding; none of them is
// part of a longer character in the sets HL7 uses. The end is <1C><0D>; a sender that forgets <0D> is
// understood when a new frame, a line end or silence (flush) follows <1C>.
import { MllpError } from './contract.ts';

const startByte = 0x0b;
const endByte = 0x1c;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;
/** What is kept of a frame that is refused, to answer it. */
const headBytes = 4096;

export type FrameEvent =
  | { kind: 'frame'; bytes: Uint8Array }
  | { kind: 'garbage'; size: number }
  | { kind: 'unterminated'; size: number }
  | { kind: 'missing-cr' }
  /** The frame is over the limit; the stream cannot be used further. */
  | { kind: 'too-large'; head: Uint8Array };

export interface DeframerLimits {
  maxBytes: number;
}

type State = 'outside' | 'inside' | 'ending' | 'refused';

export class MllpDeframer {
  readonly #maxBytes: number;
  #state: State = 'outside';
  #buffer = new Uint8Array(0);
  #size = 0;
  #garbage = 0;
  #events: FrameEvent[] = [];

  constructor(limits: DeframerLimits) {
    this.#maxBytes = limits.maxBytes;
  }

  /** True from the start byte of a frame to its end. */
  get inFrame(): boolean {
    return this.#state === 'inside' || this.#state === 'ending';
  }

  /** True when <1C> has come and the byte behind it has not: call flush after a moment of silence. */
  get awaitsEnd(): boolean {
    return this.#state === 'ending';
  }

  push(chunk: Uint8Array): FrameEvent[] {
    let at = 0;
    while (at < chunk.length && this.#state !== 'refused') at = this.#step(chunk, at);
    return this.#take();
  }

  /** Ends a frame that has its <1C> but no <0D>. */
  flush(): FrameEvent[] {
    if (this.#state === 'ending') this.#finish(false);
    return this.#take();
  }

  /** The stream has ended. */
  end(): FrameEvent[] {
    this.flush().forEach((event) => {
      this.#events.push(event);
    });
    if (this.#state === 'inside') this.#events.push({ kind: 'unterminated', size: this.#size });
    this.#reportGarbage();
    this.#reset('outside');
    return this.#take();
  }

  #step(chunk: Uint8Array, at: number): number {
    switch (this.#state) {
      case 'outside':
        return this.#outside(chunk, at);
      case 'inside':
        return this.#inside(chunk, at);
      case 'ending':
        return this.#ending(chunk, at);
      case 'refused':
        return chunk.length;
    }
  }

  #outside(chunk: Uint8Array, at: number): number {
    const start = chunk.indexOf(startByte, at);
    const end = start === -1 ? chunk.length : start;
    for (let i = at; i < end; i++) if (!isFiller(chunk[i] ?? 0)) this.#garbage++;
    if (start === -1) {
      // One report for each chunk, so that an endless stream of garbage is seen while it comes.
      this.#reportGarbage();
      return chunk.length;
    }
    this.#reportGarbage();
    this.#reset('inside');
    return start + 1;
  }

  #inside(chunk: Uint8Array, at: number): number {
    const end = chunk.indexOf(endByte, at);
    this.#keep(chunk.subarray(at, end === -1 ? chunk.length : end));
    if (this.#state === 'refused') return chunk.length;
    if (end !== -1) this.#state = 'ending';
    return end === -1 ? chunk.length : end + 1;
  }

  #ending(chunk: Uint8Array, at: number): number {
    const byte = chunk[at];
    if (byte === carriageReturn) {
      this.#finish(true);
      return at + 1;
    }
    if (byte === startByte || byte === lineFeed) {
      this.#finish(false);
      return at;
    }
    // Not the end: a <1C> inside the message.
    this.#state = 'inside';
    this.#keep(Uint8Array.of(endByte));
    return at;
  }

  #finish(complete: boolean): void {
    const bytes = this.#buffer.subarray(0, this.#size);
    this.#reset('outside');
    const cut = lastRestart(bytes);
    if (cut > 0) this.#events.push({ kind: 'unterminated', size: cut });
    if (!complete) this.#events.push({ kind: 'missing-cr' });
    this.#events.push({ kind: 'frame', bytes: cut >= 0 ? bytes.subarray(cut + 1) : bytes });
  }

  #keep(part: Uint8Array): void {
    const size = this.#size + part.length;
    if (size > this.#maxBytes) {
      const known = this.#buffer.subarray(0, Math.min(this.#size, headBytes));
      const head = Buffer.concat([known, part.subarray(0, headBytes - known.length)]);
      this.#reset('refused');
      this.#events.push({ kind: 'too-large', head });
      return;
    }
    if (size > this.#buffer.length) {
      const grown = new Uint8Array(Math.min(this.#maxBytes, Math.max(size, this.#buffer.length * 2)));
      grown.set(this.#buffer.subarray(0, this.#size));
      this.#buffer = grown;
    }
    this.#buffer.set(part, this.#size);
    this.#size = size;
  }

  #reset(state: State): void {
    this.#state = state;
    this.#buffer = new Uint8Array(0);
    this.#size = 0;
  }

  #reportGarbage(): void {
    if (this.#garbage > 0) this.#events.push({ kind: 'garbage', size: this.#garbage });
    this.#garbage = 0;
  }

  #take(): FrameEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}

/** A message in its frame. */
export function mllpFrame(message: Uint8Array): Uint8Array {
  if (message.includes(endByte) || lastRestart(message) >= 0) {
    throw new MllpError('not-sendable', 'The message holds MLLP framing bytes; they have to be escaped.');
  }
  const framed = new Uint8Array(message.length + 3);
  framed[0] = startByte;
  framed.set(message, 1);
  framed[message.length + 1] = endByte;
  framed[message.length + 2] = carriageReturn;
  return framed;
}

// A start byte inside a frame is a new frame only when a header follows it; alone it is a vertical tab that
// a word processor left in report text.
function lastRestart(bytes: Uint8Array): number {
  if (!bytes.includes(startByte)) return -1;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Math.max(...['MSH', 'FHS', 'BHS'].map((name) => buffer.lastIndexOf(`\x0b${name}`)));
}

// Line ends, NUL keep-alives, blanks: seen between frames everywhere and harmless.
function isFiller(byte: number): boolean {
  return byte === carriageReturn || byte === lineFeed || byte === 0x00 || byte === 0x20;
}
