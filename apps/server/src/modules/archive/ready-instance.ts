// An object whose bytes are durable and whose head is read: what waits for its rows to be committed.
import type { StoredBytes } from '../../blob/index.ts';
import type { InstanceHead } from './instance-head.ts';
import type { StoreSource } from './store-outcome.ts';

export type ReadyInstance = {
  head: InstanceHead;
  stored: StoredBytes;
  datasetOffset: number;
  pixelLayout: string | null;
  source: StoreSource;
};

/** Another process stored one of the UIDs between our look and our insert: look again. */
export class LostRace extends Error {
  override readonly name = 'LostRace';
}
