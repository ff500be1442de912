// One server per folder: an abstract Unix socket named after device and inode of the folder. The kernel frees it
// with the process, so a kill -9 leaves nothing stale, and another path to the same folder finds the same lock.
import { mkdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';

export type FolderLock = { release(): Promise<void> };

export class LockedError extends Error {
  override readonly name = 'LockedError';
}

export async function lockFolder(folder: string): Promise<FolderLock> {
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const { dev, ino } = statSync(folder, { bigint: true });
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE' ? new LockedError(`another Yunying server is using ${folder}`) : error,
      );
    });
    server.listen({ path: `\0yunying-folder-${dev}-${ino}` }, resolve);
  });
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}
