import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../testing/postgres.ts';
import { describeSchema } from './describe-schema.ts';

describe('the generated schema', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await openTestDatabase();
  });
  afterAll(() => test.close());

  it('is what the migrations make: run `npm run gen` when this fails', async () => {
    const client = await test.database.connect('test');
    const text = await describeSchema(client);
    await client.end();
    const read = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');
    expect(read('schema.gen.ts')).toBe(text.types);
    expect(read('schema.sql')).toBe(text.sql);
  });
});
