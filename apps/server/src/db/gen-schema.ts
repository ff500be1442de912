// `npm run gen`, database part: migrates a scratch database and rewrites schema.gen.ts and schema.sql from it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTestDatabase } from '../testing/postgres.ts';
import { describeSchema } from './describe-schema.ts';

export async function generateSchema(): Promise<void> {
  const test = await openTestDatabase();
  try {
    const client = await test.database.connect('gen');
    try {
      const text = await describeSchema(client);
      writeFileSync(join(import.meta.dirname, 'schema.gen.ts'), text.types);
      writeFileSync(join(import.meta.dirname, 'schema.sql'), text.sql);
    } finally {
      await client.end();
    }
  } finally {
    await test.close();
  }
}

if (import.meta.main) await generateSchema();
