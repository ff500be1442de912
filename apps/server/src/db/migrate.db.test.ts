import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../log/index.ts';
import { openTestDatabase, type TestDatabase } from '../testing/postgres.ts';
import { migrate, pendingMigrations, readMigrations } from './migrate.ts';

describe('migrations', () => {
  let test: TestDatabase;
  let folder = '';
  beforeAll(async () => {
    test = await openTestDatabase();
  });
  afterAll(() => test.close());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'yunying-migrations-'));
    await sql`drop table if exists schema_migration, pear, apple`.execute(test.db);
    return () => rmSync(folder, { recursive: true });
  });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const run = () => migrate(test.database, silentLogger, folder);

  it('applies each file once, in order of names', async () => {
    write('202601010002-pear.sql', 'create table pear (id bigint references apple (id))');
    write('202601010001-apple.sql', 'create table apple (id bigint primary key)');
    expect(await run()).toEqual(['202601010001-apple.sql', '202601010002-pear.sql']);
    expect(await run()).toEqual([]);
  });

  it('leaves nothing of a file that fails half way', async () => {
    write('202601010001-apple.sql', 'create table apple (id bigint); select nonsense');
    await expect(run()).rejects.toThrow(/202601010001-apple.sql failed: column "nonsense"/);
    const { rows } = await sql`select 1 from pg_tables where tablename = 'apple'`.execute(test.db);
    expect(rows).toEqual([]);
  });

  it('refuses a file changed after it was applied, and a missing one', async () => {
    write('202601010001-apple.sql', 'create table apple (id bigint)');
    await run();
    write('202601010001-apple.sql', 'create table apple (id text)');
    await expect(run()).rejects.toThrow(/was changed after it was applied/);
    rmSync(join(folder, '202601010001-apple.sql'));
    await expect(run()).rejects.toThrow(/its file is missing/);
  });

  it('refuses a file that sorts before an applied one, and a bad name', async () => {
    const file = (name: string) => ({ name, sha256: 'x', sql: '' });
    expect(() =>
      pendingMigrations(
        [file('202601010001-a.sql'), file('202601010002-b.sql')],
        [{ name: '202601010002-b.sql', sha256: 'x' }],
      ),
    ).toThrow(/sorts before/);
    write('apple.sql', '');
    expect(() => readMigrations(folder)).toThrow(/must be named/);
  });

  it('lets two nodes start at once: one migrates, the other waits', async () => {
    write('202601010001-apple.sql', 'create table apple (id bigint); select pg_sleep(0.3)');
    const applied = await Promise.all([run(), run()]);
    expect(applied.map((names) => names.length).sort()).toEqual([0, 1]);
  });
});
