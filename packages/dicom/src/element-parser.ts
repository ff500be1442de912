// The element state machine (PS3.5 §7): bytes go in through a ByteQueue in pieces of any size, elements
// come out in order. It never waits and never looks back; run() works until more bytes are needed.
// Frames on the stack are data sets (the root and items) and sequences. Values of bulky elements are
// stepped over and reported by position unless `keepBulk` is set.
import type { ByteQueue } from './byte-queue.ts';
import { createDataset, type Dataset, type DicomElement, type Fragment } from './dataset.ts';
import { type ElementHeader, isPixelTag, read16, read32, readHeader, type Warn } from './element-header.ts';
import {
  type Encoding,
  explicitLittle,
  guessEncoding,
  implicitLittle,
  tagText,
  undefinedLength,
} from './encoding.ts';
import { DicomError, formatCount } from './errors.ts';
import type { Limits } from './limits.ts';
import { isBulky, type Vr } from './vr.ts';

export interface ParserOptions {
  limits: Limits;
  bulkThresholdBytes: number;
  keepBulk: boolean;
  /** Kept values are copied out of the chunks; false only where the input outlives the result. */
  copyValues: boolean;
  /** Called for each finished element, items' elements before their sequence. */
  onElement?: ((element: DicomElement, path: string) => void) | undefined;
  onWarning: Warn;
  /** Asked before each root element; true ends the parse with the tag unread. */
  stopBefore?: ((group: number, element: number) => boolean) | undefined;
}

interface DatasetFrame {
  kind: 'dataset';
  dataset: Dataset;
  /** Where it must end: its own length's end, or that of the nearest frame around it which has one. */
  end: number;
  open: boolean;
  encoding: Encoding;
  sniff: boolean;
}
interface SequenceFrame {
  kind: 'sequence';
  tag: string;
  vr: Vr;
  items: Dataset[];
  owner: Dataset;
  end: number;
  open: boolean;
  encoding: Encoding;
  sniff: boolean;
}
type Frame = DatasetFrame | SequenceFrame;

interface Pending {
  kind: 'value' | 'skip' | 'fragments' | 'fragment' | 'trailing';
  tag: string;
  vr: Vr;
  start: number;
  length: number;
  left: number;
  fragments: Fragment[];
  kept: Uint8Array[];
}

const itemChargeBytes = 256;
const elementChargeBytes = 32;
const noFragments: Fragment[] = [];
const noBytes: Uint8Array[] = [];

export class ElementParser {
  readonly root: Dataset;
  stopped = false;
  readonly #queue: ByteQueue;
  readonly #options: ParserOptions;
  readonly #stack: Frame[];
  #pending: Pending | null = null;
  #elements = 0;
  #charged = 0;
  #lastRootTag = '';

  constructor(queue: ByteQueue, encoding: Encoding, options: ParserOptions) {
    this.#queue = queue;
    this.#options = options;
    this.root = createDataset(null, encoding.bigEndian);
    this.#stack = [
      {
        kind: 'dataset',
        dataset: this.root,
        end: Number.POSITIVE_INFINITY,
        open: true,
        encoding,
        sniff: false,
      },
    ];
  }

  /** Works through what has arrived. */
  run(): void {
    while (!this.stopped && (this.#pending === null ? this.#step() : this.#resume())) {
      /* each turn consumes a header, a value or a frame */
    }
  }

  /** The stream has ended: everything opened must be complete. */
  finish(): void {
    this.run();
    if (this.stopped) return;
    this.#popFinished();
    const pending = this.#pending;
    if (pending !== null && pending.kind !== 'trailing') this.#failTruncated(pending);
    const open = this.#stack.at(-1);
    if (this.#stack.length > 1 && open?.kind === 'sequence') {
      throw this.#error('truncated', 'the data set ends inside a sequence', open.tag);
    }
    if (this.#stack.length > 1) throw this.#error('truncated', 'the data set ends inside an item');
    if (this.#queue.available > 0) this.#finishRemnant();
  }

  /** Closes what is open as it stands, for reading what can be read of a defective stream. */
  abandon(): Dataset {
    this.stopped = true;
    while (this.#stack.length > 1) this.#pop();
    return this.root;
  }

  #finishRemnant(): void {
    const { available, offset } = this.#queue;
    this.#queue.ensure(available);
    const rest = this.#queue.current.subarray(this.#queue.position, this.#queue.position + available);
    if (rest.some((byte) => byte !== 0)) {
      throw this.#error(
        'truncated',
        `the data set ends inside an element header, ${available} bytes after ${this.#lastRootTag}`,
      );
    }
    this.#options.onWarning('trailing-zeros', offset, this.#lastRootTag);
    this.#queue.skip(available);
  }

  #failTruncated(pending: Pending): never {
    const name = isPixelTag(pending.tag) ? 'pixel data' : 'the value';
    if (pending.kind === 'fragments') {
      throw this.#error('truncated', `${name} ends without its sequence delimiter`, pending.tag);
    }
    const arrived = pending.kind === 'value' ? this.#queue.available : pending.length - pending.left;
    throw this.#error(
      'truncated',
      `${name} ends at byte ${formatCount(arrived)} of ${formatCount(pending.length)} announced`,
      pending.tag,
      pending.start,
    );
  }

  #error(code: DicomError['code'], message: string, tag?: string, offset = this.#queue.offset): DicomError {
    return new DicomError(code, message, tag === undefined ? { offset } : { offset, tag });
  }

  #popFinished(): boolean {
    let popped = false;
    for (let frame = this.#stack.at(-1); this.#stack.length > 1 && frame; frame = this.#stack.at(-1)) {
      if (frame.end > this.#queue.offset) break;
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
    const frame = this.#stack.at(-1);
    const queue = this.#queue;
    if (frame === undefined) return false;
    if (frame.end - queue.offset < 8) {
      throw this.#error(
        'bad-length',
        'an item or sequence ends inside an element header',
        this.#frameTag(frame),
      );
    }
    if (!queue.ensure(8)) return false;
    if (frame.sniff && !this.#sniff(frame)) return false;
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
    if (this.#stack.length === 1) {
      if (this.#options.stopBefore?.(group, element)) {
        this.stopped = true;
        return false;
      }
      if (group === 0 && element === 0 && this.#lastRootTag > '0001') return this.#beginTrailing();
    }
    const header = readHeader(queue, frame.encoding, frame.dataset, this.#options.onWarning);
    if (header === null) {
      if (frame.end - queue.offset >= 12) return false;
      throw this.#error('bad-length', 'an item ends inside an element header', this.#frameTag(frame));
    }
    queue.skip(header.bytes);
    this.#begin(frame, header);
    return true;
  }

  #frameTag(frame: Frame): string | undefined {
    if (frame.kind === 'sequence') return frame.tag;
    const above = this.#stack.at(-2);
    return above?.kind === 'sequence' ? above.tag : undefined;
  }

  /** UN of undefined length is Implicit VR (PS3.5 §6.2.2 note), but some writers keep Explicit inside. */
  #sniff(frame: Frame): boolean {
    frame.sniff = false;
    if (frame.kind === 'sequence') return true;
    const { current, position } = this.#queue;
    const seen = guessEncoding(current, position);
    if (seen?.explicit === true && !seen.bigEndian) {
      frame.encoding = explicitLittle;
      const above = this.#stack.at(-2);
      if (above?.kind === 'sequence') above.encoding = explicitLittle;
    }
    return true;
  }

  #begin(frame: DatasetFrame, header: ElementHeader): void {
    const { tag, vr, length } = header;
    const { limits } = this.#options;
    const offset = this.#queue.offset;
    if (this.#stack.length === 1) this.#lastRootTag = tag;
    this.#elements++;
    if (this.#elements > limits.maxElements) {
      throw this.#error('elements-over-limit', `more than ${formatCount(limits.maxElements)} elements`, tag);
    }
    this.#charge(elementChargeBytes, tag);
    if (length === undefinedLength) {
      if (vr === 'SQ' || vr === 'UN') this.#openSequence(frame, tag, vr, null);
      else if (vr === 'OB' || vr === 'OW') this.#await('fragments', tag, vr, length);
      else throw this.#error('bad-length', `undefined length with VR ${vr}`, tag);
      return;
    }
    if (length > frame.end - offset) {
      throw this.#error(
        'bad-length',
        `the value is ${formatCount(length)} bytes long and its item only ${formatCount(frame.end - offset)} more`,
        tag,
      );
    }
    if (vr === 'SQ') this.#openSequence(frame, tag, vr, length);
    else if (this.#isBulk(tag, vr, length)) this.#await('skip', tag, vr, length);
    else {
      if (length > limits.maxElementBytes && !this.#options.keepBulk) {
        throw this.#error(
          'length-over-limit',
          `a ${vr} value of ${formatCount(length)} bytes; the limit is ${formatCount(limits.maxElementBytes)}`,
          tag,
        );
      }
      if (!this.#options.keepBulk) this.#charge(length, tag);
      if (!this.#finishValue(frame, tag, vr, length)) this.#await('value', tag, vr, length);
    }
  }

  #isBulk(tag: string, vr: Vr, length: number): boolean {
    if (this.#options.keepBulk) return false;
    if (isPixelTag(tag)) return length > 0;
    return length > this.#options.bulkThresholdBytes && isBulky(vr);
  }

  #await(kind: Pending['kind'], tag: string, vr: Vr, length: number): void {
    const isList = kind === 'fragments';
    const fragments = isList ? [] : noFragments;
    const kept = isList ? [] : noBytes;
    this.#pending = { kind, tag, vr, start: this.#queue.offset, length, left: length, fragments, kept };
  }

  #charge(bytes: number, tag: string): void {
    this.#charged += bytes;
    const { maxHeaderBytes } = this.#options.limits;
    if (this.#charged > maxHeaderBytes) {
      throw this.#error(
        'length-over-limit',
        `the values together pass ${formatCount(maxHeaderBytes)} bytes`,
        tag,
      );
    }
  }

  #openSequence(frame: DatasetFrame, tag: string, vr: Vr, length: number | null): void {
    const { maxDepth } = this.#options.limits;
    const depth = (this.#stack.length + 1) / 2;
    if (depth > maxDepth)
      throw this.#error('depth-over-limit', `sequences nested more than ${maxDepth} deep`, tag);
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
    if (frame.kind === 'sequence' && element === 0xe000) return this.#openItem(frame, length);
    const closes = frame.kind === 'sequence' ? element === 0xe0dd : element === 0xe00d;
    if (closes && this.#stack.length > 1) {
      queue.skip(8);
      if (frame.open) this.#pop();
      else this.#options.onWarning('stray-delimiter', queue.offset - 8, this.#frameTag(frame) ?? '');
      return true;
    }
    const sequenceAbove = this.#stack.length > 1 ? this.#frameTag(frame) : undefined;
    if (frame.kind === 'dataset' && element !== 0xe000) {
      // A sequence delimiter inside an open-ended item: the item delimiter was forgotten.
      if (element === 0xe0dd && this.#stack.length > 1 && frame.open) {
        this.#options.onWarning('stray-delimiter', queue.offset, sequenceAbove ?? '');
        this.#pop();
        return true;
      }
      if (length === 0) {
        this.#options.onWarning('stray-delimiter', queue.offset, sequenceAbove ?? '');
        queue.skip(8);
        return true;
      }
    }
    throw this.#error('bad-item', `FFFE${tagText(0, element).slice(4)} where it cannot stand`, sequenceAbove);
  }

  #openItem(frame: SequenceFrame, length: number): boolean {
    const { limits } = this.#options;
    const queue = this.#queue;
    queue.skip(8);
    if (frame.items.length >= limits.maxItemsPerSequence) {
      throw this.#error(
        'items-over-limit',
        `more than ${formatCount(limits.maxItemsPerSequence)} items`,
        frame.tag,
      );
    }
    this.#charge(itemChargeBytes, frame.tag);
    const isOpen = length === undefinedLength;
    if (!isOpen && length > frame.end - queue.offset) {
      this.#stretch(frame, queue.offset + length);
    }
    const dataset = createDataset(frame.owner, frame.encoding.bigEndian);
    frame.items.push(dataset);
    const end = isOpen ? frame.end : queue.offset + length;
    const sniff = frame.vr === 'UN' && frame.items.length === 1;
    this.#stack.push({ kind: 'dataset', dataset, end, open: isOpen, encoding: frame.encoding, sniff });
    return true;
  }

  /** Defective directories have sequences shorter than their items; the items are right (as DCMTK). */
  #stretch(frame: SequenceFrame, end: number): void {
    const around = this.#stack.at(-2);
    if (frame.open || around === undefined || end > around.end) {
      throw this.#error('bad-length', 'an item is longer than its sequence', frame.tag);
    }
    this.#options.onWarning('length-corrected', this.#queue.offset, frame.tag);
    frame.end = end;
  }

  /** Goes on with a value whose bytes were not all there. False: more bytes are needed. */
  #resume(): boolean {
    const pending = this.#pending;
    const frame = this.#stack.at(-1);
    if (pending === null || frame?.kind !== 'dataset') return false;
    switch (pending.kind) {
      case 'value':
        return this.#finishValue(frame, pending.tag, pending.vr, pending.length);
      case 'skip':
        pending.left -= this.#queue.skip(pending.left);
        if (pending.left > 0) return false;
        return this.#finishBulk(frame, pending, null);
      case 'fragments':
        return this.#fragmentHeader(frame, pending);
      case 'fragment':
        return this.#fragmentBytes(pending);
      case 'trailing':
        return this.#skipTrailing(pending);
    }
  }

  #finishValue(frame: DatasetFrame, tag: string, vr: Vr, length: number): boolean {
    const value = this.#take(length);
    if (value === null) return false;
    if (length % 2 === 1) this.#options.onWarning('odd-length', this.#queue.offset - length, tag);
    this.#pending = null;
    this.#deliver(frame.dataset, { kind: 'value', tag, vr, value });
    return true;
  }

  #take(length: number): Uint8Array | null {
    const queue = this.#queue;
    if (!queue.ensure(length)) return null;
    const { current, position } = queue;
    const view = current.subarray(position, position + length);
    // Not slice(): of a Buffer that is a view of the same memory.
    const value = this.#options.copyValues ? new Uint8Array(view) : view;
    queue.skip(length);
    return value;
  }

  #finishBulk(frame: DatasetFrame, pending: Pending, fragments: Fragment[] | null): boolean {
    const { tag, vr, start } = pending;
    this.#pending = null;
    const length = fragments === null ? pending.length : fragments.reduce((sum, f) => sum + f.length, 0);
    const bulk = { tag, path: this.#path(tag), vr, offset: start, length, fragments };
    this.#deliver(frame.dataset, { kind: 'bulk', tag, vr, bulk });
    return true;
  }

  #fragmentHeader(frame: DatasetFrame, pending: Pending): boolean {
    const queue = this.#queue;
    if (!queue.ensure(8)) return false;
    const { bigEndian } = frame.encoding;
    const group = read16(queue.current, queue.position, bigEndian);
    const element = read16(queue.current, queue.position + 2, bigEndian);
    const length = read32(queue.current, queue.position + 4, bigEndian);
    if (group !== 0xfffe || (element !== 0xe000 && element !== 0xe0dd)) {
      throw this.#error('bad-item', 'something else where a fragment is due', pending.tag);
    }
    if (element === 0xe0dd) {
      queue.skip(8);
      if (!this.#options.keepBulk) return this.#finishBulk(frame, pending, pending.fragments);
      this.#pending = null;
      this.#deliver(frame.dataset, {
        kind: 'fragments',
        tag: pending.tag,
        vr: pending.vr,
        fragments: pending.kept,
      });
      return true;
    }
    if (length === undefinedLength)
      throw this.#error('bad-length', 'a fragment of undefined length', pending.tag);
    if (length > frame.end - queue.offset - 8)
      throw this.#error('bad-length', 'a fragment is longer than its item', pending.tag);
    if (pending.fragments.length >= this.#options.limits.maxFragments) {
      throw this.#error('items-over-limit', 'too many fragments', pending.tag);
    }
    queue.skip(8);
    pending.fragments.push({ offset: queue.offset, length });
    this.#pending = { ...pending, kind: 'fragment', length, left: length };
    return true;
  }

  #fragmentBytes(pending: Pending): boolean {
    if (this.#options.keepBulk) {
      const bytes = this.#take(pending.length);
      if (bytes === null) return false;
      pending.kept.push(bytes);
    } else {
      pending.left -= this.#queue.skip(pending.left);
      if (pending.left > 0) return false;
    }
    this.#pending = { ...pending, kind: 'fragments' };
    return true;
  }

  #beginTrailing(): boolean {
    this.#options.onWarning('trailing-zeros', this.#queue.offset, this.#lastRootTag);
    this.#await('trailing', this.#lastRootTag, 'UN', 0);
    return true;
  }

  /** Zeros after the last element (a padded medium) are passed over; anything else is not. */
  #skipTrailing(pending: Pending): boolean {
    const queue = this.#queue;
    while (queue.available > 0) {
      const end = Math.min(queue.current.length, queue.position + queue.available);
      for (let at = queue.position; at < end; at++) {
        if (queue.current[at] !== 0)
          throw this.#error('bad-item', 'bytes other than zero after the last element', pending.tag);
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
    this.#options.onElement?.(element, this.#path(element.tag));
  }

  #path(tag: string): string {
    let path = '';
    for (const frame of this.#stack)
      if (frame.kind === 'sequence') path += `${frame.tag}/${frame.items.length - 1}/`;
    return path + tag;
  }
}
