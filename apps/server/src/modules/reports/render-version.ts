// Whatever form a report came in, it becomes a PDF and JPEG pages, and both are kept: text is laid out as a sheet, a PDF
// is rendered, pictures are bound into a PDF. A withdrawn version shows what it withdraws with a stamp across it.
// Safe to repeat: a version that has its pages is left alone; bytes of a run that was cut off are swept.
import type { StoredBytes } from '../../blob/index.ts';
import type { Context } from '../../context.ts';
import { imagesToPdf, type RenderedPage, renderPdfPages } from '../../documents/index.ts';
import { AppError } from '../../errors.ts';
import { composeReport } from './compose-report.ts';
import * as repo from './repo.ts';
import { sheetFacts } from './sheet-facts.ts';

type Renderer = Pick<Context, 'db' | 'blobs'>;
type Rendered = {
  /** null: the PDF is the one that came. */
  pdf: Uint8Array | null;
  /** null: the pages are the pictures that came. */
  pages: RenderedPage[] | null;
};

const withdrawnStamp = '已撤回';
const maxPdfBytes = 64 * 1024 * 1024;
const maxJpegBytes = 48 * 1024 * 1024;

export async function renderVersion(
  ctx: Renderer,
  reportId: string,
  version: number,
  signal?: AbortSignal,
): Promise<void> {
  const row = await repo.versionOf(ctx.db, reportId, version);
  if (row === null || row.pageCount !== null) return;
  const rendered = await render(ctx, row, signal);
  signal?.throwIfAborted();
  await keep(ctx, row, rendered);
}

function render(ctx: Renderer, row: repo.VersionRow, signal: AbortSignal | undefined): Promise<Rendered> {
  if (row.state === 'withdrawn') return renderWithdrawn(ctx, row, signal);
  switch (row.sourceForm) {
    case 'text':
      return renderText(ctx, row, null, signal);
    case 'pdf':
      return renderPdf(ctx, row, signal);
    case 'jpeg':
      return renderPictures(ctx, row, signal);
  }
}

async function renderText(
  ctx: Renderer,
  row: repo.VersionRow,
  stamp: string | null,
  signal: AbortSignal | undefined,
): Promise<Rendered> {
  const pdf = await composeReport(await sheetFacts(ctx.db, row, stamp), passed(signal));
  return { pdf, pages: await renderPdfPages(pdf, passed(signal)) };
}

async function renderPdf(
  ctx: Renderer,
  row: repo.VersionRow,
  signal: AbortSignal | undefined,
): Promise<Rendered> {
  if (row.pdfBlobId === null) throw new AppError('storage.missing', { reportId: row.reportId });
  const pdf = await ctx.blobs.readBytes(row.pdfBlobId, undefined, maxPdfBytes);
  return { pdf: null, pages: await renderPdfPages(pdf, passed(signal)) };
}

async function renderPictures(
  ctx: Renderer,
  row: repo.VersionRow,
  signal: AbortSignal | undefined,
): Promise<Rendered> {
  const pages = await readPictures(ctx, row.id);
  return {
    pdf: await imagesToPdf({ title: row.title, madeAt: row.createdAt, pages, stamp: null }, passed(signal)),
    pages: null,
  };
}

async function renderWithdrawn(
  ctx: Renderer,
  row: repo.VersionRow,
  signal: AbortSignal | undefined,
): Promise<Rendered> {
  const withdrawn = await repo.versionBefore(ctx.db, row.reportId, row.version);
  if (withdrawn === null || withdrawn.sourceForm === 'text')
    return renderText(ctx, row, withdrawnStamp, signal);
  // Its own pages first: this version is its pages with the stamp.
  await renderVersion(ctx, withdrawn.reportId, withdrawn.version, signal);
  const pages = await readPictures(ctx, withdrawn.id);
  const facts = { title: row.title, madeAt: row.createdAt, pages, stamp: withdrawnStamp };
  const pdf = await imagesToPdf(facts, passed(signal));
  return { pdf, pages: await renderPdfPages(pdf, passed(signal)) };
}

async function readPictures(
  ctx: Renderer,
  versionId: string,
): Promise<{ jpeg: Uint8Array; width: number; height: number }[]> {
  const pictures = [];
  for (const page of await repo.pagesOf(ctx.db, [versionId])) {
    const jpeg = await ctx.blobs.readBytes(page.blobId, undefined, maxJpegBytes);
    pictures.push({ jpeg: new Uint8Array(jpeg), width: page.width, height: page.height });
  }
  return pictures;
}

async function keep(ctx: Renderer, row: repo.VersionRow, rendered: Rendered): Promise<void> {
  const ids = { report: row.reportId, version: String(row.version) };
  const put = (bytes: Uint8Array, mediaType: string, kind: string): Promise<StoredBytes> =>
    ctx.blobs.put(once(bytes), { mediaType, kind, ids });
  const pdf = rendered.pdf === null ? null : await put(rendered.pdf, 'application/pdf', 'report-pdf');
  const pages: { page: RenderedPage; stored: StoredBytes }[] = [];
  for (const page of rendered.pages ?? [])
    pages.push({ page, stored: await put(page.jpeg, 'image/jpeg', 'report-page') });

  await ctx.db.transaction().execute(async (tx) => {
    const rows: repo.PageRow[] = [];
    for (const { page, stored } of pages) {
      const { blobId } = await ctx.blobs.record(tx, stored);
      rows.push({ page: page.page, blobId, width: page.width, height: page.height, received: false });
    }
    await repo.insertPages(tx, row.id, rows);
    const madePdfBlobId = pdf === null ? null : (await ctx.blobs.record(tx, pdf)).blobId;
    const pageCount = (await repo.pagesOf(tx, [row.id])).length;
    await repo.setRendered(tx, row.id, { pageCount, madePdfBlobId });
  });
}

function passed(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
