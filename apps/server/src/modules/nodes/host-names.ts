// What the host names of nodes mean as addresses, for the doors. Whoever calls waits for the same: names are looked up
// for all nodes and never for the one whose title was called, so the time of an answer tells nothing about a title. A
// name is looked up with the caller waiting when nothing recent is known of it (the first call after a start, a change or
// a quiet time), else in the background.
import { lookup } from 'node:dns/promises';

type Known = { addresses: readonly string[]; at: number };
type LookUp = (name: string) => Promise<readonly string[]>;

const freshMs = 60_000;
const usableMs = 10 * 60_000;
const failedFreshMs = 10_000;
const firstWaitMs = 2_000;
const mostNames = 2_000;

export class HostNames {
  readonly #lookUp: LookUp;
  readonly #known = new Map<string, Known>();
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(lookUp: LookUp = systemLookUp) {
    this.#lookUp = lookUp;
  }

  /** Every one of `names` has been looked up lately, or was given its time. */
  async ensure(names: readonly string[]): Promise<void> {
    const first: Promise<void>[] = [];
    for (const name of names.slice(0, mostNames)) {
      const known = this.#known.get(name);
      if (known === undefined || ageOf(known) > usableMs) first.push(this.#refresh(name));
      else if (isOld(known)) void this.#refresh(name);
    }
    if (first.length > 0) await within(firstWaitMs, first);
  }

  addressesOf(name: string): readonly string[] {
    return this.#known.get(name)?.addresses ?? [];
  }

  #refresh(name: string): Promise<void> {
    const underWay = this.#underWay.get(name) ?? this.#ask(name);
    this.#underWay.set(name, underWay);
    return underWay;
  }

  /** A name that cannot be looked up now keeps what it meant before. */
  async #ask(name: string): Promise<void> {
    const addresses = await this.#lookUp(name).catch(() => null);
    if (this.#known.size >= mostNames) this.#known.clear();
    this.#known.set(name, { addresses: addresses ?? this.addressesOf(name), at: performance.now() });
    this.#underWay.delete(name);
  }
}

function ageOf({ at }: Known): number {
  return performance.now() - at;
}

function isOld(known: Known): boolean {
  return ageOf(known) > (known.addresses.length === 0 ? failedFreshMs : freshMs);
}

async function systemLookUp(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

async function within(limitMs: number, all: readonly Promise<void>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([Promise.all(all), limit]);
  clearTimeout(timer);
}
