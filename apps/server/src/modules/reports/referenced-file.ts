// A report file named by path (OBX type RP): read only from folders that the configuration permits, after links are
// resolved, as a regular file, within a size limit. Windows shares are named by their last parts:
// \\ris\reports\2026\a.pdf is looked for as 2026/a.pdf in a permitted folder.
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { AppError, type ErrorDetails } from '../../errors.ts';

export async function readReferencedFile(
  folders: readonly string[],
  pointer: string,
  maxBytes: number,
  where: ErrorDetails,
): Promise<Uint8Array> {
  if (
    pointer.includes('\0') ||
    pointer.length > 1024 ||
    /^[a-z][a-z0-9+.-]+:\/\//i.test(pointer.replace(/^file:\/\//i, ''))
  ) {
    throw new AppError('reports.file_refused', where);
  }
  const path = await findInside(folders, pointer.replace(/^file:\/\//i, '').replaceAll('\\', '/'));
  if (path === null) throw new AppError('reports.file_refused', where);
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => {
    throw new AppError('reports.file_refused', where);
  });
  try {
    const { size } = await file.stat().then((stat) => (stat.isFile() ? stat : { size: -1 }));
    if (size < 0) throw new AppError('reports.file_refused', where);
    if (size > maxBytes) throw new AppError('reports.file_too_large', where);
    const bytes = Buffer.alloc(size);
    await file.read(bytes, 0, size, 0);
    return bytes;
  } finally {
    await file.close();
  }
}

/** The real path of the file when it lies in one of the folders, tried with fewer and fewer leading parts. */
async function findInside(folders: readonly string[], pointer: string): Promise<string | null> {
  const parts = pointer.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || parts.includes('..')) return null;
  for (const folder of folders) {
    const root = await realpath(folder).catch(() => null);
    if (root === null) continue;
    const candidates = [
      ...(isAbsolute(pointer) ? [pointer] : []),
      ...parts.map((_, from) => resolve(root, ...parts.slice(from))),
    ];
    for (const candidate of candidates.slice(0, 12)) {
      const real = await realpath(candidate).catch(() => null);
      if (real !== null && isInside(root, real)) return real;
    }
  }
  return null;
}

function isInside(root: string, path: string): boolean {
  const inner = relative(root, path);
  return inner !== '' && !inner.startsWith('..') && !isAbsolute(inner);
}
