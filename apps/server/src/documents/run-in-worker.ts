// Runs one document task in a worker thread of its own: documents come from outside, so a task may hang, crash or
// eat memory. The thread has a heap limit and a time limit and is thrown away afterwards; nothing of one document
// is left for the next. The task module exports `run(input)`.
import { Worker } from 'node:worker_threads';
import { AppError } from '../errors.ts';

export type WorkerLimits = { timeoutMs: number; heapMb: number; signal?: AbortSignal };
export type WorkerReply = { ok: true; value: unknown } | { ok: false; code: string; message: string };

const entry = new URL('./worker-entry.ts', import.meta.url);
const mostAtOnce = 2;
let running = 0;
const waiting: (() => void)[] = [];

/** `task` is the URL of the module; input and answer are plain values and byte arrays. */
export async function runInWorker(task: URL, input: unknown, limits: WorkerLimits): Promise<unknown> {
  if (running >= mostAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    limits.signal?.throwIfAborted();
    return await oneTask(task, input, limits);
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

async function oneTask(task: URL, input: unknown, limits: WorkerLimits): Promise<unknown> {
  const worker = new Worker(entry, {
    workerData: { task: task.href, input },
    execArgv: ['--no-warnings'],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: limits.heapMb },
    stdout: true,
    stderr: true,
  });
  const { promise, resolve, reject } = Promise.withResolvers<WorkerReply>();
  const timer = setTimeout(() => reject(new AppError('platform.timeout')), limits.timeoutMs);
  const onAbort = () => reject(new AppError('jobs.cancelled'));
  limits.signal?.addEventListener('abort', onAbort, { once: true });
  worker.once('message', (reply: WorkerReply) => resolve(reply));
  worker.once('error', (error) => reject(new AppError('documents.failed', {}, { cause: error })));
  worker.once('exit', () => reject(new AppError('documents.failed')));
  try {
    const reply = await promise;
    if (reply.ok) return reply.value;
    throw new AppError(isDocumentCode(reply.code) ? reply.code : 'documents.failed', {
      reason: reply.message.slice(0, 200),
    });
  } finally {
    clearTimeout(timer);
    limits.signal?.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}

function isDocumentCode(code: string): code is 'documents.damaged' | 'documents.too_large' {
  return code === 'documents.damaged' || code === 'documents.too_large';
}
