// PDF to JPEG pages, for phones that show no PDF and for screens that swipe pages. Used by reports (a PDF that came by
// HL7, or that we made) and by media (encapsulated PDF objects). PDFium runs as WASM in a thread of its own.
import { runInWorker } from './run-in-worker.ts';

export type PageLimits = {
  maxPages?: number;
  /** Pixels; the height follows the page. */
  width?: number;
  /** 1 to 100. */
  quality?: number;
  timeoutMs?: number;
  signal?: AbortSignal;
};

export type RenderedPage = { page: number; width: number; height: number; jpeg: Uint8Array };
export type PdfPagesInput = { pdf: Uint8Array; maxPages: number; width: number; quality: number };

const task = new URL('./pdf-pages.task.ts', import.meta.url);

/** Throws documents.damaged (not a PDF, encrypted, broken) or documents.too_large (too many pages). */
export async function renderPdfPages(pdf: Uint8Array, limits: PageLimits = {}): Promise<RenderedPage[]> {
  const input: PdfPagesInput = {
    pdf,
    maxPages: limits.maxPages ?? 200,
    width: limits.width ?? 1240,
    quality: limits.quality ?? 82,
  };
  const pages = await runInWorker(task, input, {
    timeoutMs: limits.timeoutMs ?? 120_000,
    heapMb: 768,
    ...(limits.signal === undefined ? {} : { signal: limits.signal }),
  });
  return pages as RenderedPage[]; // the task's own return type
}
