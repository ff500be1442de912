// Start of a document worker thread: loads the task module, runs it once, answers once.
import { parentPort, workerData } from 'node:worker_threads';
import { DocumentError } from './document-error.ts';
import type { WorkerReply } from './run-in-worker.ts';

type Work = { task: string; input: unknown };

async function work({ task, input }: Work): Promise<WorkerReply> {
  try {
    const module: { run(input: unknown): Promise<unknown> } = await import(task);
    return { ok: true, value: await module.run(input) };
  } catch (error) {
    const code = error instanceof DocumentError ? error.code : 'documents.failed';
    // Only our own sentences leave the thread: a library's may quote the document.
    const message =
      error instanceof DocumentError ? error.message : error instanceof Error ? error.name : 'unknown';
    return { ok: false, code, message };
  }
}

parentPort?.postMessage(await work(workerData as Work));
