// Forward-only migrations: db/migrations/YYYYMMDDHHMM-what.sql in name order, one transaction each, remembered in
// schema_migration with their checksum. A changed or missing applied file is refused: the schema would no longer
// be what the files say. A session lock keeps two nodes from migrating at once.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import type { Logger } from '../log/index.ts';
import type { Database } from './open-database.ts';

export type Migration = { name: string; sha256: string; sql: string };

export const migrationFolder = join(import.meta.dirname, 'migrations');
const lockNumber = 7_201_124_001;

export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export function readMigrations(folder = migrationFolder): Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  for (const name of names) {
    if (!/^\d{12}-[a-z0-9-]+\.sql$/.test(name))
      throw new MigrationError(`migration ${name} must be named YYYYMMDDHHMM-what.sql`);
  }
  return names.map((name) => {
    const sql = readFileSync(join(folder, name), 'utf8');
    return { name, sha256: createHash('sha256').update(sql).digest('hex'), sql };
  });
}

/** Applies what is missing; answers the names applied now. */
export async function migrate(
  database: Pick<Database, 'connect'>,
  log: Logger,
  folder = migrationFolder,
): Promise<string[]> {
  const migrations = readMigrations(folder);
  const client = await database.connect('migrate');
  try {
    await client.query('select pg_advisory_lock($1)', [lockNumber]);
    await client.query(
      'create table if not exists schema_migration (name text primary key, sha256 text not null, applied_at timestamptz not null default now())',
    );
    const { rows } = await client.query<{ name: string; sha256: string }>(
      'select name, sha256 from schema_migration order by name',
    );
    const pending = pendingMigrations(migrations, rows);
    for (const migration of pending) {
      const started = performance.now();
      await applyOne(client, migration);
      log.info({
        event: 'db.migrated',
        migration: migration.name,
        durationMs: Math.round(performance.now() - started),
      });
    }
    return pending.map((migration) => migration.name);
  } finally {
    await client.end(); // frees the session lock
  }
}

/** The files not applied yet; throws when what was applied and what is in the folder disagree. */
export function pendingMigrations(
  files: readonly Migration[],
  applied: readonly { name: string; sha256: string }[],
): Migration[] {
  const known = new Map(files.map((file) => [file.name, file]));
  for (const row of applied) {
    const file = known.get(row.name);
    if (file === undefined)
      throw new MigrationError(
        `migration ${row.name} was applied to this database but its file is missing (a newer version ran here?)`,
      );
    if (file.sha256 !== row.sha256)
      throw new MigrationError(`migration ${row.name} was changed after it was applied to this database`);
  }
  const done = new Set(applied.map((row) => row.name));
  const last = applied.at(-1)?.name ?? '';
  const pending = files.filter((file) => !done.has(file.name));
  const late = pending.find((file) => file.name < last);
  if (late !== undefined)
    throw new MigrationError(
      `migration ${late.name} sorts before ${last}, which is already applied; give it a later time`,
    );
  return pending;
}

async function applyOne(client: Client, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(migration.sql);
    await client.query('insert into schema_migration (name, sha256) values ($1, $2)', [
      migration.name,
      migration.sha256,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    const reason = error instanceof Error ? error.message : 'unknown reason';
    throw new MigrationError(`migration ${migration.name} failed: ${reason}`, { cause: error });
  }
}
