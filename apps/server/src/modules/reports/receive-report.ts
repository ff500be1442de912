// Take in one report. Callers: reports.mllp.ts (ORU, MDM). Order matters: the files are durable, then report, version,
// link and exam status commit together with the message. A version is never overwritten; version-rule.ts decides
// whether the message makes a new one.
import { createHash } from 'node:crypto';
import sharp from 'sharp';
import type { Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { publish } from '../../jobs/index.ts';
import { getPatient, lockKey } from '../mpi/index.ts';
import {
  examTypeOf,
  getExam,
  linkReportToExam,
  type MessageContext,
  type Received,
  setExamStatus,
} from '../orders/index.ts';
import * as repo from './repo.ts';
import type { ReportContent, ReportFacts } from './report-facts.ts';
import { reportTitle } from './report-title.ts';
import type { ReportState } from './types.ts';
import { judgeVersion } from './version-rule.ts';

export type ReportPatient = { institutionId: string; patientRowId: string };
export type ReceivedReport = { outcome: 'new' | 'duplicate' | 'stale'; reportId: string; version: number };

const maxPagePixels = 60_000_000;

export async function receiveReport(
  ctx: Pick<MessageContext, 'blobs'>,
  tx: Tx,
  facts: ReportFacts,
  patient: ReportPatient,
  received: Received,
): Promise<ReceivedReport> {
  await lockKey(tx, `report:${patient.institutionId}:${facts.reportNumber}`);
  const report = await repo.reportByNumber(tx, patient.institutionId, facts.reportNumber);
  if (report !== null) await refuseOtherPatient(tx, report, patient, facts);
  const current = report === null ? null : await repo.versionOf(tx, report.id, report.currentVersion);
  const content = contentFor(facts, current);
  const sha256 = hashOf(content);
  const verdict = judgeVersion(current, facts.state, sha256);
  if (verdict.kind === 'unknown') throw new AppError('reports.unknown', { ...facts.where, field: 3 });
  if (report !== null && verdict.kind !== 'new') {
    return { outcome: verdict.kind, reportId: report.id, version: report.currentVersion };
  }
  const state = verdict.kind === 'new' ? verdict.state : facts.state;
  return writeVersion(ctx, tx, { facts, patient, received, report, current, content, sha256, state });
}

/** A withdrawal shows what it withdraws; an addendum stands under what was there. */
function contentFor(facts: ReportFacts, current: repo.VersionRow | null): ReportContent {
  if (current === null) return facts;
  if (facts.state === 'withdrawn') {
    const { findings, impression, body } = current;
    return { findings, impression, body, files: [] };
  }
  if (!facts.addendum) return facts;
  const added = [facts.findings, facts.impression, facts.body].filter((text) => text !== null).join('\n');
  const body = [current.body, added === '' ? null : `补充报告：\n${added}`]
    .filter((text) => text !== null)
    .join('\n\n');
  return {
    findings: current.findings,
    impression: current.impression,
    body: body === '' ? null : body,
    files: facts.files,
  };
}

type Writing = {
  facts: ReportFacts;
  patient: ReportPatient;
  received: Received;
  report: repo.ReportRow | null;
  current: repo.VersionRow | null;
  content: ReportContent;
  sha256: string;
  state: ReportState;
};

async function writeVersion(
  ctx: Pick<MessageContext, 'blobs'>,
  tx: Tx,
  writing: Writing,
): Promise<ReceivedReport> {
  const { facts, patient, received, report, current, content, state } = writing;
  const at = received.receivedAt;
  const files = await storeFiles(ctx, tx, content, facts, received);
  const studyInstanceUids = [
    ...new Set([...(report?.studyInstanceUids ?? []), ...facts.studyInstanceUids]),
  ].slice(0, 50);
  const accessionNumber = facts.accessionNumber ?? report?.accessionNumber ?? null;
  const link = await linkReportToExam(tx, { ...facts, accessionNumber, studyInstanceUids, ...patient }, at);
  const version = (report?.currentVersion ?? 0) + 1;
  const change = {
    examId: link.examId,
    patientRowId: patient.patientRowId,
    accessionNumber,
    studyInstanceUids,
    state,
    currentVersion: version,
    linkState: link.linkState,
    linkReason: link.reason,
  };
  const { institutionId } = patient;
  const reportId =
    report?.id ??
    (await repo.insertReport(tx, { institutionId, reportNumber: facts.reportNumber, ...change }, at));
  if (report !== null) await repo.updateReport(tx, report.id, change, at);
  const versionId = await repo.insertVersion(
    tx,
    {
      reportId,
      version,
      state,
      title: await titleFor(tx, facts, link.examId, current),
      findings: content.findings,
      impression: content.impression,
      body: content.body,
      author: facts.author ?? current?.author ?? null,
      verifier: facts.verifier ?? (state === 'withdrawn' ? (current?.verifier ?? null) : null),
      reportedAt: facts.reportedAt,
      verifiedAt: facts.verifiedAt ?? (state === 'withdrawn' ? (current?.verifiedAt ?? null) : null),
      sourceForm: state === 'withdrawn' && current !== null ? current.sourceForm : files.form,
      contentSha256: writing.sha256,
      hl7MessageId: received.messageId,
      pdfBlobId: files.pdfBlobId,
      pageCount: null,
    },
    at,
  );
  await repo.insertPages(tx, versionId, files.pages);
  if (link.examId !== null) await moveExam(tx, link.examId, state, at);
  await publish(tx, 'reports.report_changed', { reportId, version });
  return { outcome: 'new', reportId, version };
}

async function moveExam(tx: Tx, examId: string, state: ReportState, at: Date): Promise<void> {
  // Publication, revision and withdrawal are the rule's to decide (share); here only what the report itself says.
  if (state === 'withdrawn') return;
  await setExamStatus(tx, examId, state === 'preliminary' ? 'reported' : 'verified', {}, at);
}

async function refuseOtherPatient(
  tx: Tx,
  report: repo.ReportRow,
  patient: ReportPatient,
  facts: ReportFacts,
): Promise<void> {
  if (report.patientRowId === null) return;
  const [known, said] = [
    await getPatient(tx, report.patientRowId),
    await getPatient(tx, patient.patientRowId),
  ];
  if (known.id === said.id || known.personId === said.personId) return;
  throw new AppError('reports.number_taken', {
    ...facts.where,
    field: facts.where.segment === 'TXA' ? 12 : 3,
  });
}

async function storeFiles(
  ctx: Pick<MessageContext, 'blobs'>,
  tx: Tx,
  content: ReportContent,
  facts: ReportFacts,
  received: Received,
): Promise<{ form: 'text' | 'pdf' | 'jpeg'; pdfBlobId: string | null; pages: repo.PageRow[] }> {
  const pdfs = content.files.filter((file) => file.kind === 'pdf');
  const jpegs = content.files.filter((file) => file.kind === 'jpeg');
  // One report is one document; a second PDF would be lost silently.
  if (pdfs.length > 1) throw new AppError('reports.content_type', { ...facts.where });
  const ids = { hl7Message: received.messageId };
  const put = async (bytes: Uint8Array, mediaType: string): Promise<string> => {
    const stored = await ctx.blobs.put(once(bytes), { mediaType, kind: 'report', ids });
    return (await ctx.blobs.record(tx, stored)).blobId;
  };
  const [pdf] = pdfs;
  if (pdf !== undefined)
    return { form: 'pdf', pdfBlobId: await put(pdf.bytes, 'application/pdf'), pages: [] };
  const pages: repo.PageRow[] = [];
  for (const [index, jpeg] of jpegs.entries()) {
    const { width, height } = await sizeOf(jpeg.bytes, facts);
    pages.push({
      page: index + 1,
      blobId: await put(jpeg.bytes, 'image/jpeg'),
      width,
      height,
      received: true,
    });
  }
  return { form: pages.length > 0 ? 'jpeg' : 'text', pdfBlobId: null, pages };
}

/** As shown: a picture that is stored turned on its side says so in its Exif orientation. */
async function sizeOf(jpeg: Uint8Array, facts: ReportFacts): Promise<{ width: number; height: number }> {
  try {
    const picture = await sharp(jpeg, { limitInputPixels: maxPagePixels, failOn: 'error' }).metadata();
    const { width, height } = picture.autoOrient;
    if (picture.format === 'jpeg' && width > 0 && height > 0) return { width, height };
  } catch {
    // answered below: the message names the place, not the decoder's words
  }
  throw new AppError('reports.file_damaged', { ...facts.where });
}

async function titleFor(
  tx: Tx,
  facts: ReportFacts,
  examId: string | null,
  current: repo.VersionRow | null,
): Promise<string> {
  if (examId !== null) {
    const exam = await getExam(tx, examId);
    return reportTitle(exam.examType, exam.modality);
  }
  if (facts.modality === null && facts.itemName === null && current !== null) return current.title;
  return reportTitle(examTypeOf({ modalities: [facts.modality], itemName: facts.itemName }), facts.modality);
}

function hashOf(content: ReportContent): string {
  const hash = createHash('sha256');
  for (const text of [content.findings, content.impression, content.body])
    hash.update(`${text === null ? '-' : text}\0`);
  for (const file of content.files)
    hash.update(`${file.kind}\0`).update(createHash('sha256').update(file.bytes).digest());
  return hash.digest('hex');
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
