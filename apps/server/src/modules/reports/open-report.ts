// Bytes of a report: one page as JPEG, or the PDF. Who may have them is decided by the route.
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import * as repo from './repo.ts';
import type { OpenedPart } from './types.ts';

type Reader = Pick<Context, 'db' | 'blobs'>;

export async function getReportPage(
  ctx: Reader,
  reportId: string,
  version: number,
  page: number,
): Promise<OpenedPart> {
  const row = await repo.versionOf(ctx.db, reportId, version);
  const found = row === null || row.pageCount === null ? null : await repo.pageOf(ctx.db, row.id, page);
  if (found === null) throw new AppError('request.not_found');
  return open(ctx, found.blobId);
}

export async function getReportPdf(ctx: Reader, reportId: string, version: number): Promise<OpenedPart> {
  const row = await repo.versionOf(ctx.db, reportId, version);
  const ready =
    row !== null && row.pdfBlobId !== null && !(row.state === 'withdrawn' && row.pageCount === null);
  if (!ready || row.pdfBlobId === null) throw new AppError('request.not_found');
  return open(ctx, row.pdfBlobId);
}

async function open(ctx: Reader, blobId: string): Promise<OpenedPart> {
  const facts = await repo.blobFacts(ctx.db, blobId);
  if (facts === null) throw new AppError('storage.missing');
  return { ...facts, read: (range) => ctx.blobs.read(blobId, range) };
}
