// The thread behind Sm3Thread: hashes what it is sent, in order, and sends each buffer back for the next use.
import { createHash, type Hash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import type { Sm3Request } from './sm3.ts';

const running = new Map<number, Hash>();

parentPort?.on('message', (request: Sm3Request) => {
  if (request.kind === 'drop') {
    running.delete(request.id);
    return;
  }
  const hash = running.get(request.id) ?? createHash('sm3');
  if (request.kind === 'update') {
    hash.update(new Uint8Array(request.buffer, 0, request.length));
    running.set(request.id, hash);
    parentPort?.postMessage({ kind: 'done', buffer: request.buffer }, [request.buffer]);
    return;
  }
  running.delete(request.id);
  parentPort?.postMessage({ kind: 'digest', id: request.id, hex: hash.digest('hex') });
});
