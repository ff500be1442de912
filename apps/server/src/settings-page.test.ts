// docs/ops/settings.md must say what the configuration does.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeSettings } from './config.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/ops/settings.md'), 'utf8');

/** The first four cells of every row: variable, key, default, default in demo. */
function rowsOf(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `YUNYING_'))
    .map((line) => line.split(' | ').map((cell) => cell.replace(/[|`*+]/g, '').trim()))
    .map((cells) => cells.slice(0, 4));
}

it('docs/ops/settings.md lists every setting with its key and defaults', () => {
  const shown = (value: string) => (value === '' ? 'empty' : value);
  const [dataDirectory, ...rows] = rowsOf(page);
  expect(dataDirectory?.[0]).toBe('YUNYING_DATA');
  expect(rows).toEqual(
    describeSettings().map(({ env, file, standard, demo }) => [
      env,
      file,
      shown(standard),
      standard === demo ? '' : shown(demo),
    ]),
  );
});
