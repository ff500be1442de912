// What keeps this process from doing its work, as codes that an operator can look up. Asked by load balancers
// every few seconds, so each question is cheap and limited in time.

import { sql } from 'kysely';
import type { BlobStore } from './blob/index.ts';
import type { Database } from './db/index.ts';
import { migrationFolder, pendingMigrations, readMigrations } from './db/migrate.ts';
import type { Readiness } from './http/health.ts';

const databaseLimitMs = 2000;

export type ReadinessState = { draining: boolean };

export function createReadiness(parts: {
  database: Database;
  blobs: BlobStore;
  state: ReadinessState;
  recoveryNote: boolean;
}): Readiness {
  const files = readMigrations(migrationFolder);
  return async () => {
    const reasons: string[] = [];
    if (parts.state.draining) reasons.push('draining');
    const alive = await parts.database.ping(databaseLimitMs).then(
      () => true,
      () => false,
    );
    if (!alive) reasons.push('database');
    else if (!(await isMigrated(parts.database, files))) reasons.push('migrations');
    const room = await parts.blobs.room().catch(() => null);
    if (room === null) reasons.push('blob-store');
    else if (room.full) reasons.push('disk');
    return { reasons, notes: parts.recoveryNote ? ['recovery-degraded'] : [] };
  };
}

async function isMigrated(database: Database, files: ReturnType<typeof readMigrations>): Promise<boolean> {
  try {
    const { rows } = await sql<{
      name: string;
      sha256: string;
    }>`select name, sha256 from schema_migration order by name`.execute(database.db);
    return pendingMigrations(files, rows).length === 0;
  } catch {
    return false;
  }
}
