// A print on film is asked for, looked at and tried again: a row and a durable job in one transaction. The work itself is
// perform-print.ts.
import type { FilmPrint, StudyPrint } from '@yunying/api';
import type { Context } from '../../../context.ts';
import { AppError, type ErrorCode, errorTable, sentence } from '../../../errors.ts';
import type { NodeRow } from '../../nodes/index.ts';
import * as repo from './repo-print.ts';

export const printJob = 'media.print_film';
const personWaits = 100;
const mostShown = 10;

type Part = Pick<Context, 'db' | 'jobs' | 'clock'>;
type Study = { id: string; study_instance_uid: string };

export function isPrinter(node: NodeRow): boolean {
  return (
    node.kind === 'dicom' &&
    node.host !== null &&
    node.port !== null &&
    node.disabled_at === null &&
    node.may.split(' ').includes('print')
  );
}

export function sheetsOf({ pictures, columns, rows }: FilmPrint): number {
  return Math.ceil(pictures.length / (columns * rows));
}

export async function requestPrint(
  ctx: Part,
  study: Study,
  wish: FilmPrint,
  askedBy: string,
): Promise<repo.PrintRow> {
  return ctx.db.transaction().execute(async (tx) => {
    const row = await repo.insertPrint(
      tx,
      {
        study_id: study.id,
        study_instance_uid: study.study_instance_uid,
        node_id: wish.nodeId,
        wish: JSON.stringify(wish),
        sheet_count: sheetsOf(wish),
        asked_by: askedBy,
      },
      ctx.clock.now(),
    );
    await ctx.jobs.enqueue(tx, printJob, { printId: row.id }, { key: row.id, priority: personWaits });
    return row;
  });
}

/** Goes on behind the last sheet that the printer has accepted. Only one that has failed, and only by who asked for it. */
export async function retryPrint(
  ctx: Part,
  id: string,
  studyInstanceUid: string,
  asker: string,
): Promise<repo.PrintRow> {
  const row = await repo.selectPrint(ctx.db, id);
  if (row === undefined || row.study_instance_uid !== studyInstanceUid)
    throw new AppError('request.not_found');
  if (row.asked_by !== asker) throw new AppError('access.forbidden');
  if (row.state !== 'failed') return row;
  return ctx.db.transaction().execute(async (tx) => {
    const again = { state: 'waiting', error_code: null, error_detail: null, finished_at: null } as const;
    await repo.updatePrint(tx, id, again);
    await ctx.jobs.enqueue(tx, printJob, { printId: id }, { key: id, priority: personWaits });
    return { ...row, ...again };
  });
}

export async function listPrints(
  ctx: Pick<Context, 'db'>,
  studyInstanceUid: string,
  asker: string,
  language: 'zh' | 'en',
): Promise<StudyPrint[]> {
  const rows = await repo.selectPrintsOf(ctx.db, studyInstanceUid, mostShown);
  return rows.map((row) => printItem(row, row.node_name, asker, language));
}

export function printItem(
  row: repo.PrintRow,
  nodeName: string,
  asker: string,
  language: 'zh' | 'en',
): StudyPrint {
  const { error_code: code } = row;
  return {
    id: row.id,
    nodeName,
    state: states.find((state) => state === row.state) ?? 'failed',
    sheetCount: row.sheet_count,
    printedCount: row.printed_count,
    error: code !== null && isCode(code) ? sentence(code, language) : null,
    errorDetail: row.error_detail,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    own: row.asked_by === asker,
  };
}

const states = ['waiting', 'printing', 'printed', 'failed'] as const;

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code);
}
