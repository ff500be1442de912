// Opens the database of this process: the embedded one, or the PostgreSQL (>= 15) of YUNYING_DATABASE_URL.
// Every wait has a limit: connecting, a statement, a lock, an idle transaction. Dedicated connections (LISTEN,
// advisory locks) come from `connect`, outside the pool.
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { Config } from '../config.ts';
import type { Logger } from '../log/index.ts';
import { ofConnecting } from './database-away.ts';
import { type ConnectionSettings, connectionOfRunning, startEmbeddedPostgres } from './embedded-postgres.ts';
import { PreparedClient } from './prepared-client.ts';
import type { Schema } from './schema.gen.ts';

export type Database = {
  db: Kysely<Schema>;
  kind: 'embedded' | 'external';
  /** A connection of its own, already open. `purpose` is seen in pg_stat_activity. */
  connect(purpose: string): Promise<pg.Client>;
  ping(limitMs: number): Promise<void>;
  close(): Promise<void>;
};

export type PoolLimits = { poolSize: number; statementTimeoutMs: number };

const leastVersion = 150_000;

export async function openDatabase(
  config: Config,
  log: Logger,
  onLost: (reason: string) => void = () => {},
): Promise<Database> {
  if (config.databaseUrl !== null) {
    const database = await openAt({ connectionString: config.databaseUrl }, config.database, log, 'external');
    try {
      await refuseOldServer(database);
    } catch (error) {
      await database.close();
      throw error;
    }
    return database;
  }
  const server = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    sharedBuffersMb: config.database.sharedBuffersMb,
    log,
    onLost,
  });
  try {
    await createDatabaseIfMissing(server.connection);
    const database = await openAt(server.connection, config.database, log, 'embedded');
    return {
      ...database,
      close: async () => {
        await database.close();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Joins the embedded server that another process of ours runs on the same data directory. */
export async function openRunning(config: Config, log: Logger, poolSize = 4): Promise<Database> {
  const limits = { ...config.database, poolSize };
  return openAt(connectionOfRunning(config.dataDir), limits, log, 'embedded');
}

export async function openAt(
  where: ConnectionSettings | { connectionString: string },
  limits: PoolLimits,
  log: Logger,
  kind: Database['kind'],
): Promise<Database> {
  const pool = new pg.Pool({
    ...where,
    Client: PreparedClient,
    application_name: 'yunying',
    max: limits.poolSize,
    connectionTimeoutMillis: 15_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: limits.statementTimeoutMs,
    lock_timeout: 15_000,
    idle_in_transaction_session_timeout: 120_000,
    keepAlive: true,
  });
  // An idle connection that breaks (server restart) is dropped by the pool; without a listener it would end us.
  pool.on('error', (error) => log.warn({ event: 'db.connection_lost', error }));
  // The same holds for one that is taken and between two statements: the pool does not listen then. Its next
  // statement fails, which is how its user learns of it.
  pool.on('connect', (client) => void client.on('error', () => {}));
  const connections = {
    options: pool.options,
    connect: () =>
      pool.connect().catch((error: unknown) => {
        throw ofConnecting(error);
      }),
    end: () => pool.end(),
  };
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: connections }) });
  return {
    db,
    kind,
    connect: async (purpose) => {
      const client = new pg.Client({
        ...where,
        application_name: `yunying ${purpose}`,
        connectionTimeoutMillis: 15_000,
        keepAlive: true,
      });
      client.on('error', () => {}); // the owner sees 'end'
      await client.connect();
      return client;
    },
    ping: async (limitMs) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error('the database does not answer')), limitMs);
      });
      try {
        await Promise.race([sql`select 1`.execute(db), late]);
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => db.destroy(),
  };
}

async function refuseOldServer(database: Database): Promise<void> {
  const { rows } = await sql<{ server_version_num: string }>`show server_version_num`.execute(database.db);
  const version = Number(rows[0]?.server_version_num ?? 0);
  if (version < leastVersion)
    throw new Error(
      `the database server is PostgreSQL ${Math.floor(version / 10_000)}; 15 or later is needed`,
    );
  const encoding = await sql<{ server_encoding: string }>`show server_encoding`.execute(database.db);
  if (encoding.rows[0]?.server_encoding !== 'UTF8')
    throw new Error('the database must have the encoding UTF8');
}

async function createDatabaseIfMissing(connection: ConnectionSettings): Promise<void> {
  const client = new pg.Client({ ...connection, database: 'postgres', connectionTimeoutMillis: 15_000 });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [
      connection.database,
    ]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(connection.database)}`);
  } finally {
    await client.end();
  }
}
