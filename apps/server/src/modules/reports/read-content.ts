// The content of a report out of its OBX segments (HL7 v2.x chapter 7): text told apart into findings and impression
// by OBX-3, PDF and JPEG as ED or by reference pointer (RP), coded and numeric results as lines of text. Study UIDs
// travel as OBX too (DCM 113014).
import { extname } from 'node:path';
import { type Group, observationValue, type Segment } from '@yunying/hl7';
import type { Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { readReferencedFile } from './referenced-file.ts';
import type { ReportContent, ReportFile } from './report-facts.ts';

export type ReadContent = ReportContent & {
  studyInstanceUids: string[];
  statuses: string[];
  observer: string | null;
};

const maxFileBytes = 48 * 1024 * 1024;
const maxFiles = 200;
const maxTextLength = 200_000;
const uidShape = /^[0-9]+(\.[0-9]+){3,}$/;
const uidObservation = /^(113014|112002|SERIESUID|STUDYUID)$|Instance UID|DICOM Study/i;

const findingsNames = /所见|表现|FINDING|59776-5|18782-3|GDT/i;
const impressionNames = /诊断|印象|意见|结论|提示|IMPRESSION|CONCLUSION|DIAGNOS|19005-8|(^|&|\s)IMP($|\s)/i;
const descriptionNames = /描述|DESCRIPTION/i;

export async function readContent(
  config: Pick<Config, 'reports'>,
  observations: readonly Segment[],
): Promise<ReadContent> {
  const parts: Record<'findings' | 'impression' | 'body', string[]> = {
    findings: [],
    impression: [],
    body: [],
  };
  const files: ReportFile[] = [];
  const studyInstanceUids: string[] = [];
  const statuses: string[] = [];
  let unsupported: AppError | null = null;
  for (const [index, obx] of observations.entries()) {
    const where = { segment: 'OBX', sequence: index + 1, field: 5 };
    const status = obx.text(11)?.trim().toUpperCase() ?? '';
    const uid = readUid(obx);
    if (uid !== null) {
      if (uid.isStudy) studyInstanceUids.push(uid.uid);
      continue;
    }
    statuses.push(status);
    if (isRemoved(status)) continue;
    const value = observationValue(obx, { maxBytes: maxFileBytes });
    if (value.kind === 'empty') continue;
    if (value.kind === 'text') {
      parts[sectionOf(obx)].push(textLine(obx, value.text));
      continue;
    }
    const file =
      value.kind === 'pointer'
        ? await readReferencedFile(config.reports.folders, value.value.pointer, maxFileBytes, where)
        : value.value.bytes;
    const declared = value.kind === 'pointer' ? value.value.mediaType : value.value.mediaType;
    const kind = kindOf(file, declared, value.kind === 'pointer' ? value.value.pointer : null);
    if (kind === 'text') parts[sectionOf(obx)].push(Buffer.from(file).toString('utf8'));
    else if (kind === null) unsupported = new AppError('reports.content_type', where);
    else files.push({ kind, bytes: file });
    if (files.length > maxFiles) throw new AppError('reports.file_too_large', where);
  }
  const content = {
    findings: joined(parts.findings),
    impression: joined(parts.impression),
    body: joined(parts.body),
    files,
  };
  const empty =
    content.findings === null && content.impression === null && content.body === null && files.length === 0;
  if (empty && unsupported !== null) throw unsupported;
  return { ...content, studyInstanceUids, statuses, observer: readObserver(observations) };
}

/** D deleted, X cannot be obtained, W of another patient: the observation is no longer true. */
export function isRemoved(status: string): boolean {
  return status === 'D' || status === 'X' || status === 'W';
}

function readUid(obx: Segment): { uid: string; isStudy: boolean } | null {
  const value = obx.text(5)?.trim() ?? '';
  const name = `${obx.text(3, 1) ?? ''} ${obx.text(3, 2) ?? ''}`;
  if (
    !uidShape.test(value) ||
    value.length > 64 ||
    !uidObservation.test(`${obx.text(3, 1) ?? ''}`.trim() + name)
  )
    return null;
  return { uid: value, isStudy: /113014|STUDYUID|DICOM Study|Study Instance UID/i.test(name) };
}

function sectionOf(obx: Segment): 'findings' | 'impression' | 'body' {
  const name = [obx.text(3, 1), obx.text(3, 2), obx.text(3, 4), obx.text(3, 5)]
    .map((part) => part ?? '')
    .join(' ');
  if (findingsNames.test(name)) return 'findings';
  if (impressionNames.test(name)) return 'impression';
  return descriptionNames.test(name) ? 'findings' : 'body';
}

/** Coded and numeric results become lines that say what they are; texts stay as written. */
function textLine(obx: Segment, text: string): string {
  const type = obx.text(2)?.trim().toUpperCase() ?? '';
  const name = obx.text(3, 2) ?? obx.text(3, 1) ?? '';
  if (type === 'CE' || type === 'CWE' || type === 'CNE')
    return `${name}：${obx.text(5, 2) ?? obx.text(5, 1) ?? ''}`;
  if (type === 'NM' || type === 'SN')
    return `${name}：${text.replaceAll('^', ' ').trim()} ${obx.text(6, 1) ?? ''}`.trimEnd();
  return text;
}

function kindOf(
  bytes: Uint8Array,
  declared: string | null,
  pointer: string | null,
): 'pdf' | 'jpeg' | 'text' | null {
  const head = Buffer.from(bytes.subarray(0, 1024));
  if (head.includes('%PDF-')) return 'pdf';
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'jpeg';
  const extension = pointer === null ? '' : extname(pointer).toLowerCase();
  return declared === 'text/plain' || extension === '.txt' ? 'text' : null;
}

function readObserver(observations: readonly Segment[]): string | null {
  for (const obx of observations) {
    const name = `${obx.text(16, 2, 1) ?? ''}${obx.text(16, 3) ?? ''}`.trim();
    if (name !== '') return name.slice(0, 100);
  }
  return null;
}

function joined(texts: readonly string[]): string | null {
  const text = texts
    .map((part) => part.replace(/\r\n?/g, '\n').trimEnd())
    .join('\n')
    .trim();
  return text === '' ? null : text.slice(0, maxTextLength);
}

/** Every OBX of a group that has one. */
export function observationsOf(group: Pick<Group, 'all'>): Segment[] {
  return group.all('OBX');
}
