// A decoding worker made before there is anything to decode: its script and WebAssembly are fetched and compiled while
// the page still asks what there is to show (viewer spec §4, warm-up). The first decoder of the page takes it.
import type { DecoderReady } from './decode-message.ts';

let spare: Worker | null = null;

export function makeWorker(): Worker {
  return new Worker(new URL('./decode-worker.ts', import.meta.url), { type: 'module' });
}

/** Nothing is said where it fails: whoever needs a worker makes one and is told then. */
export function keepSpareWorker(): void {
  if (spare !== null || typeof Worker === 'undefined' || typeof WebAssembly === 'undefined') return;
  let made: Worker;
  try {
    made = makeWorker();
  } catch {
    return;
  }
  spare = made;
  const forget = (): void => {
    if (spare !== made) return;
    spare = null;
    made.terminate();
  };
  made.addEventListener('error', forget);
  made.addEventListener('message', ({ data }: MessageEvent<DecoderReady>) => {
    if ('ready' in data && !data.ready) forget();
  });
}

export function takeWorker(): Worker {
  const taken = spare ?? makeWorker();
  spare = null;
  return taken;
}
