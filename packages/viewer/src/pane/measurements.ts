// All measurements of a room, by frame. One owner: viewports read and change them here and are told of changes.
import type { Point } from '../geometry/affine.ts';
import type { Measurement } from '../geometry/measure.ts';

export class Measurements {
  #items: Measurement[] = [];
  #next = 1;
  readonly #listeners = new Set<() => void>();

  all(): Measurement[] {
    return this.#items.map(copy);
  }

  of(sopInstanceUid: string, frameNumber: number): readonly Measurement[] {
    return this.#items.filter(
      (item) => item.sopInstanceUid === sopInstanceUid && item.frameNumber === frameNumber,
    );
  }

  get(id: string): Measurement | undefined {
    return this.#items.find((item) => item.id === id);
  }

  restore(items: readonly Measurement[]): void {
    this.#items = items.map(copy);
    this.#next = items.length + 1;
    this.#tell();
  }

  add(kind: Measurement['kind'], sopInstanceUid: string, frameNumber: number, at: Point): string {
    while (this.get(`m${this.#next}`) !== undefined) this.#next += 1;
    const id = `m${this.#next}`;
    const where = { id, sopInstanceUid, frameNumber };
    this.#items.push(
      kind === 'length'
        ? { ...where, kind, points: [{ ...at }, { ...at }] }
        : { ...where, kind, points: [{ ...at }, { ...at }, { ...at }] },
    );
    this.#tell();
    return id;
  }

  movePoint(id: string, index: number, to: Point): void {
    const point = this.get(id)?.points[index];
    if (point === undefined) return;
    point.x = to.x;
    point.y = to.y;
    this.#tell();
  }

  remove(id: string): void {
    this.#items = this.#items.filter((item) => item.id !== id);
    this.#tell();
  }

  clear(): void {
    this.#items = [];
    this.#tell();
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function copy(item: Measurement): Measurement {
  if (item.kind === 'length') {
    const [a, b] = item.points;
    return { ...item, points: [{ ...a }, { ...b }] };
  }
  const [a, b, c] = item.points;
  return { ...item, points: [{ ...a }, { ...b }, { ...c }] };
}
