// How many visible studies each day has, kept by trigger (study_day_count): an offset into all studies of the archive, or
// of a range of days, is found by summing days, and only the rest of its day is walked. A day has several rows, one for
// each change since they were folded; their sum counts (in double precision: exact here, and quicker than numeric).
import { sql } from 'kysely';
import type { Db } from '../../../db/index.ts';
import { type DayRange, inRange } from './repo-matches.ts';

/** The newest day that the offset does not pass, and how many studies stand before it; null when it passes all. */
export async function dayAtOffset(
  db: Db,
  ranges: readonly DayRange[],
  offset: number,
): Promise<{ day: string; before: number } | null> {
  const within = ranges.flatMap((range) => inRange(sql`day`, range));
  const { rows } = await sql<{ day: string; before: string }>`SELECT day, before::text FROM (
      SELECT day, sum(studies::double precision) AS studies,
        sum(sum(studies::double precision)) OVER (ORDER BY day DESC ROWS UNBOUNDED PRECEDING) - sum(studies::double precision) AS before
      FROM study_day_count ${within.length === 0 ? sql`` : sql`WHERE ${sql.join(within, sql` AND `)}`} GROUP BY day) AS days
    WHERE before <= ${offset} AND before + studies > ${offset} LIMIT 1`.execute(db);
  const [row] = rows;
  return row === undefined ? null : { day: row.day, before: Number(row.before) };
}

/** One row for each day again. Two at once do no harm: each sums what it took away itself. */
export async function foldDayCounts(db: Db): Promise<void> {
  await sql`WITH gone AS (DELETE FROM study_day_count d
      WHERE EXISTS (SELECT 1 FROM study_day_count o WHERE o.day = d.day AND o.id <> d.id) RETURNING d.day, d.studies)
    INSERT INTO study_day_count (day, studies) SELECT day, sum(studies) FROM gone GROUP BY day HAVING sum(studies) <> 0`.execute(
    db,
  );
}
