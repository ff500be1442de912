// The element state machine (PS3.5 §7): bytes go in through a ByteQueue in pieces of any size, elements come out in
// order. It never waits and never looks back; run() works until more bytes are needed. Headers and delimiters are read
// here; values by value-reader.ts, the tree is frame-stack.ts, the limits are parse-budget.ts.
import type { ByteQueue } from './byte-queue.ts';
import { createDataset, type Dataset, type DicomElement } from './dataset.ts';
import { type ElementHeader, isPixelTag, read16, read32, readHeader } from './element-header.ts';
import { type Encoding, guessEncoding, implicitLittle, tagText, undefinedLength } from './encoding.ts';
import { DicomError, formatCount } from './errors.ts';
import { type DatasetFrame, type Frame, FrameStack, type SequenceFrame } from './frame-stack.ts';
import type { Limits } from './limits.ts';
import { ParseBudget } from './parse-budget.ts';
import { ValueReader, type ValueReaderOptions } from './value-reader.ts';
import { isBulky, type Vr } from './vr.ts';

export interface ParserOptions extends ValueReaderOptions {
  limits: Limits;
  /** Longer values of bulky VRs are stepped over and reported by position, unless `keepBulk`. */
  bulkThresholdBytes: number;
  /** Called for each finished element, items' elements before their sequence. */
  onElement?: ((element: DicomElement, path: string) => void) | undefined;
  /** Asked before each root element; true ends the parse with the tag unread. */
  stopBefore?: ((group: number, element: number) => boolean) | undefined;
}

export class ElementParser {
  readonly root: Dataset;
  stopped = false;
  readonly #queue: ByteQueue;
  readonly #options: ParserOptions;
  readonly #stack: FrameStack;
  readonly #budget: ParseBudget;
  readonly #values: ValueReader;
  #lastRootTag = '';
  /** Behind the last element: zeros are passed over, nothing else may come. */
  #trailing = false;

  constructor(queue: ByteQueue, encoding: Encoding, options: ParserOptions) {
    this.#queue = queue;
    this.#options = options;
    this.root = createDataset(null, encoding.bigEndian);
    this.#stack = new FrameStack(this.root, encoding);
    this.#budget = new ParseBudget(options.limits);
    this.#values = new ValueReader(queue, this.#budget, options, (tag) => this.#stack.pathOf(tag));
  }

  /** Works through what has arrived. */
  run(): void {
    while (!this.stopped && this.#advance()) {
      /* each turn consumes a header, a value or a frame */
    }
  }

  /** The stream has ended: everything opened must be complete. */
  finish(): void {
    this.run();
    if (this.stopped) return;
    this.#popFinished();
    this.#values.refuseTruncated();
    if (!this.#stack.atRoot) {
      const open = this.#stack.top;
      throw open?.kind === 'sequence'
        ? this.#error('truncated', 'the data set ends inside a sequence', open.tag)
        : this.#error('truncated', 'the data set ends inside an item');
    }
    if (this.#queue.available > 0) this.#finishRemnant();
  }

  /** Closes what is open as it stands, for reading what can be read of a defective stream. */
  abandon(): Dataset {
    this.stopped = true;
    while (!this.#stack.atRoot) this.#pop();
    return this.root;
  }

  #advance(): boolean {
    if (this.#trailing) return this.#skipTrailing();
    return this.#values.busy ? this.#resume() : this.#step();
  }

  /** Fewer bytes than a header has. */
  #finishRemnant(): void {
    const { available, offset } = this.#queue;
    this.#queue.ensure(available);
    const rest = this.#queue.current.subarray(this.#queue.position, this.#queue.position + available);
    if (rest.some((byte) => byte !== 0)) {
      const message = `the data set ends inside an element header, ${available} bytes after ${this.#lastRootTag}`;
      throw this.#error('truncated', message);
    }
    this.#options.onWarning('trailing-zeros', offset, this.#lastRootTag);
    this.#queue.skip(available);
  }

  #error(code: DicomError['code'], message: string, tag?: string): DicomError {
    const { offset } = this.#queue;
    return new DicomError(code, message, tag === undefined ? { offset } : { offset, tag });
  }

  #where(tag: string): { offset: number; tag: string } {
    return { offset: this.#queue.offset, tag };
  }

  #popFinished(): boolean {
    let popped = false;
    while (!this.#stack.atRoot && (this.#stack.top?.end ?? 0) <= this.#queue.offset) {
      this.#pop();
      popped = true;
    }
    return popped;
  }

  #pop(): void {
    const frame = this.#stack.pop();
    if (frame?.kind !== 'sequence') return;
    this.#deliver(frame.owner, { kind: 'sequence', tag: frame.tag, vr: frame.vr, items: frame.items });
  }

  /** One header. False: more bytes are needed. */
  #step(): boolean {
    if (this.#popFinished()) return true;
    const frame = this.#stack.top;
    const queue = this.#queue;
    if (frame === undefined) return false;
    if (frame.end - queue.offset < 8) {
      const message = 'an item or sequence ends inside an element header';
      throw this.#error('bad-length', message, this.#stack.sequenceTag);
    }
    if (!queue.ensure(8)) return false;
    if (frame.sniff) this.#sniff(frame);
    const { current, position } = queue;
    const { bigEndian } = frame.encoding;
    const group = read16(current, position, bigEndian);
    const element = read16(current, position + 2, bigEndian);
    if (group === 0xfffe && element !== 0xfffc) {
      return this.#delimiter(frame, element, read32(current, position + 4, bigEndian));
    }
    if (frame.kind === 'sequence') {
      throw this.#error('bad-item', 'a sequence holds something else where an item is due', frame.tag);
    }
    if (this.#stack.atRoot && this.#endsAtRoot(group, element)) return this.#trailing;
    const header = readHeader(queue, frame.encoding, frame.dataset, this.#options.onWarning);
    if (header === null) {
      if (frame.end - queue.offset >= 12) return false;
      throw this.#error('bad-length', 'an item ends inside an element header', this.#stack.sequenceTag);
    }
    queue.skip(header.bytes);
    this.#begin(frame, header);
    return true;
  }

  /** The caller wants no more, or what follows the last element is no element. */
  #endsAtRoot(group: number, element: number): boolean {
    if (this.#options.stopBefore?.(group, element)) {
      this.stopped = true;
      return true;
    }
    if (group !== 0 || element !== 0 || this.#lastRootTag <= '0001') return false;
    this.#options.onWarning('trailing-zeros', this.#queue.offset, this.#lastRootTag);
    this.#trailing = true;
    return true;
  }

  /** UN of undefined length is Implicit VR (PS3.5 §6.2.2 note), but some writers keep Explicit inside. */
  #sniff(frame: Frame): void {
    frame.sniff = false;
    if (frame.kind === 'sequence') return;
    const seen = guessEncoding(this.#queue.current, this.#queue.position);
    if (seen?.explicit === true && !seen.bigEndian) this.#stack.becomeExplicit(frame);
  }

  #begin(frame: DatasetFrame, header: ElementHeader): void {
    const { tag, vr, length } = header;
    if (this.#stack.atRoot) this.#lastRootTag = tag;
    this.#budget.addElement(this.#where(tag));
    if (length === undefinedLength) {
      if (vr === 'SQ' || vr === 'UN') this.#openSequence(frame, tag, vr, null);
      else if (vr === 'OB' || vr === 'OW') this.#values.beginFragments(tag, vr);
      else throw this.#error('bad-length', `undefined length with VR ${vr}`, tag);
      return;
    }
    const left = frame.end - this.#queue.offset;
    if (length > left) {
      const message = `the value is ${formatCount(length)} bytes long and its item only ${formatCount(left)} more`;
      throw this.#error('bad-length', message, tag);
    }
    if (vr === 'SQ') this.#openSequence(frame, tag, vr, length);
    else if (this.#isBulk(tag, vr, length)) this.#values.beginBulk(tag, vr, length);
    else {
      if (!this.#options.keepBulk) this.#budget.addValue(vr, length, this.#where(tag));
      const element = this.#values.readValue(tag, vr, length);
      if (element !== null) this.#deliver(frame.dataset, element);
    }
  }

  #isBulk(tag: string, vr: Vr, length: number): boolean {
    if (this.#options.keepBulk) return false;
    if (isPixelTag(tag)) return length > 0;
    return length > this.#options.bulkThresholdBytes && isBulky(vr);
  }

  #openSequence(frame: DatasetFrame, tag: string, vr: Vr, length: number | null): void {
    this.#budget.enterSequence(this.#stack.nextDepth, this.#where(tag));
    const unknown = vr === 'UN';
    this.#stack.push({
      kind: 'sequence',
      tag,
      vr,
      items: [],
      owner: frame.dataset,
      end: length === null ? frame.end : this.#queue.offset + length,
      open: length === null,
      encoding: unknown ? implicitLittle : frame.encoding,
      sniff: unknown,
    });
  }

  #delimiter(frame: Frame, element: number, length: number): boolean {
    const queue = this.#queue;
    const { atRoot } = this.#stack;
    const sequenceTag = atRoot ? undefined : this.#stack.sequenceTag;
    if (frame.kind === 'sequence' && element === 0xe000) return this.#openItem(frame, length);
    const closes = frame.kind === 'sequence' ? element === 0xe0dd : element === 0xe00d;
    if (closes && !atRoot) {
      queue.skip(8);
      if (frame.open) this.#pop();
      else this.#options.onWarning('stray-delimiter', queue.offset - 8, sequenceTag ?? '');
      return true;
    }
    if (frame.kind === 'dataset' && element !== 0xe000) {
      // A sequence delimiter inside an open-ended item: the item delimiter was forgotten.
      const forgotten = element === 0xe0dd && !atRoot && frame.open;
      if (forgotten || length === 0) {
        this.#options.onWarning('stray-delimiter', queue.offset, sequenceTag ?? '');
        if (forgotten) this.#pop();
        else queue.skip(8);
        return true;
      }
    }
    throw this.#error('bad-item', `FFFE${tagText(0, element).slice(4)} where it cannot stand`, sequenceTag);
  }

  #openItem(frame: SequenceFrame, length: number): boolean {
    const queue = this.#queue;
    queue.skip(8);
    this.#budget.addItem(frame.items.length, this.#where(frame.tag));
    const isOpen = length === undefinedLength;
    if (!isOpen && length > frame.end - queue.offset) this.#stretch(frame, queue.offset + length);
    const dataset = createDataset(frame.owner, frame.encoding.bigEndian);
    frame.items.push(dataset);
    const end = isOpen ? frame.end : queue.offset + length;
    const sniff = frame.vr === 'UN' && frame.items.length === 1;
    this.#stack.push({ kind: 'dataset', dataset, end, open: isOpen, encoding: frame.encoding, sniff });
    return true;
  }

  /** Defective directories have sequences shorter than their items; the items are right (as DCMTK). */
  #stretch(frame: SequenceFrame, end: number): void {
    const { around } = this.#stack;
    if (frame.open || around === undefined || end > around.end) {
      throw this.#error('bad-length', 'an item is longer than its sequence', frame.tag);
    }
    this.#options.onWarning('length-corrected', this.#queue.offset, frame.tag);
    frame.end = end;
  }

  /** Goes on with a value whose bytes were not all there. False: more bytes are needed. */
  #resume(): boolean {
    const frame = this.#stack.top;
    if (frame?.kind !== 'dataset') return false;
    const element = this.#values.resume({ end: frame.end, bigEndian: frame.encoding.bigEndian });
    if (element === null) return false;
    this.#deliver(frame.dataset, element);
    return true;
  }

  /** Zeros after the last element (a padded medium) are passed over; anything else is not. */
  #skipTrailing(): boolean {
    const queue = this.#queue;
    while (queue.available > 0) {
      const end = Math.min(queue.current.length, queue.position + queue.available);
      for (let at = queue.position; at < end; at++) {
        if (queue.current[at] !== 0)
          throw this.#error('bad-item', 'bytes other than zero after the last element', this.#lastRootTag);
      }
      queue.skip(Math.max(1, end - queue.position));
    }
    return false;
  }

  #deliver(dataset: Dataset, element: DicomElement): void {
    if (dataset.elements.has(element.tag)) {
      // As DCMTK: the first one counts.
      this.#options.onWarning('duplicate-element', this.#queue.offset, element.tag);
    } else dataset.elements.set(element.tag, element);
    this.#options.onElement?.(element, this.#stack.pathOf(element.tag));
  }
}
