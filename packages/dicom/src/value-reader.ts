// Takes values out of the ByteQueue, however they are cut: whole values to keep, bulky ones stepped over and reported by
// position, encapsulated ones fragment by fragment (PS3.5 §A.4). One value at a time; resume() goes on where the bytes
// ended. What may be kept is asked of the ParseBudget.
import type { ByteQueue } from './byte-queue.ts';
import type { DicomElement, Fragment, ValueElement } from './dataset.ts';
import { isPixelTag, read16, read32, type Warn } from './element-header.ts';
import { undefinedLength } from './encoding.ts';
import { DicomError, formatCount } from './errors.ts';
import type { ParseBudget } from './parse-budget.ts';
import type { Vr } from './vr.ts';

export interface ValueReaderOptions {
  /** Keep bulky values in memory too. */
  keepBulk: boolean;
  /** Kept values are copied out of the chunks; false only where the input outlives the result. */
  copyValues: boolean;
  onWarning: Warn;
}

/** The frame the value stands in. */
export type ValuePlace = { end: number; bigEndian: boolean };

interface Pending {
  kind: 'value' | 'skip' | 'fragments' | 'fragment';
  tag: string;
  vr: Vr;
  start: number;
  length: number;
  left: number;
  fragments: Fragment[];
  kept: Uint8Array[];
}

const noFragments: Fragment[] = [];
const noBytes: Uint8Array[] = [];

export class ValueReader {
  readonly #queue: ByteQueue;
  readonly #budget: ParseBudget;
  readonly #options: ValueReaderOptions;
  readonly #pathOf: (tag: string) => string;
  #pending: Pending | null = null;

  constructor(
    queue: ByteQueue,
    budget: ParseBudget,
    options: ValueReaderOptions,
    pathOf: (tag: string) => string,
  ) {
    this.#queue = queue;
    this.#budget = budget;
    this.#options = options;
    this.#pathOf = pathOf;
  }

  get busy(): boolean {
    return this.#pending !== null;
  }

  /** A value to keep. Null: it is begun, and resume() will have it. */
  readValue(tag: string, vr: Vr, length: number): DicomElement | null {
    const element = this.#takeValue(tag, vr, length);
    if (element === null) this.#begin('value', tag, vr, length);
    return element;
  }

  beginBulk(tag: string, vr: Vr, length: number): void {
    this.#begin('skip', tag, vr, length);
  }

  beginFragments(tag: string, vr: Vr): void {
    this.#begin('fragments', tag, vr, undefinedLength);
  }

  /** The element when its last byte was there; null: more bytes are needed. */
  resume(place: ValuePlace): DicomElement | null {
    for (;;) {
      const pending = this.#pending;
      if (pending === null) return null;
      switch (pending.kind) {
        case 'value':
          return this.#ended(this.#takeValue(pending.tag, pending.vr, pending.length));
        case 'skip':
          pending.left -= this.#queue.skip(pending.left);
          return pending.left > 0 ? null : this.#ended(this.#bulkOf(pending, null));
        case 'fragments': {
          const next = this.#readFragmentHeader(pending, place);
          if (next !== 'fragment') return next;
          break;
        }
        case 'fragment':
          if (!this.#readFragment(pending)) return null;
      }
    }
  }

  /** The stream ended inside a value. */
  refuseTruncated(): void {
    const pending = this.#pending;
    if (pending === null) return;
    const { tag, start, length } = pending;
    const name = isPixelTag(tag) ? 'pixel data' : 'the value';
    if (pending.kind === 'fragments') {
      const where = { offset: this.#queue.offset, tag };
      throw new DicomError('truncated', `${name} ends without its sequence delimiter`, where);
    }
    const arrived = pending.kind === 'value' ? this.#queue.available : length - pending.left;
    throw new DicomError(
      'truncated',
      `${name} ends at byte ${formatCount(arrived)} of ${formatCount(length)} announced`,
      { offset: start, tag },
    );
  }

  #begin(kind: Pending['kind'], tag: string, vr: Vr, length: number): void {
    const isList = kind === 'fragments';
    const fragments = isList ? [] : noFragments;
    const kept = isList ? [] : noBytes;
    this.#pending = { kind, tag, vr, start: this.#queue.offset, length, left: length, fragments, kept };
  }

  #ended(element: DicomElement | null): DicomElement | null {
    if (element !== null) this.#pending = null;
    return element;
  }

  #takeValue(tag: string, vr: Vr, length: number): ValueElement | null {
    const value = this.#take(length);
    if (value === null) return null;
    if (length % 2 === 1) this.#options.onWarning('odd-length', this.#queue.offset - length, tag);
    return { kind: 'value', tag, vr, value };
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

  #bulkOf(pending: Pending, fragments: Fragment[] | null): DicomElement {
    const { tag, vr, start } = pending;
    const length = fragments === null ? pending.length : fragments.reduce((sum, f) => sum + f.length, 0);
    const bulk = { tag, path: this.#pathOf(tag), vr, offset: start, length, fragments };
    return { kind: 'bulk', tag, vr, bulk };
  }

  #readFragmentHeader(pending: Pending, { end, bigEndian }: ValuePlace): DicomElement | 'fragment' | null {
    const queue = this.#queue;
    if (!queue.ensure(8)) return null;
    const group = read16(queue.current, queue.position, bigEndian);
    const element = read16(queue.current, queue.position + 2, bigEndian);
    const length = read32(queue.current, queue.position + 4, bigEndian);
    const where = { offset: queue.offset, tag: pending.tag };
    if (group !== 0xfffe || (element !== 0xe000 && element !== 0xe0dd))
      throw new DicomError('bad-item', 'something else where a fragment is due', where);
    if (element === 0xe0dd) {
      queue.skip(8);
      return this.#ended(this.#encapsulatedOf(pending));
    }
    if (length === undefinedLength)
      throw new DicomError('bad-length', 'a fragment of undefined length', where);
    if (length > end - queue.offset - 8)
      throw new DicomError('bad-length', 'a fragment is longer than its item', where);
    this.#budget.addFragment(pending.fragments.length, where);
    queue.skip(8);
    pending.fragments.push({ offset: queue.offset, length });
    this.#pending = { ...pending, kind: 'fragment', length, left: length };
    return 'fragment';
  }

  #encapsulatedOf(pending: Pending): DicomElement {
    const { tag, vr, kept, fragments } = pending;
    return this.#options.keepBulk
      ? { kind: 'fragments', tag, vr, fragments: kept }
      : this.#bulkOf(pending, fragments);
  }

  #readFragment(pending: Pending): boolean {
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
}
