// Finds the corpus of real files for tests. A fresh clone has none beside it; such tests are skipped.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const repositoryRoot = resolve(import.meta.dirname, '../../../..');
export const corpusRoot = resolve(repositoryRoot, process.env.YUNYING_CORPUS ?? '../shared/corpus', 'dicom');
export const corpusAbsent = !existsSync(corpusRoot);

/** Paths below the DICOM corpus, sorted. */
export function corpusFiles(folder = ''): string[] {
  if (corpusAbsent) return [];
  return readdirSync(join(corpusRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(corpusRoot.length + 1))
    .sort();
}

export function readCorpus(path: string): Uint8Array {
  return readFileSync(join(corpusRoot, path));
}
