// A small cache with a bound on its total weight and on the age of what it holds; the least recently used goes first.
// Every process has its own: nothing here may need to be the same everywhere.

type Entry<T> = { value: T; weight: number; until: number };

export class BoundedCache<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #mostWeight: number;
  readonly #now: () => number;
  #weight = 0;

  constructor(mostWeight: number, now: () => number = () => performance.now()) {
    this.#mostWeight = mostWeight;
    this.#now = now;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.until < this.#now()) {
      this.#weight -= entry.weight;
      return undefined;
    }
    this.#entries.set(key, entry); // to the end: the map is ordered by use
    return entry.value;
  }

  set(key: string, value: T, options: { weight: number; keepMs: number }): void {
    this.delete(key);
    if (options.weight > this.#mostWeight) return;
    this.#entries.set(key, { value, weight: options.weight, until: this.#now() + options.keepMs });
    this.#weight += options.weight;
    for (const [oldest, entry] of this.#entries) {
      if (this.#weight <= this.#mostWeight) break;
      this.#entries.delete(oldest);
      this.#weight -= entry.weight;
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#weight -= entry.weight;
  }
}
