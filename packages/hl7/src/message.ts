// A message: segments in order, addressable, writable, and written back byte for byte where nothing was
// changed. Made by parseMessage (received) or buildMessage (ours).
import { charsetOf } from './charset-decode.ts';
import type { Unmappable } from './charset-encode.ts';
import { type Charset, charsetDeclared, utf8 } from './charset-names.ts';
import type { Delimiters } from './delimiters.ts';
import { Hl7Error } from './error.ts';
import { type MessageLine, type MessageSource, writeBytes } from './message-bytes.ts';
import { parsePath } from './path.ts';
import type { Piece, Presence } from './piece.ts';
import { Segment, type SegmentContext } from './segment.ts';
import {
  type Group,
  type GroupOptions,
  groupsOf,
  ordersOf,
  pieceAt,
  piecesAt,
  segmentAt,
  segmentsNamed,
  textsOf,
} from './segments.ts';

export interface MessageType {
  readonly code: string;
  readonly trigger: string;
  readonly structure: string;
}

export interface ToBytesOptions {
  unmappable?: Unmappable;
}

export class Message {
  readonly context: SegmentContext;
  readonly source: MessageSource | null;
  readonly #declaredAtFirst: string;
  #lines: readonly MessageLine[];
  #list: readonly Segment[] | null = null;
  #reshaped = false;

  constructor(lines: readonly MessageLine[], context: SegmentContext, source: MessageSource | null) {
    this.#lines = lines;
    this.context = context;
    this.source = source;
    this.#declaredAtFirst = this.#declared();
  }

  get delimiters(): Delimiters {
    return this.context.delimiters;
  }

  /** The character set it was read in. */
  get charset(): Charset {
    return this.context.charset;
  }

  get type(): MessageType {
    const msh9 = parsePath('MSH-9');
    const piece = pieceAt(this.list, msh9);
    const text = (n: number) => piece?.at(n).text ?? '';
    return { code: text(1), trigger: text(2), structure: text(3) };
  }

  /** MSH-12, such as `2.5.1`; empty when not sent. */
  get version(): string {
    return this.get('MSH-12.1')?.trim() ?? '';
  }

  get controlId(): string {
    return this.get('MSH-10') ?? '';
  }

  get changed(): boolean {
    return this.#reshaped || this.#lines.some((line) => line.segment.changed);
  }

  get list(): readonly Segment[] {
    this.#list ??= this.#lines.map((line) => line.segment);
    return this.#list;
  }

  segments(name?: string): Segment[] {
    return name === undefined ? [...this.list] : segmentsNamed(this.list, name);
  }

  segment(name: string, occurrence = 1): Segment | null {
    return segmentAt(this.list, name, occurrence);
  }

  /**
   * The decoded text at an address, or null when it is absent or explicitly null (see presence).
   * Without numbers: first segment, first repetition. An address that stops above the lowest level gives
   * the whole text there, so report text with a stray `&` is not cut.
   */
  get(path: string): string | null {
    return this.piece(path)?.text ?? null;
  }

  /** All texts at an address: of every segment and every repetition it does not choose between. */
  getAll(path: string): string[] {
    return textsOf(piecesAt(this.list, parsePath(path)));
  }

  presence(path: string): Presence {
    return this.piece(path)?.presence ?? 'absent';
  }

  /** The node at an address, for parseXpn, parseCx and the others; null when its segment is absent. */
  piece(path: string): Piece | null {
    return pieceAt(this.list, parsePath(path));
  }

  pieces(path: string): Piece[] {
    return piecesAt(this.list, parsePath(path));
  }

  groups(starts: readonly string[], options: GroupOptions = {}): Group[] {
    return groupsOf(this.list, starts, options);
  }

  /** Order groups: ORC with OBR and their details. */
  orders(): Group[] {
    return ordersOf(this.list);
  }

  /** Writes a value, escaping it. Null writes `""`. A segment one past the last is added. */
  set(path: string, value: string | null): void {
    const address = parsePath(path);
    this.#segmentFor(address.segment, address.occurrence ?? 1).set(address, value);
  }

  setRaw(path: string, raw: string): void {
    const address = parsePath(path);
    this.#segmentFor(address.segment, address.occurrence ?? 1).setRaw(address, raw);
  }

  /** Adds a segment at the end or behind `after`. Field keys are addresses without the segment: `3[2].1`. */
  addSegment(name: string, fields: Record<string, string | null> = {}, after?: Segment): Segment {
    const segment = new Segment(name, this.context, segmentsNamed(this.list, name).length + 1);
    if (name.length !== 3 || name === 'MSH') {
      throw new Hl7Error('bad-segment', 'Only a segment name can be added, and MSH only once.');
    }
    for (const [key, value] of Object.entries(fields)) segment.set(parsePath(`${name}-${key}`), value);
    this.#insert(segment, after);
    return segment;
  }

  /** Adds a raw segment line as it is. */
  addRaw(raw: string, after?: Segment): Segment {
    if (/[\r\n]/.test(raw) || raw.startsWith('MSH')) {
      throw new Hl7Error('bad-segment', 'A raw segment may not hold a line end nor be a second MSH.');
    }
    const segment = new Segment(raw, this.context, segmentsNamed(this.list, raw.slice(0, 3)).length + 1);
    this.#insert(segment, after);
    return segment;
  }

  removeSegment(segment: Segment): void {
    if (segment.name === 'MSH')
      throw new Hl7Error('bad-segment', 'MSH cannot be removed.', { segment: 'MSH' });
    this.#reshape(this.#lines.filter((line) => line.segment !== segment));
  }

  toString(): string {
    if (this.source !== null && !this.changed) return this.source.text;
    const prefix = this.source?.cut.prefix ?? '';
    return prefix + this.#lines.map((line) => line.segment.raw + line.terminator).join('');
  }

  /**
   * The message as bytes. Unchanged: the very bytes received. Changed: untouched segments keep their
   * bytes, others are encoded in `charset`, else in what MSH-18 now says, else in the set received.
   */
  toBytes(charset?: string, options: ToBytesOptions = {}): Uint8Array {
    const target = charset === undefined ? this.#targetCharset() : charsetOf(charset);
    const same = charset === undefined || target.label === this.charset.label;
    if (this.source !== null && this.source.bytes !== null && same && !this.changed) return this.source.bytes;
    return writeBytes(this.#lines, this.source, this.charset, target, options.unmappable ?? 'error');
  }

  #segmentFor(name: string, occurrence: number): Segment {
    const present = segmentsNamed(this.list, name);
    const found = present[occurrence - 1];
    if (found !== undefined) return found;
    if (occurrence === present.length + 1) return this.addSegment(name);
    throw new Hl7Error(
      'no-segment',
      `There is no ${name}[${occurrence}]; the message has ${present.length}.`,
      {
        segment: `${name}[${occurrence}]`,
      },
    );
  }

  #insert(segment: Segment, after: Segment | undefined): void {
    const at = after === undefined ? -1 : this.#lines.findIndex((line) => line.segment === after);
    const index = at === -1 ? this.#lines.length : at + 1;
    const lines = [...this.#lines];
    const before = lines[index - 1];
    const usual = /^(?:\r\n|\r|\n)/.exec(lines[0]?.terminator ?? '')?.[0] ?? '\r';
    if (before !== undefined && !/^[\r\n]/.test(before.terminator)) {
      lines[index - 1] = { segment: before.segment, terminator: usual };
    }
    lines.splice(index, 0, { segment, terminator: usual });
    this.#reshape(lines);
  }

  #reshape(lines: readonly MessageLine[]): void {
    this.#lines = lines;
    this.#list = null;
    this.#reshaped = true;
  }

  #targetCharset(): Charset {
    const declared = this.#declared();
    if (this.source === null || declared !== this.#declaredAtFirst) {
      const wanted = charsetDeclared(declared.split(this.delimiters.repetition));
      if (wanted !== null && wanted !== 'unknown') return wanted;
      if (this.source === null) return this.charset;
      if (wanted === 'unknown') {
        throw new Hl7Error('charset-unsupported', 'MSH-18 names a character set that is not supported.', {
          segment: 'MSH',
          field: 18,
        });
      }
    }
    const undeclared = this.charset.label === 'ascii' && this.source?.decoded.chosenBy === 'detected';
    return undeclared ? utf8 : this.charset;
  }

  #declared(): string {
    return this.segment('MSH')?.field(18).raw ?? '';
  }
}
