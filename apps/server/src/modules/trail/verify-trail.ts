// Reads the chain from one end to the other and names the first thing that is wrong (spec AD-4): a row changed, deleted or
// put in another's place, a link taken out, a tail cut off, a head made up, a chain written anew. Batches stream while
// the one before is hashed, so memory stays small whatever the length.
import type { Context } from '../../context.ts';
import { firstHash, linkHash } from './canonical.ts';
import * as repo from './chain-repo.ts';
import { isGenuine, lastWrittenHead } from './make-head.ts';

export const faultKinds = [
  'changed',
  'deleted',
  'reordered',
  'tail_cut',
  'head_forged',
  'rewritten',
] as const;
export type FaultKind = (typeof faultKinds)[number];
/** `seq` is the row's number; null when not even that is left. */
export type Fault = { kind: FaultKind; linkNo: string; seq: string | null };
export type Verdict = {
  fault: Fault | null;
  rows: number;
  /** Rows of months that were exported and dropped: their links stand, their texts are in the export. */
  archived: number;
  heads: number;
  gaps: number;
  seconds: number;
};
export type VerifyOptions = {
  from?: Date | null;
  to?: Date | null;
  signal?: AbortSignal;
  onProgress?: (rows: number) => Promise<void> | void;
};
type Part = Pick<Context, 'db' | 'crypto' | 'config'>;

const batchRows = 10_000;

export async function verifyTrail(ctx: Part, options: VerifyOptions = {}): Promise<Verdict> {
  const started = performance.now();
  const counts = { rows: 0, archived: 0, heads: 0 };
  const fault = await readChain(ctx, options, counts);
  const gaps = await repo.countGaps(ctx.db);
  return { fault, ...counts, gaps, seconds: (performance.now() - started) / 1000 };
}

async function readChain(
  ctx: Part,
  { from = null, to = null, signal, onProgress }: VerifyOptions,
  counts: { rows: number; archived: number; heads: number },
): Promise<Fault | null> {
  const written = lastWrittenHead(ctx.config, ctx.crypto);
  const last = await repo.lastLink(ctx.db);
  const range = await repo.linksBetween(ctx.db, from, to);
  const months = new Set((await repo.archivedMonths(ctx.db)).map((one) => one.month));
  if (range !== null && last !== null) {
    const start = BigInt(range.first) - 1n;
    // From the very beginning, the first link must follow nothing; in the middle, what stands before is taken as given.
    const before = from === null ? firstHash : ((await repo.hashOfLink(ctx.db, String(start))) ?? firstHash);
    const walk = new Walk(ctx, from === null ? '0' : String(start), before, months, counts);
    let next = walk.fetch(range.last);
    for (;;) {
      const rows = await next;
      if (rows.length === 0) break;
      signal?.throwIfAborted();
      const end = rows.at(-1)?.linkNo ?? range.last;
      next = repo.linkedRows(ctx.db, { after: end, upTo: range.last, limit: batchRows });
      next.catch(() => {}); // when a fault ends the reading, nobody waits for this one
      const fault = (await walk.read(rows)) ?? (await walk.readHeads(rows, end));
      if (fault !== null) return fault;
      await onProgress?.(counts.rows);
    }
  }
  return tailFault(ctx, last?.linkNo ?? '0', written?.linkNo ?? '0');
}

/** Heads and copies elsewhere say how far the chain must go at least. */
async function tailFault(ctx: Part, last: string, written: string): Promise<Fault | null> {
  const head = await repo.lastHead(ctx.db);
  const sent = await repo.furthestSent(ctx.db);
  const expected = [head?.linkNo ?? '0', written, sent].map(BigInt).reduce((a, b) => (a > b ? a : b));
  if (BigInt(last) >= expected) return null;
  return { kind: 'tail_cut', linkNo: String(BigInt(last) + 1n), seq: null };
}

class Walk {
  readonly #ctx: Part;
  readonly #months: ReadonlySet<string>;
  readonly #counts: { rows: number; archived: number; heads: number };
  #linkNo: bigint;
  #hash: string;

  constructor(
    ctx: Part,
    linkNo: string,
    hash: string,
    months: ReadonlySet<string>,
    counts: { rows: number; archived: number; heads: number },
  ) {
    this.#ctx = ctx;
    this.#linkNo = BigInt(linkNo);
    this.#hash = hash;
    this.#months = months;
    this.#counts = counts;
  }

  fetch(upTo: string): Promise<repo.LinkedRow[]> {
    return repo.linkedRows(this.#ctx.db, { after: String(this.#linkNo), upTo, limit: batchRows });
  }

  async read(rows: readonly repo.LinkedRow[]): Promise<Fault | null> {
    for (const [place, row] of rows.entries()) {
      const expected = this.#linkNo + 1n;
      if (BigInt(row.linkNo) !== expected) return { kind: 'deleted', linkNo: String(expected), seq: null };
      if (row.body === null) {
        if (!this.#months.has(monthOf(row.at))) return this.#missing(row);
        this.#counts.archived += 1;
      } else if (linkHash(this.#hash, row.seq, row.body) !== row.hash) {
        return { kind: this.#whyDiffers(rows, place), linkNo: row.linkNo, seq: row.seq };
      }
      this.#counts.rows += 1;
      this.#linkNo = expected;
      this.#hash = row.hash;
    }
    return null;
  }

  async readHeads(rows: readonly repo.LinkedRow[], end: string): Promise<Fault | null> {
    const hashes = new Map(rows.map((row) => [row.linkNo, row]));
    const start = String(BigInt(rows[0]?.linkNo ?? '1') - 1n);
    for (const head of await repo.headsBetween(this.#ctx.db, start, end)) {
      const row = hashes.get(head.linkNo);
      if (!isGenuine(this.#ctx.crypto, head))
        return { kind: 'head_forged', linkNo: head.linkNo, seq: row?.seq ?? null };
      if (row?.hash !== head.hash) return { kind: 'rewritten', linkNo: head.linkNo, seq: row?.seq ?? null };
      this.#counts.heads += 1;
    }
    return null;
  }

  async #missing(row: repo.LinkedRow): Promise<Fault> {
    const more = await repo.anyRowAfter(this.#ctx.db, row.linkNo);
    return { kind: more ? 'deleted' : 'tail_cut', linkNo: row.linkNo, seq: row.seq };
  }

  /** Another row's content, or another row, fits here: the order was changed. Otherwise the row itself was. */
  #whyDiffers(rows: readonly repo.LinkedRow[], place: number): FaultKind {
    const here = rows[place];
    if (here === undefined) return 'changed';
    for (const other of rows.slice(Math.max(0, place - 500), place + 500)) {
      if (other === here || other.body === null) continue;
      const fits = [here.seq, other.seq].some(
        (seq) => linkHash(this.#hash, seq, other.body ?? '') === here.hash,
      );
      if (fits) return 'reordered';
    }
    return 'changed';
  }
}

/** YYYYMM of a row's time as the database writes it; the session's zone is that of the connection, so by instant. */
function monthOf(at: string): string {
  const date = new Date(at.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
  return `${date.getUTCFullYear()}${String(date.getUTCMonth() + 1).padStart(2, '0')}`;
}
