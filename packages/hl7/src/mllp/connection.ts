// One inbound MLLP connection. Messages are answered one by one in the order they came; while one is being
// answered nothing more is read, so back-pressure reaches the sender through TCP.
import type { Socket } from 'node:net';
import type { MllpLimits, MllpPeer, MllpProblem } from './contract.ts';
import { type FrameEvent, MllpDeframer, mllpFrame } from './framing.ts';

export interface ConnectionRules {
  onMessage: (bytes: Uint8Array, peer: MllpPeer) => Promise<Uint8Array>;
  onProblem: (kind: MllpProblem, peer: MllpPeer, detail: string) => void;
  onRefused: ((kind: MllpProblem, head: Uint8Array, peer: MllpPeer) => Uint8Array | null) | undefined;
  limits: MllpLimits;
}

type Waiting = { kind: 'message'; bytes: Uint8Array } | { kind: 'refusal'; head: Uint8Array };

/** How long a <1C> without <0D> waits for it. */
const endGraceMs = 250;
/** How long we wait for the peer to close after we did. */
const lingerMs = 2_000;

export class MllpConnection {
  readonly peer: MllpPeer;
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #rules: ConnectionRules;
  readonly #deframer: MllpDeframer;
  readonly #waiting: Waiting[] = [];
  #running = false;
  #closing = false;
  #garbageBytes = 0;
  #frameTimer: NodeJS.Timeout | undefined;
  #graceTimer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, peer: MllpPeer, rules: ConnectionRules) {
    this.#socket = socket;
    this.peer = peer;
    this.#rules = rules;
    this.#deframer = new MllpDeframer(rules.limits);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    socket.setTimeout(rules.limits.idleMs);
    socket.on('data', (chunk: Buffer) => this.#receive(this.#deframer.push(chunk)));
    socket.on('end', () => this.#ended());
    socket.on('timeout', () => this.#idle());
    socket.on('error', (error: Error) => this.#problem('connection', error.message));
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#stopTimers();
        resolve();
      });
    });
  }

  /** Finishes the message being answered, then closes. What was not begun stays unanswered. */
  drain(): void {
    this.#closing = true;
    this.#waiting.length = 0;
    if (!this.#running) this.#end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(events: readonly FrameEvent[]): void {
    if (this.#closing) return;
    for (const event of events) this.#take(event);
    if (events.length > 0) this.#stopTimers();
    if (this.#waiting.length > 0) {
      this.#socket.pause();
      this.#stopTimers();
      if (!this.#running) void this.#run();
    } else {
      this.#startTimers();
    }
  }

  #take(event: FrameEvent): void {
    switch (event.kind) {
      case 'frame':
        this.#waiting.push({ kind: 'message', bytes: event.bytes });
        return;
      case 'too-large':
        this.#problem('too-large', `a message of more than ${this.#rules.limits.maxBytes} bytes was refused`);
        this.#waiting.push({ kind: 'refusal', head: event.head });
        return;
      case 'missing-cr':
        this.#problem('missing-cr', 'a frame ended without its carriage return');
        return;
      case 'unterminated':
        this.#problem('unterminated', `a frame of ${event.size} bytes had no end and was dropped`);
        return;
      case 'garbage':
        this.#problem('garbage', `${event.size} bytes outside of a frame were dropped`);
        this.#garbageBytes += event.size;
        if (this.#garbageBytes > this.#rules.limits.maxGarbageBytes) this.destroy();
    }
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const answer = next.kind === 'message' ? await this.#answer(next.bytes) : this.#refuse(next.head);
      if (answer === null || this.#socket.destroyed) {
        this.#socket.destroy();
        break;
      }
      await this.#write(answer);
      if (next.kind === 'refusal') this.#closing = true;
    }
    this.#running = false;
    if (this.#socket.destroyed) return;
    if (this.#closing || this.#socket.readableEnded) {
      this.#end();
      return;
    }
    this.#socket.resume();
    this.#startTimers();
  }

  async #answer(bytes: Uint8Array): Promise<Uint8Array | null> {
    try {
      return mllpFrame(await this.#rules.onMessage(bytes, this.peer));
    } catch (error) {
      this.#problem('answer-failed', error instanceof Error ? error.name : 'unknown error');
      return null;
    }
  }

  #refuse(head: Uint8Array): Uint8Array | null {
    const answer = this.#rules.onRefused?.('too-large', head, this.peer) ?? null;
    return answer === null ? null : mllpFrame(answer);
  }

  async #write(frame: Uint8Array): Promise<void> {
    if (this.#socket.write(frame)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.#problem('slow-reader', 'the answer was not taken in time');
      this.destroy();
    }, this.#rules.limits.frameMs);
    this.#socket.once('drain', resolve);
    this.#socket.once('close', resolve);
    await promise;
    clearTimeout(timer);
    this.#socket.off('drain', resolve);
    this.#socket.off('close', resolve);
  }

  #startTimers(): void {
    if (!this.#deframer.inFrame) return;
    this.#frameTimer ??= setTimeout(() => {
      this.#problem('slow-frame', `a frame was not complete after ${this.#rules.limits.frameMs} ms`);
      this.destroy();
    }, this.#rules.limits.frameMs);
    clearTimeout(this.#graceTimer);
    if (this.#deframer.awaitsEnd) {
      this.#graceTimer = setTimeout(() => this.#receive(this.#deframer.flush()), endGraceMs);
    }
  }

  #stopTimers(): void {
    clearTimeout(this.#frameTimer);
    clearTimeout(this.#graceTimer);
    this.#frameTimer = undefined;
  }

  #ended(): void {
    this.#receive(this.#deframer.end());
    if (!this.#running) this.#end();
  }

  // Sends what is written and closes; what still comes is dropped, and not for long.
  #end(): void {
    this.#closing = true;
    this.#stopTimers();
    this.#socket.end();
    this.#socket.resume();
    const timer = setTimeout(() => this.destroy(), lingerMs);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  #idle(): void {
    if (this.#running) return;
    this.#problem('idle', `nothing came for ${this.#rules.limits.idleMs} ms`);
    this.destroy();
  }

  #problem(kind: MllpProblem, detail: string): void {
    this.#rules.onProblem(kind, this.peer, detail);
  }
}
