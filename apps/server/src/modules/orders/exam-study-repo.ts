// SQL of the links between studies and exams: orders decides them, the archive copies the answer to its study row.
import { sql } from 'kysely';
import type { Db, Tx } from '../../db/index.ts';

export type ExamStudyRow = {
  studyInstanceUid: string;
  institutionId: string;
  examId: string | null;
  patientRowId: string | null;
  accessionNumber: string | null;
  linkState: 'linked' | 'unlinked';
  linkReason: string;
};

export function examStudy(tx: Tx, studyInstanceUid: string): Promise<ExamStudyRow | undefined> {
  return tx
    .selectFrom('exam_study')
    .select([
      'study_instance_uid as studyInstanceUid',
      'institution_id as institutionId',
      'exam_id as examId',
      'patient_id as patientRowId',
      'accession_number as accessionNumber',
      'link_reason as linkReason',
    ])
    .select((e) => e.ref('link_state').$castTo<'linked' | 'unlinked'>().as('linkState'))
    .where('study_instance_uid', '=', studyInstanceUid)
    .executeTakeFirst();
}

export async function putExamStudy(tx: Tx, row: ExamStudyRow, at: Date): Promise<void> {
  const columns = {
    institution_id: row.institutionId,
    exam_id: row.examId,
    patient_id: row.patientRowId,
    accession_number: row.accessionNumber,
    link_state: row.linkState,
    link_reason: row.linkReason,
    linked_at: at,
  };
  await tx
    .insertInto('exam_study')
    .values({ study_instance_uid: row.studyInstanceUid, ...columns })
    .onConflict((c) => c.column('study_instance_uid').doUpdateSet(columns))
    .execute();
}

export async function deleteExamStudy(tx: Tx, studyInstanceUid: string): Promise<void> {
  await tx.deleteFrom('exam_study').where('study_instance_uid', '=', studyInstanceUid).execute();
}

export async function countOtherStudies(tx: Tx, examId: string, exceptStudy: string): Promise<number> {
  const row = await tx
    .selectFrom('exam_study')
    .select((e) => e.fn.countAll<string>().as('n'))
    .where('exam_id', '=', examId)
    .where('study_instance_uid', '<>', exceptStudy)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

/** Studies whose link may change with this exam: linked to it, announced by its orders, or unlinked beside it. */
export async function studiesToRelink(db: Db | Tx, examId: string, limit: number): Promise<string[]> {
  const rows = await sql<{ uid: string }>`
    SELECT x.study_instance_uid AS uid FROM exam_study x WHERE x.exam_id = ${examId}
    UNION
    SELECT x.study_instance_uid FROM exam_study x JOIN imaging_order o ON o.study_instance_uid = x.study_instance_uid
     WHERE o.exam_id = ${examId}
    UNION
    SELECT x.study_instance_uid FROM exam_study x JOIN exam e ON e.institution_id = x.institution_id
       AND e.accession_number = x.accession_number
     WHERE e.id = ${examId} AND x.link_state = 'unlinked'
    UNION
    SELECT x.study_instance_uid FROM exam_study x JOIN exam e ON e.patient_id = x.patient_id
     WHERE e.id = ${examId} AND x.link_state = 'unlinked' AND x.accession_number IS NULL
    LIMIT ${limit}`.execute(db);
  return rows.rows.map((row) => row.uid);
}

/** After a merge: exams that an unlinked study of either patient names by accession number. */
export async function examsNamedByUnlinkedStudies(
  tx: Tx,
  patientRowIds: readonly string[],
  limit: number,
): Promise<string[]> {
  const rows = await tx
    .selectFrom('exam as e')
    .innerJoin('exam_study as x', (join) =>
      join
        .onRef('x.institution_id', '=', 'e.institution_id')
        .onRef('x.accession_number', '=', 'e.accession_number'),
    )
    .select('e.id')
    .distinct()
    .where('x.link_state', '=', 'unlinked')
    .where((q) =>
      q.or([q('e.patient_id', 'in', [...patientRowIds]), q('x.patient_id', 'in', [...patientRowIds])]),
    )
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}
