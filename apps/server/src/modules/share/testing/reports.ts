// Report rows as the reports module leaves them after a message, for tests of what follows from them.
import { createHash } from 'node:crypto';
import { type Db, newId } from '../../../db/index.ts';
import type { Invented } from './two-patients.ts';

export type WrittenReport = { reportId: string; version: number };
type State = 'preliminary' | 'final' | 'corrected' | 'withdrawn';

/** A new version of the exam's report; the first makes the report. */
export async function writeReport(
  db: Db,
  of: Invented,
  state: State,
  text: string,
  at: Date,
): Promise<WrittenReport> {
  const known = await db
    .selectFrom('report')
    .select(['id', 'current_version'])
    .where('report_number', '=', of.accessionNumber)
    .executeTakeFirst();
  const institution = await db.selectFrom('institution').select('id').executeTakeFirstOrThrow();
  const reportId = known?.id ?? newId();
  const version = (known?.current_version ?? 0) + 1;
  if (known === undefined) {
    await db
      .insertInto('report')
      .values({
        id: reportId,
        institution_id: institution.id,
        exam_id: of.examId,
        patient_id: of.patientRowId,
        report_number: of.accessionNumber,
        accession_number: of.accessionNumber,
        state,
        current_version: version,
        link_state: 'linked',
        created_at: at,
        updated_at: at,
      }) // prettier-ignore
      .execute();
  }
  await db
    .insertInto('report_version')
    .values({
      id: newId(),
      report_id: reportId,
      version,
      state,
      title: 'CT检查报告单',
      findings: text,
      impression: `${text}。`,
      author: '韦医生',
      verifier: '覃主任',
      reported_at: at,
      verified_at: at,
      source_form: 'text',
      content_sha256: createHash('sha256').update(text).digest('hex'),
      created_at: at,
    }) // prettier-ignore
    .execute();
  await db
    .updateTable('report')
    .set({ state, current_version: version, updated_at: at })
    .where('id', '=', reportId)
    .execute();
  return { reportId, version };
}
