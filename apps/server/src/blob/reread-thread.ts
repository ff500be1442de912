// The thread behind RereadThread: reads a file and answers both hashes of its content (SHA-256, SM3 of GM/T 0004).
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { RereadReply, RereadRequest } from './reread.ts';
import type { Reread } from './store-backend.ts';

const buffer = Buffer.allocUnsafe(1024 * 1024);

parentPort?.on('message', ({ id, path, offset, withSm3 }: RereadRequest) => {
  parentPort?.postMessage({ id, read: reread(path, offset, withSm3) } satisfies RereadReply);
});

function reread(path: string, offset: number, withSm3: boolean): Reread | null {
  try {
    const file = openSync(path, 'r');
    try {
      const sha256 = createHash('sha256');
      const sm3 = withSm3 ? createHash('sm3') : null;
      let sizeBytes = 0;
      for (;;) {
        const length = readSync(file, buffer, 0, buffer.length, offset + sizeBytes);
        if (length === 0) return { sha256: sha256.digest('hex'), sm3: sm3?.digest('hex') ?? null, sizeBytes };
        const part = buffer.subarray(0, length);
        sha256.update(part);
        sm3?.update(part);
        sizeBytes += length;
      }
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}
