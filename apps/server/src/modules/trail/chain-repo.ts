// SQL of the chain: links, heads and the rows beside them. Append and read only.
import { sql } from 'kysely';
import type { Db, Tx } from '../../db/index.ts';
import { bodyOfRow } from './canonical.ts';

const lockNumber = 7_201_124_004;

export type RowText = { seq: string; at: string; body: string };
export type Link = { linkNo: string; seq: string; at: string; hash: string };
/** A link with the text of its row; null: the row is gone. */
export type LinkedRow = Link & { body: string | null };
export type Head = {
  headNo: string;
  linkNo: string;
  hash: string;
  madeAt: Date;
  keyId: string;
  signature: Buffer;
};

/** One process links at a time, also while the lease of the beat changes hands. */
export async function lockChain(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${lockNumber})`.execute(tx);
}

export async function lastLink(db: Db | Tx): Promise<{ linkNo: string; hash: string } | null> {
  const row = await db
    .selectFrom('audit_link')
    .select(['link_no', 'hash'])
    .orderBy('link_no', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : { linkNo: row.link_no, hash: row.hash.toString('hex') };
}

export async function highestSeq(db: Db | Tx): Promise<string> {
  const row = await db
    .selectFrom('audit_link')
    .select('seq')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.seq ?? '0';
}

export async function rowsAfter(db: Db | Tx, seq: string, limit: number): Promise<RowText[]> {
  const { rows } = await sql<RowText>`
    select e.seq, e.at::text as at, ${bodyOfRow} as body
      from audit_event e where e.seq > ${seq} order by e.seq limit ${limit}`.execute(db);
  return rows;
}

/** Of these numbers, the rows that are there and not linked. */
export async function rowsNumbered(db: Db | Tx, numbers: readonly string[]): Promise<RowText[]> {
  const { rows } = await sql<RowText>`
    select e.seq, e.at::text as at, ${bodyOfRow} as body
      from audit_event e where e.seq = any(${numbers}::bigint[])
       and not exists (select 1 from audit_link l where l.seq = e.seq) order by e.seq`.execute(db);
  return rows;
}

export async function linkedOf(db: Db | Tx, numbers: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ seq: string }>`
    select seq from audit_link where seq = any(${numbers}::bigint[])`.execute(db);
  return rows.map((row) => row.seq);
}

/** Numbers that no link holds, after this one (null: among the last 200,000), newest first. */
export async function gapsAfter(db: Db | Tx, seq: string | null, limit: number): Promise<string[]> {
  const { rows } = await sql<{ seq: string }>`
    select missing::text as seq from (
      select seq, lag(seq) over (order by seq) as before from (
        select seq from audit_link where seq >= coalesce(${seq}::bigint, (select max(seq) - 200000 from audit_link))
        union all select 0 where ${seq}::bigint = 0
      ) one
    ) pair, generate_series(before + 1, least(seq - 1, before + ${limit})) as missing
    where seq > before + 1 order by missing desc limit ${limit}`.execute(db);
  return rows.map((row) => row.seq);
}

/** The time of a row is written as text: a Date would lose its microseconds, and with them the partition's key. */
export async function insertLinks(tx: Tx, links: readonly Link[]): Promise<void> {
  await sql`
    insert into audit_link (link_no, seq, at, hash)
    select * from unnest(${links.map((link) => link.linkNo)}::bigint[], ${links.map((link) => link.seq)}::bigint[],
      ${links.map((link) => link.at)}::timestamptz[], ${links.map((link) => Buffer.from(link.hash, 'hex'))}::bytea[])
  `.execute(tx);
}

export async function linkedRows(
  db: Db,
  range: { after: string; upTo: string; limit: number },
): Promise<LinkedRow[]> {
  const { rows } = await sql<LinkedRow>`
    select l.link_no as "linkNo", l.seq, l.at::text as at, encode(l.hash, 'hex') as hash, ${bodyOfRow} as body
      from (select * from audit_link where link_no > ${range.after} and link_no <= ${range.upTo}
             order by link_no limit ${range.limit}) l
      left join audit_event e on e.seq = l.seq and e.at = l.at
     order by l.link_no`.execute(db);
  return rows;
}

/** The links of a time: [first, last], or null when there are none. */
export async function linksBetween(
  db: Db,
  from: Date | null,
  to: Date | null,
): Promise<{ first: string; last: string } | null> {
  let query = db
    .selectFrom('audit_link')
    .select((e) => [e.fn.min('link_no').as('first'), e.fn.max('link_no').as('last')]);
  if (from !== null) query = query.where('at', '>=', from);
  if (to !== null) query = query.where('at', '<', to);
  const row = await query.executeTakeFirst();
  return row?.first == null || row.last == null ? null : { first: row.first, last: row.last };
}

export async function hashOfLink(db: Db, linkNo: string): Promise<string | null> {
  const row = await db
    .selectFrom('audit_link')
    .select('hash')
    .where('link_no', '=', linkNo)
    .executeTakeFirst();
  return row?.hash.toString('hex') ?? null;
}

/** Whether a row is left of the links after this one. */
export async function anyRowAfter(db: Db, linkNo: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from audit_link l join audit_event e on e.seq = l.seq and e.at = l.at
     where l.link_no > ${linkNo} order by l.link_no limit 1`.execute(db);
  return rows.length > 0;
}

export async function headsBetween(db: Db, after: string, upTo: string): Promise<Head[]> {
  const rows = await db
    .selectFrom('audit_head')
    .selectAll()
    .where('link_no', '>', after)
    .where('link_no', '<=', upTo)
    .orderBy('head_no')
    .execute();
  return rows.map(toHead);
}

export async function lastHead(db: Db | Tx): Promise<Head | null> {
  const row = await db
    .selectFrom('audit_head')
    .selectAll()
    .orderBy('head_no', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : toHead(row);
}

export async function insertHead(db: Db | Tx, head: Omit<Head, 'headNo'>): Promise<void> {
  await db
    .insertInto('audit_head')
    .values({
      link_no: head.linkNo,
      hash: Buffer.from(head.hash, 'hex'),
      made_at: head.madeAt,
      key_id: head.keyId,
      signature: head.signature,
    })
    .execute();
}

/** How far the copies elsewhere are: what was sent once must still be here. */
export async function furthestSent(db: Db): Promise<string> {
  const row = await db
    .selectFrom('audit_target')
    .select((e) => e.fn.max('link_no').as('furthest'))
    .executeTakeFirst();
  return row?.furthest ?? '0';
}

export async function archivedMonths(db: Db) {
  return db.selectFrom('audit_archive').selectAll().execute();
}

/** Numbers that were given and never came: transactions that were rolled back, or rows taken before they were linked. */
export async function countGaps(db: Db): Promise<number> {
  const { rows } = await sql<{ gaps: string }>`
    select coalesce(max(seq) - min(seq) + 1 - count(*), 0) as gaps from audit_link`.execute(db);
  return Number(rows[0]?.gaps ?? 0);
}

function toHead(row: {
  head_no: string;
  link_no: string;
  hash: Buffer;
  made_at: Date;
  key_id: string;
  signature: Buffer;
}): Head {
  return {
    headNo: row.head_no,
    linkNo: row.link_no,
    hash: row.hash.toString('hex'),
    madeAt: row.made_at,
    keyId: row.key_id,
    signature: row.signature,
  };
}
