// JPEG pages to one PDF: a report that came as pictures, or pages that get a stamp across them (已撤回).
import { runInWorker } from './run-in-worker.ts';

export type ImagePdfInput = {
  title: string;
  madeAt: Date;
  pages: { jpeg: Uint8Array; width: number; height: number }[];
  /** Words across every page. */
  stamp: string | null;
};

const task = new URL('./image-pdf.task.ts', import.meta.url);

export async function imagesToPdf(
  input: ImagePdfInput,
  limits: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<Uint8Array> {
  const pdf = await runInWorker(task, input, {
    timeoutMs: limits.timeoutMs ?? 60_000,
    heapMb: 512,
    ...(limits.signal === undefined ? {} : { signal: limits.signal }),
  });
  return pdf as Uint8Array; // the task's own return type
}
