// Decoded frames of one series in memory: previews stay (they are small), full frames are let go by least recent use
// once their bytes exceed the budget, never the ones that are on screen.
import { type Pixels, sizeOf } from './pixels.ts';

export class FrameCache {
  readonly #previews = new Map<number, Pixels>();
  readonly #full = new Map<number, Pixels>();
  readonly #budgetBytes: number;
  #fullBytes = 0;

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  get bytes(): number {
    let previews = 0;
    for (const pixels of this.#previews.values()) previews += sizeOf(pixels);
    return previews + this.#fullBytes;
  }

  full(index: number): Pixels | undefined {
    const pixels = this.#full.get(index);
    if (pixels !== undefined) {
      this.#full.delete(index);
      this.#full.set(index, pixels);
    }
    return pixels;
  }

  hasFull(index: number): boolean {
    return this.#full.has(index);
  }

  preview(index: number): Pixels | undefined {
    return this.#previews.get(index);
  }

  putPreview(index: number, pixels: Pixels): void {
    if (!this.#full.has(index)) this.#previews.set(index, pixels);
  }

  putFull(index: number, pixels: Pixels, isOnScreen: (index: number) => boolean): void {
    const old = this.#full.get(index);
    if (old !== undefined) this.#fullBytes -= sizeOf(old);
    this.#full.delete(index);
    this.#full.set(index, pixels);
    this.#fullBytes += sizeOf(pixels);
    for (const [other, held] of this.#full) {
      if (this.#fullBytes <= this.#budgetBytes) return;
      if (other === index || isOnScreen(other)) continue;
      this.#full.delete(other);
      this.#fullBytes -= sizeOf(held);
    }
  }

  clear(): void {
    this.#previews.clear();
    this.#full.clear();
    this.#fullBytes = 0;
  }
}
