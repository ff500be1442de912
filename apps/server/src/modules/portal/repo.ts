// SQL of the portal: its own table exam_opened, and one read over studies that makes a page of a list one query
// instead of one per row (study rows are written by archive only).
import { sql } from 'kysely';
import type { Db, Tx } from '../../db/index.ts';

export async function insertOpened(db: Db | Tx, examId: string, personId: string, now: Date): Promise<void> {
  await db
    .insertInto('exam_opened')
    .values({ exam_id: examId, person_id: personId, first_opened_at: now })
    .onConflict((c) => c.columns(['exam_id', 'person_id']).doNothing())
    .execute();
}

export async function selectOpened(
  db: Db | Tx,
  personId: string,
  examIds: readonly string[],
): Promise<Set<string>> {
  if (examIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('exam_opened')
    .select('exam_id')
    .where('person_id', '=', personId)
    .where('exam_id', 'in', [...examIds])
    .execute();
  return new Set(rows.map((row) => row.exam_id));
}

export type StudyOfExam = {
  examId: string;
  studyInstanceUid: string;
  pictures: number;
  hasThumbnail: boolean;
};

/** Studies of many exams, oldest first. `pictures` counts frames once settled, instances before. */
export async function selectStudiesOfExams(db: Db | Tx, examIds: readonly string[]): Promise<StudyOfExam[]> {
  if (examIds.length === 0) return [];
  const { rows } = await sql<{ exam_id: string; uid: string; pictures: string | null; thumbnail: boolean }>`
    select s.exam_id, s.study_instance_uid as uid,
           coalesce(s.frame_count, s.instance_count, 0) as pictures,
           exists (select 1 from rendition r where r.study_id = s.id and r.kind = 'thumbnail') as thumbnail
      from study s
     where s.exam_id in (${sql.join([...examIds])})
     order by s.received_at, s.id`.execute(db);
  return rows.map((row) => ({
    examId: row.exam_id,
    studyInstanceUid: row.uid,
    pictures: Number(row.pictures),
    hasThumbnail: row.thumbnail,
  }));
}
