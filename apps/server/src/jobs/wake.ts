// Waking workers without NOTIFY inside business transactions: PostgreSQL takes one database-wide lock from a
// transaction with NOTIFY until its commit is flushed, which would put all storing associations in one line. So
// the enqueuing process says "there is work" after the fact: at once, and twice more for commits that come later.
// Workers of this process are called directly, those of other processes by one coalesced NOTIFY; polling is
// the safety net.

export const channel = 'yunying_job';

const waves = [15, 120, 600];
const listeners = new Set<() => void>();
const pending = new Map<number, NodeJS.Timeout>();

/** Something was enqueued and will commit soon. Cheap: many calls make one wave each. */
export function announceWork(): void {
  for (const delayMs of waves) {
    if (pending.has(delayMs)) continue;
    const timer = setTimeout(() => {
      pending.delete(delayMs);
      for (const listener of listeners) listener();
    }, delayMs);
    timer.unref();
    pending.set(delayMs, timer);
  }
}

export function onWork(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
