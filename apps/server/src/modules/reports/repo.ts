// All SQL of the reports module. A function is one statement (or one that must be two); rules live elsewhere.
import { sql } from 'kysely';
import { type Db, newId, type Tx } from '../../db/index.ts';
import type { ReportState } from './types.ts';

export type ReportRow = {
  id: string;
  institutionId: string;
  examId: string | null;
  patientRowId: string | null;
  reportNumber: string;
  accessionNumber: string | null;
  studyInstanceUids: string[];
  state: ReportState;
  currentVersion: number;
  linkState: 'linked' | 'unlinked';
};

const reportColumns = [
  'id',
  'institution_id as institutionId',
  'exam_id as examId',
  'patient_id as patientRowId',
  'report_number as reportNumber',
  'accession_number as accessionNumber',
  'study_instance_uids as uids',
  'current_version as currentVersion',
] as const;

function reports(db: Db | Tx) {
  return db
    .selectFrom('report')
    .select(reportColumns)
    .select((e) => [
      e.ref('state').$castTo<ReportState>().as('state'),
      e.ref('link_state').$castTo<'linked' | 'unlinked'>().as('linkState'),
    ]);
}

function toReport<T extends { uids: string | null }>({ uids, ...row }: T) {
  return { ...row, studyInstanceUids: uids === null || uids === '' ? [] : uids.split(' ') };
}

export async function reportByNumber(
  tx: Tx,
  institutionId: string,
  reportNumber: string,
): Promise<ReportRow | null> {
  const row = await reports(tx)
    .where('institution_id', '=', institutionId)
    .where('report_number', '=', reportNumber)
    .executeTakeFirst();
  return row === undefined ? null : toReport(row);
}

export async function reportById(db: Db | Tx, id: string): Promise<ReportRow | null> {
  const row = await reports(db).where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : toReport(row);
}

export async function insertReport(
  tx: Tx,
  row: Omit<ReportRow, 'id'> & { linkReason: string },
  at: Date,
): Promise<string> {
  const id = newId();
  await tx
    .insertInto('report')
    .values({
      id,
      institution_id: row.institutionId,
      exam_id: row.examId,
      patient_id: row.patientRowId,
      report_number: row.reportNumber,
      accession_number: row.accessionNumber,
      study_instance_uids: row.studyInstanceUids.join(' ') || null,
      state: row.state,
      current_version: row.currentVersion,
      link_state: row.linkState,
      link_reason: row.linkReason,
      created_at: at,
      updated_at: at,
    })
    .execute();
  return id;
}

export async function updateReport(
  tx: Tx,
  id: string,
  change: {
    examId: string | null;
    patientRowId: string | null;
    accessionNumber: string | null;
    studyInstanceUids: readonly string[];
    state: ReportState;
    currentVersion: number;
    linkState: string;
    linkReason: string;
  },
  at: Date,
): Promise<void> {
  await tx
    .updateTable('report')
    .set({
      exam_id: change.examId,
      patient_id: change.patientRowId,
      accession_number: change.accessionNumber,
      study_instance_uids: change.studyInstanceUids.join(' ') || null,
      state: change.state,
      current_version: change.currentVersion,
      link_state: change.linkState,
      link_reason: change.linkReason,
      updated_at: at,
    })
    .where('id', '=', id)
    .execute();
}

export async function setLink(
  tx: Tx,
  id: string,
  link: { examId: string | null; linkState: string; linkReason: string },
  at: Date,
): Promise<void> {
  await tx
    .updateTable('report')
    .set({ exam_id: link.examId, link_state: link.linkState, link_reason: link.linkReason, updated_at: at })
    .where('id', '=', id)
    .execute();
}

// ── versions ──

export type VersionRow = {
  id: string;
  reportId: string;
  version: number;
  state: ReportState;
  title: string;
  findings: string | null;
  impression: string | null;
  body: string | null;
  author: string | null;
  verifier: string | null;
  reportedAt: Date | null;
  verifiedAt: Date | null;
  sourceForm: 'text' | 'pdf' | 'jpeg';
  contentSha256: string;
  pdfBlobId: string | null;
  pdfMade: boolean;
  pageCount: number | null;
  createdAt: Date;
};

function versions(db: Db | Tx) {
  return db
    .selectFrom('report_version as v')
    .select([
      'v.id',
      'v.report_id as reportId',
      'v.version',
      'v.title',
      'v.findings',
      'v.impression',
      'v.body',
      'v.author',
      'v.verifier',
      'v.reported_at as reportedAt',
      'v.verified_at as verifiedAt',
      'v.content_sha256 as contentSha256',
      'v.pdf_blob_id as pdfBlobId',
      'v.pdf_made as pdfMade',
      'v.page_count as pageCount',
      'v.created_at as createdAt',
    ])
    .select((e) => [
      e.ref('v.state').$castTo<ReportState>().as('state'),
      e.ref('v.source_form').$castTo<VersionRow['sourceForm']>().as('sourceForm'),
    ]);
}

export async function versionOf(db: Db | Tx, reportId: string, version: number): Promise<VersionRow | null> {
  return (
    (await versions(db)
      .where('v.report_id', '=', reportId)
      .where('v.version', '=', version)
      .executeTakeFirst()) ?? null
  );
}

/** The last version before this one that was not a withdrawal: what a withdrawal withdraws. */
export async function versionBefore(
  db: Db | Tx,
  reportId: string,
  version: number,
): Promise<VersionRow | null> {
  const row = await versions(db)
    .where('v.report_id', '=', reportId)
    .where('v.version', '<', version)
    .where('v.state', '<>', 'withdrawn')
    .orderBy('v.version', 'desc')
    .executeTakeFirst();
  return row ?? null;
}

export type VersionWrite = Omit<VersionRow, 'id' | 'createdAt' | 'pageCount' | 'pdfMade'> & {
  hl7MessageId: string | null;
  pageCount: number | null;
};

export async function insertVersion(tx: Tx, write: VersionWrite, at: Date): Promise<string> {
  const id = newId();
  await tx
    .insertInto('report_version')
    .values({
      id,
      report_id: write.reportId,
      version: write.version,
      state: write.state,
      title: write.title,
      findings: write.findings,
      impression: write.impression,
      body: write.body,
      author: write.author,
      verifier: write.verifier,
      reported_at: write.reportedAt,
      verified_at: write.verifiedAt,
      source_form: write.sourceForm,
      content_sha256: write.contentSha256,
      hl7_message_id: write.hl7MessageId,
      pdf_blob_id: write.pdfBlobId,
      pdf_made: false,
      page_count: write.pageCount,
      created_at: at,
    })
    .execute();
  return id;
}

export async function setRendered(
  tx: Tx,
  versionId: string,
  made: { pageCount: number; madePdfBlobId: string | null },
): Promise<void> {
  await tx
    .updateTable('report_version')
    .set({
      page_count: made.pageCount,
      ...(made.madePdfBlobId === null ? {} : { pdf_blob_id: made.madePdfBlobId, pdf_made: true }),
    })
    .where('id', '=', versionId)
    .execute();
}

// ── pages ──

export type PageRow = { page: number; blobId: string; width: number; height: number; received: boolean };

export function pagesOf(
  db: Db | Tx,
  versionIds: readonly string[],
): Promise<(PageRow & { versionId: string })[]> {
  if (versionIds.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('report_page')
    .select(['report_version_id as versionId', 'page', 'blob_id as blobId', 'width', 'height', 'received'])
    .where('report_version_id', 'in', [...versionIds])
    .orderBy('page')
    .execute();
}

export async function pageOf(db: Db | Tx, versionId: string, page: number): Promise<PageRow | null> {
  return (await pagesOf(db, [versionId])).find((row) => row.page === page) ?? null;
}

export async function insertPages(tx: Tx, versionId: string, pages: readonly PageRow[]): Promise<void> {
  if (pages.length === 0) return;
  await tx
    .insertInto('report_page')
    .values(
      pages.map((page) => ({
        report_version_id: versionId,
        page: page.page,
        blob_id: page.blobId,
        width: page.width,
        height: page.height,
        received: page.received,
      })),
    )
    // Two renderings of one version: the first stays.
    .onConflict((c) => c.columns(['report_version_id', 'page']).doNothing())
    .execute();
}

/** What HTTP wants to know of a blob before it is opened. */
export async function blobFacts(
  db: Db | Tx,
  blobId: string,
): Promise<{ mediaType: string; totalBytes: number; sha256: string } | null> {
  const row = await db
    .selectFrom('blob')
    .select(['media_type as mediaType', 'size_bytes as sizeBytes', 'sha256'])
    .where('id', '=', blobId)
    .executeTakeFirst();
  return row === undefined
    ? null
    : { mediaType: row.mediaType, totalBytes: Number(row.sizeBytes), sha256: row.sha256 };
}

// ── by exam ──

export type CurrentVersionRow = VersionRow & { examId: string | null };

/** The current version of each report of an exam, newest first. */
export function currentVersionsOfExam(db: Db | Tx, examId: string): Promise<CurrentVersionRow[]> {
  return versions(db)
    .innerJoin('report as r', (join) =>
      join.onRef('r.id', '=', 'v.report_id').onRef('r.current_version', '=', 'v.version'),
    )
    .select('r.exam_id as examId')
    .where('r.exam_id', '=', examId)
    .orderBy('v.created_at', 'desc')
    .orderBy('v.id', 'desc')
    .execute();
}

export function summariesOfExams(db: Db | Tx, examIds: readonly string[]) {
  return db
    .selectFrom('report as r')
    .innerJoin('report_version as v', (join) =>
      join.onRef('r.id', '=', 'v.report_id').onRef('r.current_version', '=', 'v.version'),
    )
    .select(['r.id as reportId', 'v.version', 'v.page_count as pageCount'])
    .select((e) => [
      e.ref('r.exam_id').$castTo<string>().as('examId'),
      e.ref('v.state').$castTo<ReportState>().as('state'),
    ])
    .where('r.exam_id', 'in', [...examIds])
    .orderBy('v.created_at', 'desc')
    .execute();
}

// ── linking again ──

/** Reports whose link may change with this exam: linked to it, or unlinked with its accession number, patient or study. */
export async function reportsToRelink(
  db: Db | Tx,
  exam: {
    examId: string;
    institutionId: string;
    accessionNumber: string | null;
    patientRowIds: readonly string[];
  },
  limit: number,
): Promise<string[]> {
  const rows = await sql<{ id: string }>`
    SELECT id FROM report WHERE exam_id = ${exam.examId}
    UNION
    SELECT id FROM report WHERE link_state = 'unlinked' AND institution_id = ${exam.institutionId}
       AND accession_number = ${exam.accessionNumber}
    UNION
    SELECT id FROM report WHERE link_state = 'unlinked' AND institution_id = ${exam.institutionId}
       AND patient_id IN (${sql.join([...exam.patientRowIds])})
    LIMIT ${limit}`.execute(db);
  return rows.rows.map((row) => row.id);
}

export async function unlinkedReports(db: Db | Tx, after: string | null, limit: number) {
  let query = db
    .selectFrom('report as r')
    .innerJoin('report_version as v', (join) =>
      join.onRef('r.id', '=', 'v.report_id').onRef('r.current_version', '=', 'v.version'),
    )
    .leftJoin('patient as p', 'p.id', 'r.patient_id')
    .select([
      'r.id',
      'r.link_reason as reason',
      'r.accession_number as accessionNumber',
      'p.patient_id as patientId',
      'v.title',
      'v.created_at as receivedAt',
    ])
    .where('r.link_state', '=', 'unlinked');
  if (after !== null) query = query.where('r.id', '<', after);
  return query.orderBy('r.id', 'desc').limit(limit).execute();
}

export async function countUnlinked(db: Db | Tx): Promise<number> {
  const row = await db
    .selectFrom('report')
    .select((e) => e.fn.countAll<string>().as('n'))
    .where('link_state', '=', 'unlinked')
    .executeTakeFirstOrThrow();
  return Number(row.n);
}
