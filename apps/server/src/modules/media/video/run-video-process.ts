// Starts the process that converts one video, waits for its answer within a time limit, and ends it in any case. One
// video at a time: it takes a processor for as long as it runs.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { VideoJob, VideoResult } from './convert-video.task.ts';

export class VideoError extends Error {}

type Answer = { ok: true; result: VideoResult } | { ok: false; reason: string };

const program = fileURLToPath(new URL('./convert-video.task.ts', import.meta.url));
let last: Promise<unknown> = Promise.resolve();

export function runVideoProcess(
  job: VideoJob,
  options: { timeoutMs: number; signal: AbortSignal },
): Promise<VideoResult> {
  const own = last.catch(() => undefined).then(() => runOne(job, options));
  last = own;
  return own;
}

async function runOne(
  job: VideoJob,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<VideoResult> {
  signal.throwIfAborted();
  const { PATH = '' } = process.env;
  const child = fork(program, [], {
    execArgv: ['--no-warnings', '--max-old-space-size=512'],
    env: { PATH },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const timer = setTimeout(() => reject(new VideoError('the conversion took too long')), timeoutMs);
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  child.once('message', (answer: Answer) => resolve(answer));
  child.once('error', () => reject(new VideoError('the conversion could not be started')));
  child.once('exit', (code, name) =>
    reject(new VideoError(`the conversion ended without an answer (${name ?? code})`)),
  );
  child.send(job);
  try {
    const answer = await promise;
    if (answer.ok) return answer.result;
    throw new VideoError(answer.reason.slice(0, 200));
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    child.kill('SIGKILL');
  }
}
