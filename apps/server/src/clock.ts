// The time that business code sees. Passed by hand in the context so that tests can move it.
// Database commit time (now() in SQL) stays the one clock of record; this one is for rules in TypeScript.

export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

export interface TestClock extends Clock {
  advance(milliseconds: number): void;
  set(at: Date): void;
}

/** A clock that stands still until told otherwise. */
export function testClock(start: Date = new Date('2026-03-02T01:00:00Z')): TestClock {
  let at = start.getTime();
  return {
    now: () => new Date(at),
    advance: (milliseconds) => {
      at += milliseconds;
    },
    set: (to) => {
      at = to.getTime();
    },
  };
}
