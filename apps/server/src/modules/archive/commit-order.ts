// The objects of one request are written several at a time and committed in the order they came: of two with one UID the
// first is the one that is stored. A place in that order is passed on when its object waits for the commit (whose batches
// keep the order of one UID) or has come to nothing.

export type CommitPlace = {
  /** Everybody before has passed. */
  turn: Promise<unknown>;
  pass(): void;
};

export class CommitOrder {
  #last: Promise<unknown> = Promise.resolve();

  next(): CommitPlace {
    const turn = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = Promise.all([turn, promise]);
    return { turn, pass: resolve };
  }
}
