// Decoded frames of one series in memory, within a budget: full frames are let go by least recent use, never the ones
// that are on screen; previews may take a part of it and are let go from the far end.
import { type Pixels, sizeOf } from './pixels.ts';

/** Of the budget. */
export const previewShare = 0.4;

export class FrameCache {
  readonly #previews = new Map<number, Pixels>();
  readonly #full = new Map<number, Pixels>();
  readonly #budgetBytes: number;
  #fullBytes = 0;
  #previewBytes = 0;

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  get bytes(): number {
    return this.#previewBytes + this.#fullBytes;
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

  /** `distance`: how far a frame is from what is looked at. */
  putPreview(index: number, pixels: Pixels, distance: (index: number) => number = () => 0): void {
    if (this.#full.has(index) || this.#previews.has(index)) return;
    this.#previews.set(index, pixels);
    this.#previewBytes += sizeOf(pixels);
    while (this.#previewBytes > this.#budgetBytes * previewShare && this.#previews.size > 1) {
      let farthest = index;
      for (const other of this.#previews.keys()) if (distance(other) > distance(farthest)) farthest = other;
      this.#dropPreview(farthest);
    }
  }

  /** What a page that nobody sees may keep. */
  keepOnly(isKept: (index: number) => boolean): void {
    for (const [index, pixels] of this.#full) {
      if (isKept(index)) continue;
      this.#full.delete(index);
      this.#fullBytes -= sizeOf(pixels);
    }
  }

  #dropPreview(index: number): void {
    const pixels = this.#previews.get(index);
    if (pixels === undefined) return;
    this.#previews.delete(index);
    this.#previewBytes -= sizeOf(pixels);
  }

  putFull(index: number, pixels: Pixels, isOnScreen: (index: number) => boolean): void {
    const old = this.#full.get(index);
    if (old !== undefined) this.#fullBytes -= sizeOf(old);
    this.#full.delete(index);
    this.#full.set(index, pixels);
    this.#fullBytes += sizeOf(pixels);
    for (const [other, held] of this.#full) {
      if (this.bytes <= this.#budgetBytes) return;
      if (other === index || isOnScreen(other)) continue;
      this.#full.delete(other);
      this.#fullBytes -= sizeOf(held);
    }
  }

  clear(): void {
    this.#previews.clear();
    this.#full.clear();
    this.#fullBytes = 0;
    this.#previewBytes = 0;
  }
}
