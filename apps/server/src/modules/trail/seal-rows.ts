// Links rows of the audit trail into the chain, in the order in which they are seen. The act itself only inserts its row;
// one process links it within a second or two. Numbers of transactions that are still open are gaps: they are looked for
// again until they turn up or a day has passed (a rolled-back transaction never fills its number).
import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { firstHash, linkHash } from './canonical.ts';
import * as repo from './chain-repo.ts';

const batch = 2000;
const dayMs = 86_400_000;
const mostGaps = 20_000;

export type Sealer = {
  /** Links what can be linked now; answers how many rows. */
  seal(): Promise<number>;
};

export function createSealer(db: Db, now: () => number = Date.now): Sealer {
  /** Number -> when it was missed. Null until the first turn has looked what is missing from before. */
  let gaps: Map<bigint, number> | null = null;

  const turn = async (known: Map<bigint, number>): Promise<number> =>
    db.transaction().execute(async (tx) => {
      await repo.lockChain(tx);
      const last = await repo.lastLink(tx);
      const highest = await repo.highestSeq(tx);
      const late = known.size === 0 ? [] : await repo.rowsNumbered(tx, [...known.keys()].map(String));
      const rows = [...late, ...(await repo.rowsAfter(tx, highest, batch))];
      if (rows.length === 0) return 0;
      let before = last?.hash ?? firstHash;
      let linkNo = BigInt(last?.linkNo ?? 0);
      const links = rows.map((row) => {
        before = linkHash(before, row.seq, row.body);
        linkNo += 1n;
        return { linkNo: String(linkNo), seq: row.seq, at: row.at, hash: before };
      });
      await repo.insertLinks(tx, links);
      return rows.length;
    });

  const noteGaps = async (known: Map<bigint, number>, from: string | null): Promise<void> => {
    for (const seq of await repo.gapsAfter(db, from, mostGaps)) {
      const number = BigInt(seq);
      if (!known.has(number) && known.size < mostGaps) known.set(number, now());
    }
  };

  return {
    seal: async () => {
      if (gaps === null) {
        gaps = new Map();
        await noteGaps(gaps, null);
      }
      let sealed = 0;
      for (;;) {
        const before = await repo.highestSeq(db);
        const count = await turn(gaps);
        sealed += count;
        for (const [number, missed] of gaps) if (now() - missed > dayMs) gaps.delete(number);
        if (count === 0) return sealed;
        if (gaps.size > 0) {
          for (const seq of await repo.linkedOf(db, [...gaps.keys()].map(String))) gaps.delete(BigInt(seq));
        }
        await noteGaps(gaps, before);
        if (count < batch) return sealed;
      }
    },
  };
}

/** Rows that no link holds yet. */
export async function countUnlinked(db: Db): Promise<number> {
  const highest = await repo.highestSeq(db);
  const { rows } = await sql<{ count: string }>`
    select count(*) as count from audit_event where seq > ${highest}`.execute(db);
  return Number(rows[0]?.count ?? 0);
}
