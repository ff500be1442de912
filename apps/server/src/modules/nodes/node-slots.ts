// Limits that hold for a node as a whole, in whatever process or server its associations are: how many at a time, and
// how many bytes a second. Each such association is a row that its process renews while it is open; a process that
// died leaves rows that nobody renews. Bandwidth: in one process a node's associations share one bucket, and the process
// takes the part of the rate that its associations are of all. Nodes without these rules cost nothing here.
import { Bucket, type Pace } from '@yunying/dimse';
import type { Db } from '../../db/index.ts';
import type { StoredRules } from './node-rules.ts';
import type { NodeRow } from './node-types.ts';
import * as repo from './repo.ts';

export type Slot = { pace: Pace | null; release(): Promise<void> };

type Held = { nodeId: string; bytesPerSecond: number | null };

const heldSeconds = 30;
const renewEveryMs = 5_000;
const free: Slot = { pace: null, release: async () => undefined };
const byDb = new WeakMap<Db, NodeSlots>();

/** null: the node has as many associations in this direction as its rules allow. */
export function claimSlot(
  db: Db,
  node: Pick<NodeRow, 'id'>,
  rules: StoredRules,
  direction: repo.SlotDirection,
): Promise<Slot | null> {
  if (rules.mostAssociations === undefined && rules.bytesPerSecond === undefined)
    return Promise.resolve(free);
  const slots = byDb.get(db) ?? new NodeSlots(db);
  byDb.set(db, slots);
  return slots.claim(node.id, rules, direction);
}

class NodeSlots {
  readonly #db: Db;
  readonly #held = new Map<string, Held>();
  readonly #paces = new Map<string, Pace>();
  #timer: NodeJS.Timeout | null = null;

  constructor(db: Db) {
    this.#db = db;
  }

  async claim(nodeId: string, rules: StoredRules, direction: repo.SlotDirection): Promise<Slot | null> {
    const { mostAssociations, bytesPerSecond } = rules;
    const id = await this.#db.transaction().execute(async (tx) => {
      await repo.lockNode(tx, nodeId);
      const open = (await repo.countSlots(tx, [nodeId])).find((row) => row.direction === direction);
      if (mostAssociations !== undefined && (open?.count ?? 0) >= mostAssociations) return null;
      return repo.insertSlot(tx, nodeId, direction, heldSeconds);
    });
    if (id === null) return null;
    this.#held.set(id, { nodeId, bytesPerSecond: bytesPerSecond ?? null });
    this.#timer ??= setInterval(() => void this.#renew().catch(() => undefined), renewEveryMs).unref();
    const pace = bytesPerSecond === undefined ? null : this.#paceOf(nodeId, bytesPerSecond);
    if (pace !== null) await this.#share();
    return { pace, release: () => this.#release(id) };
  }

  #paceOf(nodeId: string, bytesPerSecond: number): Pace {
    const known = this.#paces.get(nodeId);
    if (known !== undefined) return known;
    const pace = { reading: new Bucket(bytesPerSecond), writing: new Bucket(bytesPerSecond) };
    this.#paces.set(nodeId, pace);
    return pace;
  }

  /** The row may stay when the database is away: nobody renews it. */
  async #release(id: string): Promise<void> {
    const held = this.#held.get(id);
    if (held === undefined) return;
    this.#held.delete(id);
    if (![...this.#held.values()].some(({ nodeId }) => nodeId === held.nodeId))
      this.#paces.delete(held.nodeId);
    if (this.#held.size === 0 && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
    await repo.deleteSlot(this.#db, id).catch(() => undefined);
    await this.#share().catch(() => undefined);
  }

  async #renew(): Promise<void> {
    const ids = [...this.#held.keys()];
    if (ids.length > 0) await repo.renewSlots(this.#db, ids, heldSeconds);
    await this.#share();
  }

  /** The part of each node's rate that falls to this process. */
  async #share(): Promise<void> {
    const rows = await repo.countSlots(this.#db, [...this.#paces.keys()]);
    for (const [nodeId, pace] of this.#paces) {
      const mine = [...this.#held.values()].filter((held) => held.nodeId === nodeId);
      const all = rows.filter((row) => row.node_id === nodeId).reduce((sum, row) => sum + row.count, 0);
      const rate = mine.at(-1)?.bytesPerSecond ?? null; // the newest rules
      if (rate === null || mine.length === 0) continue;
      const share = (rate * mine.length) / Math.max(all, mine.length);
      pace.reading.bytesPerSecond = share;
      pace.writing.bytesPerSecond = share;
    }
  }
}
