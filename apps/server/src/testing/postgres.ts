// Databases for tests: `openTestDatabase()` gives a migrated, empty database of its own to a test file. A cluster is
// made and migrated once per PostgreSQL version and set of migrations and kept under <repo>/.tmp; each test process
// runs a copy of it without fsync, and removes the copy at the end. With YUNYING_TEST_DATABASE_URL (a server where
// databases may be created) a template database there is cloned instead.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import pg from 'pg';
import {
  type ConnectionSettings,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../db/embedded-postgres.ts';
import { type Database, type Db, openAt } from '../db/index.ts';
import { migrate, readMigrations } from '../db/migrate.ts';
import { findBinaries } from '../db/postgres-binaries.ts';
import { canEnter, databaseAccount } from '../db/system-account.ts';
import { silentLogger } from '../log/index.ts';

export type TestDatabase = { db: Db; database: Database; url: string; close(): Promise<void> };

const repository = resolve(import.meta.dirname, '../../../..');
const limits = { poolSize: 10, statementTimeoutMs: 30_000 };
const quick = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '60',
  autovacuum: 'off',
};

let running: Promise<{ server: EmbeddedPostgres; folder: string }> | null = null;
let users = 0;

export async function openTestDatabase(): Promise<TestDatabase> {
  // The only read of the environment outside config.ts: it belongs to the tests, not to the product.
  const url = process.env.YUNYING_TEST_DATABASE_URL;
  if (url !== undefined && url !== '') return openExternal(url);
  users += 1;
  running ??= startCopy();
  const { server, folder } = await running;
  const database = await clone(server.connection, 'yunying');
  return {
    ...database,
    close: async () => {
      await database.close();
      users -= 1;
      if (users > 0) return;
      running = null;
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Where test clusters may lie: in the repository, or in /var/tmp when the database account cannot enter there. */
export function testFolder(): string {
  const inside = join(repository, '.tmp', `postgres-${findBinaries().version}`);
  if (canMake(inside) && canEnter(databaseAccount('/nonexistent'), inside)) return inside;
  const outside = join('/var/tmp', `yunying-postgres-${findBinaries().version}-${process.getuid?.() ?? 0}`);
  mkdirSync(outside, { recursive: true, mode: 0o711 });
  return outside;
}

/** Another account (root) may have made the folder. */
function canMake(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function startCopy(): Promise<{ server: EmbeddedPostgres; folder: string }> {
  const base = testFolder();
  const template = await makeTemplate(base);
  removeLeft(base, template);
  const folder = join(base, `run-${process.pid}-${randomBytes(3).toString('hex')}`);
  execFileSync('cp', ['-a', template, folder]);
  const server = await startEmbeddedPostgres({
    dataDir: folder,
    sharedBuffersMb: 32,
    log: silentLogger,
    settings: quick,
  });
  return { server, folder };
}

async function makeTemplate(base: string): Promise<string> {
  const template = join(base, `template-${migrationsHash()}`);
  if (existsSync(template)) return template;
  const fresh = `${template}.new-${process.pid}`;
  mkdirSync(fresh, { mode: 0o711 });
  const server = await startEmbeddedPostgres({
    dataDir: fresh,
    sharedBuffersMb: 32,
    log: silentLogger,
    settings: quick,
  });
  try {
    await createMigrated(server.connection, 'yunying');
  } finally {
    await server.stop();
  }
  try {
    renameSync(fresh, template);
  } catch {
    rmSync(fresh, { recursive: true, force: true }); // another test process made it at the same time
  }
  return template;
}

function migrationsHash(): string {
  const all = readMigrations().map((migration) => `${migration.name} ${migration.sha256}`);
  return createHash('sha256').update(all.join('\n')).digest('hex').slice(0, 12);
}

/** Copies whose test process was killed, and templates of migrations that nobody has used for a day. */
function removeLeft(base: string, template: string): void {
  for (const name of readdirSync(base)) {
    const pid = /^run-(\d+)-/.exec(name)?.[1] ?? /\.new-(\d+)$/.exec(name)?.[1];
    const changed = statSync(join(base, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    const dayOld = Date.now() - changed > 86_400_000;
    if (name.startsWith('template-') && dayOld && name !== basename(template))
      rmSync(join(base, name), { recursive: true, force: true });
    if (pid !== undefined && !existsSync(`/proc/${pid}`))
      rmSync(join(base, name), { recursive: true, force: true });
  }
}

async function createMigrated(
  connection: ConnectionSettings | { connectionString: string },
  name: string,
): Promise<void> {
  await onServer(connection, (client) =>
    client.query(`create database ${pg.escapeIdentifier(name)} template template0 encoding 'UTF8'`),
  );
  const database = await openAt(atDatabase(connection, name), limits, silentLogger, 'external');
  await migrate(database, silentLogger);
  await database.close();
}

async function clone(
  connection: ConnectionSettings | { connectionString: string },
  template: string,
): Promise<TestDatabase> {
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`;
  await onServer(connection, (client) =>
    client.query(`create database ${name} template ${pg.escapeIdentifier(template)}`),
  );
  const where = atDatabase(connection, name);
  const database = await openAt(where, limits, silentLogger, 'external');
  return {
    db: database.db,
    database,
    url: where.connectionString,
    close: async () => {
      await database.close();
      await onServer(connection, (client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}

async function openExternal(url: string): Promise<TestDatabase> {
  const connection = { connectionString: url };
  const template = `yunying_template_${migrationsHash()}`;
  await onServer(connection, async (client) => {
    await client.query('select pg_advisory_lock(72010)'); // two test processes make the template once
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [template]);
    if (rowCount === 0) await createMigrated(connection, template);
  });
  return clone(connection, template);
}

async function onServer(
  connection: ConnectionSettings | { connectionString: string },
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client(
    'connectionString' in connection ? connection : { ...connection, database: 'postgres' },
  );
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function atDatabase(
  connection: ConnectionSettings | { connectionString: string },
  name: string,
): { connectionString: string } {
  if ('connectionString' in connection) {
    const url = new URL(connection.connectionString);
    url.pathname = `/${name}`;
    return { connectionString: url.href };
  }
  const { user, password, port } = connection;
  // By TCP, which it listens on too: a URL has no place for the folder of a socket.
  return {
    connectionString: `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${name}`,
  };
}
