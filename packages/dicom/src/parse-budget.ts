// What one parse may spend (limits.ts): elements, nesting, items, and bytes kept in memory, each held against its
// limit before the memory is taken. The parser says where; this file only counts and refuses.
import { DicomError, formatCount } from './errors.ts';
import type { Limits } from './limits.ts';

const itemChargeBytes = 256;
const elementChargeBytes = 32;

type Where = { tag: string; offset: number };

export class ParseBudget {
  readonly #limits: Limits;
  #elements = 0;
  #keptBytes = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  addElement(where: Where): void {
    const { maxElements } = this.#limits;
    this.#elements++;
    if (this.#elements > maxElements) {
      throw new DicomError('elements-over-limit', `more than ${formatCount(maxElements)} elements`, where);
    }
    this.#keep(elementChargeBytes, where);
  }

  /** A value that will be held in memory. */
  addValue(vr: string, length: number, where: Where): void {
    const { maxElementBytes } = this.#limits;
    if (length > maxElementBytes) {
      throw new DicomError(
        'length-over-limit',
        `a ${vr} value of ${formatCount(length)} bytes; the limit is ${formatCount(maxElementBytes)}`,
        where,
      );
    }
    this.#keep(length, where);
  }

  /** `count`: items that the sequence has already. */
  addItem(count: number, where: Where): void {
    const { maxItemsPerSequence } = this.#limits;
    if (count >= maxItemsPerSequence) {
      throw new DicomError('items-over-limit', `more than ${formatCount(maxItemsPerSequence)} items`, where);
    }
    this.#keep(itemChargeBytes, where);
  }

  addFragment(count: number, where: Where): void {
    if (count >= this.#limits.maxFragments) {
      throw new DicomError('items-over-limit', 'too many fragments', where);
    }
  }

  enterSequence(depth: number, where: Where): void {
    const { maxDepth } = this.#limits;
    if (depth > maxDepth) {
      throw new DicomError('depth-over-limit', `sequences nested more than ${maxDepth} deep`, where);
    }
  }

  #keep(bytes: number, where: Where): void {
    const { maxHeaderBytes } = this.#limits;
    this.#keptBytes += bytes;
    if (this.#keptBytes > maxHeaderBytes) {
      throw new DicomError(
        'length-over-limit',
        `the values together pass ${formatCount(maxHeaderBytes)} bytes`,
        where,
      );
    }
  }
}
