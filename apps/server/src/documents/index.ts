// Making and rendering documents (no level of its own: reports and media both use it). PDFs and their pages are made
// in worker threads; Sheet is for task modules that run inside one.
export { DocumentError } from './document-error.ts';
export { type ImagePdfInput, imagesToPdf } from './image-pdf.ts';
export { type PageLimits, type RenderedPage, renderPdfPages } from './render-pdf.ts';
export { runInWorker, type WorkerLimits } from './run-in-worker.ts';
