// One attempt of a print: sheet after sheet, each counted when the printer has accepted it, so that another attempt goes on
// behind it. When the connection breaks after "print" was said nobody knows what came out: that is never repeated by itself.
import type { FilmPrint } from '@yunying/api';
import { DimseError } from '@yunying/dimse';
import type { Context } from '../../../context.ts';
import { AppError, toAppError } from '../../../errors.ts';
import type { JobRun } from '../../../jobs/index.ts';
import { recordAudit } from '../../audit/index.ts';
import { getNode, type NodeRow } from '../../nodes/index.ts';
import { filmPicture, hasColor, inGrey, locatePicture } from './film-pictures.ts';
import { openPrinter } from './printer.ts';
import * as repo from './repo-print.ts';
import { isPrinter } from './request-print.ts';

const longestDetail = 300;

export async function performPrint(ctx: Context, job: JobRun, id: string): Promise<void> {
  const print = await repo.selectPrint(ctx.db, id);
  if (print === undefined || print.state === 'printed' || print.state === 'failed') return;
  const node = await getNode(ctx.db, print.node_id);
  const told = { isSaid: false };
  try {
    if (print.state === 'printing' && print.error_code === 'printing.uncertain')
      throw new AppError('printing.uncertain');
    if (!isPrinter(node)) throw new AppError('printing.not_a_printer');
    await printSheets(ctx, job, print, node, told);
    await repo.updatePrint(ctx.db, id, {
      state: 'printed',
      error_code: null,
      error_detail: null,
      finished_at: ctx.clock.now(),
    });
    await record(ctx, print, node, 'ok', { sheets: print.sheet_count });
  } catch (cause) {
    const error = errorOf(cause, told.isSaid);
    const isOver = !error.row.retry || job.attempt >= job.maxAttempts;
    await repo.updatePrint(ctx.db, id, {
      state: isOver ? 'failed' : 'waiting',
      error_code: error.code,
      error_detail: detailOf(error),
      ...(isOver ? { finished_at: ctx.clock.now() } : {}),
    });
    if (isOver) await record(ctx, print, node, 'error', { code: error.code });
    throw error;
  }
}

async function printSheets(
  ctx: Context,
  job: JobRun,
  print: repo.PrintRow,
  node: NodeRow,
  told: { isSaid: boolean },
): Promise<void> {
  const wish = JSON.parse(print.wish) as FilmPrint; // written by requestPrint
  const located = await Promise.all(
    wish.pictures.map((picture) => locatePicture(ctx, print.study_instance_uid, picture)),
  );
  await repo.updatePrint(ctx.db, print.id, { state: 'printing', error_code: null, error_detail: null });
  const { printer, abort } = await openPrinter(ctx, node, located.some(hasColor), job.signal);
  try {
    await printer.requireReady();
    await printer.openSession(wish);
    const perSheet = wish.columns * wish.rows;
    for (let sheet = print.printed_count; sheet < print.sheet_count; sheet += 1) {
      const pictures = [];
      for (let at = sheet * perSheet; at < Math.min((sheet + 1) * perSheet, located.length); at += 1) {
        job.signal.throwIfAborted();
        const [place, picture] = [located[at], wish.pictures[at]];
        if (place === undefined || picture === undefined) continue;
        const made = await filmPicture(ctx, place, picture, wish);
        pictures.push(printer.takesColor ? made : inGrey(made));
      }
      await printer.printSheet(pictures, async () => {
        // Should this process die before the answer is written down, the next one must not print it again.
        await repo.updatePrint(ctx.db, print.id, { error_code: 'printing.uncertain' });
        told.isSaid = true;
      });
      await repo.updatePrint(ctx.db, print.id, { printed_count: sheet + 1, error_code: null });
      told.isSaid = false;
      await job.progress(sheet + 1, print.sheet_count);
    }
    await printer.close();
  } finally {
    abort();
  }
}

function errorOf(cause: unknown, isSaid: boolean): AppError {
  if (isSaid && !(cause instanceof AppError)) return new AppError('printing.uncertain', {}, { cause });
  if (cause instanceof DimseError) {
    return new AppError('nodes.no_answer', { reason: cause.message }, { cause });
  }
  return toAppError(cause);
}

function detailOf({ details }: AppError): string | null {
  return typeof details.reason === 'string' ? details.reason.slice(0, longestDetail) : null;
}

function record(
  ctx: Context,
  print: repo.PrintRow,
  node: NodeRow,
  result: 'ok' | 'error',
  detail: Record<string, string | number>,
): Promise<void> {
  return recordAudit(ctx.db, {
    event: 'image.printed',
    actor: { kind: 'system', id: 'printing' },
    objectType: 'study',
    objectId: print.study_id,
    studyInstanceUid: print.study_instance_uid,
    result,
    detail: { node: node.name, askedBy: print.asked_by, ...detail },
  });
}
