// docs/dicom-conformance.md: its generated parts are those of the code as it is, and every test that it names exists.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { conformanceFile, conformanceText } from '../scripts/gen-conformance.ts';
import { repositoryRoot } from '../scripts/setup/root.ts';

const document = readFileSync(conformanceFile, 'utf8');

/** The short names of folders, as the document's first lines say. */
const folders: Record<string, string> = {
  dimse: 'packages/dimse/src',
  dicom: 'packages/dicom/src',
  door: 'apps/server/src/dimse',
  jpeg: 'packages/codec/src/jpeg',
  ...Object.fromEntries(
    ['archive', 'media', 'orders', 'routing', 'nodes'].map((name) => [
      name,
      `apps/server/src/modules/${name}`,
    ]),
  ),
};

function pathOf(named: string): string {
  const [first = '', ...rest] = named.split('/');
  return join(repositoryRoot, folders[first] ?? first, ...rest);
}

it('the generated parts are current: run `npm run gen` when this fails', async () => {
  expect(await conformanceText(document)).toBe(document);
});

it('every file it names is there, and every sentence of a test stands in it', () => {
  const named = [...document.matchAll(/`([a-z][\w.*/-]*\.ts)`(?:\s+"([^"]+)")?/g)];
  expect(named.length).toBeGreaterThan(50);
  for (const [, file = '', sentence] of named) {
    const path = pathOf(file);
    if (file.includes('*')) expect(globSync(path).length, file).toBeGreaterThan(0);
    else expect(existsSync(path), file).toBe(true);
    if (sentence !== undefined)
      expect(readFileSync(path, 'utf8'), file).toContain(sentence.replace(/\s+/g, ' '));
  }
});

it('every row of a table that says what is held names a test', () => {
  const lines = document.split('\n');
  for (const [index, line] of lines.entries()) {
    if (!/\| held by \|$/.test(line)) continue;
    for (let at = index + 2; lines[at]?.startsWith('|') === true; at += 1)
      expect(lines[at], `line ${at + 1}`).toMatch(/`[\w/.*-]+\.ts`[^|]*\|$/);
  }
});
