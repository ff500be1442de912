// ORU^R01 (HL7 v2.x chapter 7): each OBR with its OBX is one report. The state is the strongest of OBR-25 and the
// OBX-11 behind it: withdrawn (D X W), corrected (C), final (F A), preliminary (the rest).
import { displayName, type Group, type Message, type Piece, parseXcn } from '@yunying/hl7';
import type { Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { first, limited, readDoctor, readItem, time } from '../orders/index.ts';
import { isRemoved, observationsOf, type ReadContent, readContent } from './read-content.ts';
import type { ReportFacts } from './report-facts.ts';
import type { ReportState } from './types.ts';

/** Groups without any content are left out, unless they withdraw a report; none left = content_missing. */
export async function readOru(
  config: Pick<Config, 'reports'>,
  message: Message,
  receivedAt: Date,
): Promise<ReportFacts[]> {
  const reports: ReportFacts[] = [];
  for (const [index, group] of message.orders().entries()) {
    if (group.head('OBR') === null) continue;
    const content = await readContent(config, observationsOf(group));
    const state = stateOf(first(group, 'OBR-25'), content.statuses);
    if (!hasContent(content) && state !== 'withdrawn') continue;
    reports.push(readGroup(message, group, content, state, index + 1, receivedAt));
  }
  if (reports.length === 0) throw new AppError('reports.content_missing', { segment: 'OBX', field: 5 });
  return reports;
}

function readGroup(
  message: Message,
  group: Group,
  content: ReadContent,
  state: ReportState,
  sequence: number,
  receivedAt: Date,
): ReportFacts {
  const filler = limited(first(group, 'OBR-3.1', 'ORC-3.1'));
  const accessionNumber = limited(first(group, 'OBR-18', 'IPC-1.1')) ?? filler;
  const reportNumber = filler ?? accessionNumber;
  if (reportNumber === null) throw new AppError('hl7.field_missing', { segment: 'OBR', sequence, field: 3 });
  const principal = readPerson(group.head('OBR')?.field(32).at(1));
  const assistant = readPerson(group.head('OBR')?.field(33).at(1));
  const changedAt = time(first(group, 'OBR-22', 'OBX-14', 'OBX-19'));
  const { statuses: _statuses, observer, ...parts } = content;
  return {
    ...parts,
    reportNumber,
    accessionNumber,
    placerOrderNumber: limited(first(group, 'OBR-2.1', 'ORC-2.1')),
    ...readItem(group),
    orderingDoctor: readDoctor(message, group),
    examAt: time(first(group, 'OBR-7', 'OBR-22')) ?? receivedAt,
    state,
    addendum: false,
    author: assistant ?? principal ?? observer,
    verifier: state === 'preliminary' ? null : principal,
    reportedAt: changedAt ?? time(message.get('MSH-7')) ?? receivedAt,
    verifiedAt: state === 'preliminary' || principal === null ? null : changedAt,
    where: { segment: 'OBR', sequence },
  };
}

export function stateOf(resultStatus: string | null, observations: readonly string[]): ReportState {
  const order = resultStatus?.toUpperCase() ?? '';
  const told = observations.filter((status) => status !== '');
  if (order === 'X' || order === 'D' || order === 'W') return 'withdrawn';
  if (told.length > 0 && told.every(isRemoved)) return 'withdrawn';
  // A part that was removed, while others stay, corrects the report.
  if (order === 'C' || told.some((status) => status === 'C' || isRemoved(status))) return 'corrected';
  if (order === 'F' || order === 'A') return 'final';
  if (order !== '') return 'preliminary';
  return told.length > 0 && told.every((status) => status === 'F' || status === 'U')
    ? 'final'
    : 'preliminary';
}

export function hasContent(
  content: Pick<ReportFacts, 'findings' | 'impression' | 'body' | 'files'>,
): boolean {
  return (
    content.findings !== null ||
    content.impression !== null ||
    content.body !== null ||
    content.files.length > 0
  );
}

/** NDL-1 (id & family & given), or, as many systems write, XCN (id ^ family ^ given) or a bare name. */
export function readPerson(piece: Piece | undefined): string | null {
  if (piece === undefined || piece.raw === '') return null;
  const cnn = piece.at(1);
  const asCnn = displayName({ family: cnn.at(2).text, given: cnn.at(3).text, middle: cnn.at(4).text });
  if (asCnn !== '') return asCnn.slice(0, 100);
  const second = piece.at(2).text?.trim() ?? '';
  if (second !== '' && !/^\d{8,}/.test(second)) return displayName(parseXcn(piece)).slice(0, 100) || null;
  const bare = cnn.at(1).text?.trim() ?? '';
  return bare === '' ? null : bare.slice(0, 100);
}
