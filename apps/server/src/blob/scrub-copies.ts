// The scrubber: reads stored copies back, those checked longest ago first, at a set rate. A bad one is marked lost and its
// blob repaired by a job; a blob that has too few copies for whatever reason gets them here at the latest. Where it
// stopped is the order of verified_at itself, so it goes on after a restart and on another worker.
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../errors.ts';
import type { CopyLimits, ScrubOutcome } from './blob-types.ts';
import * as repo from './repo-copies.ts';
import {
  checkPlace,
  fillCopies,
  type Keeping,
  lacking,
  liveOrNone,
  standardLimitMs,
  whileTime,
} from './second-copies.ts';
import { presentStores } from './store-identity.ts';

const foundAtOnce = 32;
const dayMs = 24 * 3_600_000;

export async function scrubCopies(
  keeping: Keeping,
  pace: { bytesPerSecond: number; days: number },
  limits: CopyLimits,
): Promise<ScrubOutcome> {
  const outcome: ScrubOutcome = { checked: 0, bytes: 0, damaged: 0, copied: 0, failed: 0 };
  if (pace.bytesPerSecond === 0) return outcome;
  const started = Date.now();
  const until = started + (limits.limitMs ?? standardLimitMs);
  const goOn = whileTime(limits);
  const before = new Date(keeping.clock.now().getTime() - pace.days * dayMs);
  const present = await presentStores(keeping);
  while (present.length > 0 && goOn()) {
    const found = await repo.findOldestVerified(keeping.db, present, before, foundAtOnce);
    if (found.length === 0) break;
    for (const copy of found) {
      if (!goOn()) break;
      await scrubOne(keeping, present, copy, outcome);
      await limits.progress?.(outcome.checked, outcome.checked + found.length);
      const dueMs = (outcome.bytes / pace.bytesPerSecond) * 1000 - (Date.now() - started);
      if (dueMs > 0) await pause(Math.min(dueMs, Math.max(0, until - Date.now())));
    }
  }
  return outcome;
}

/** Throws storage.unavailable when its store went away: the next run goes on. */
async function scrubOne(
  keeping: Keeping,
  present: readonly string[],
  copy: repo.CopyToCheck,
  outcome: ScrubOutcome,
): Promise<void> {
  const { places, db, second } = keeping;
  places.forget(copy.blob_id);
  const all = await liveOrNone(places, copy.blob_id);
  const place = all.find((one) => one.copyId === copy.id);
  if (place === undefined) return; // buried or lost since
  const isWhole = await checkPlace(keeping, copy.blob_id, place);
  outcome.checked += 1;
  outcome.bytes += Number(copy.size_bytes);
  if (!isWhole) {
    outcome.damaged += 1;
    await repo.requestRepair(db, copy.blob_id);
  } else if (second !== null && present.includes(second.id) && lacking(keeping, all).length > 0) {
    await fillCopies(keeping, present, copy.blob_id, outcome).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      outcome.failed += 1;
    });
  }
}
