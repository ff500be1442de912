// `yunying doctor`: a self-check that changes nothing: configuration, folders, room, database, migrations. Ends with
// code 1 when something must be mended.
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { lookAtStores } from '../blob/index.ts';
import { type BlobLocation, type Config, readConfig } from '../config.ts';
import { formatAddress } from '../config-values.ts';
import { openDatabase, openRunning } from '../db/index.ts';
import { findBinaries } from '../db/postgres-binaries.ts';
import { databaseAccount } from '../db/system-account.ts';
import { createLogger } from '../log/index.ts';
import { describeS3 } from '../store-locations.ts';

type Finding = { ok: boolean; about: string; says: string };

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check configuration, folders, room and database; changes nothing')
    .action(async () => {
      const config = readConfig();
      const findings = [...examine(config), ...(await examineStores(config))];
      for (const { ok, about, says } of findings)
        process.stdout.write(`${ok ? 'ok  ' : 'BAD '} ${about}: ${says}\n`);
      if (findings.some((finding) => !finding.ok)) process.exitCode = 1;
    });
}

export function examine(config: Config): Finding[] {
  const findings: Finding[] = [
    { ok: true, about: 'profile', says: config.profile },
    { ok: true, about: 'roles', says: config.roles.join(', ') },
    {
      ok: true,
      about: 'listeners',
      says: [config.http, config.adminHttp, config.dimse, config.mllp].map(formatAddress).join(', '),
    },
    writable('data directory', config.dataDir),
    ...stores(config),
  ];
  if (config.databaseUrl !== null)
    findings.push({ ok: true, about: 'database', says: 'external server by YUNYING_DATABASE_URL' });
  else findings.push(embedded(config.dataDir));
  if (config.profile === 'production' && config.publicUrl.startsWith('http:')) {
    findings.push({
      ok: true,
      about: 'public URL',
      says: `${config.publicUrl} is not https: cookies are not marked Secure`,
    });
  }
  return findings;
}

function writable(about: string, folder: string): Finding {
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
    return { ok: true, about, says: existing === folder ? folder : `${folder} (will be made)` };
  } catch {
    return { ok: false, about, says: `${existing} cannot be written by this account` };
  }
}

function stores({ blobs, storage }: Config): Finding[] {
  const findings =
    blobs.kind === 'file'
      ? [writable('blob folder', blobs.folder), room(blobs.folder)]
      : [place('blobs', blobs)];
  if (storage.copy !== null) findings.push(place('second copies', storage.copy));
  for (const { location, tier } of storage.more) findings.push(place(`${tier} store, only read`, location));
  return findings;
}

function place(about: string, location: BlobLocation): Finding {
  const says = location.kind === 'file' ? location.folder : describeS3(location);
  return { ok: location.kind === 's3' || existsSync(location.folder), about, says };
}

/** What only the rows tell: whether each store is what it was, and what lacks a copy. */
async function examineStores(config: Config): Promise<Finding[]> {
  const log = createLogger({ level: 'fatal' });
  const database = await (config.databaseUrl === null
    ? openRunning(config, log)
    : openDatabase(config, log)
  ).catch(() => null);
  if (database === null) return [{ ok: true, about: 'copies', says: 'not counted: no running database' }];
  try {
    const health = await lookAtStores(config, database.db);
    if (health === null)
      return [{ ok: true, about: 'copies', says: 'not counted: the store was never opened' }];
    const { withoutSecond, withoutWhole, oldestCheckAt } = health;
    const checked =
      oldestCheckAt === null ? 'none checked yet' : `oldest check ${oldestCheckAt.toISOString()}`;
    return [
      ...health.stores
        .filter(({ answers }) => !answers)
        .map(({ url }) => ({
          ok: false,
          about: 'store',
          says: `${url} does not answer or is not what it was`,
        })),
      { ok: withoutWhole === 0, about: 'objects lost', says: String(withoutWhole) },
      { ok: true, about: 'second copies to make', says: `${withoutSecond}; ${checked}` },
    ];
  } catch (error) {
    return [{ ok: false, about: 'copies', says: error instanceof Error ? error.message : String(error) }];
  } finally {
    await database.close();
  }
}

function room(folder: string): Finding {
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  const disk = statfsSync(existing);
  const freeGb = (disk.bavail * disk.bsize) / 1024 ** 3;
  return { ok: freeGb > 1, about: 'room', says: `${freeGb.toFixed(1)} GB free` };
}

function embedded(dataDir: string): Finding {
  try {
    const { version } = findBinaries();
    const account = databaseAccount(`${dataDir}/postgres/cluster`);
    return {
      ok: true,
      about: 'database',
      says: `embedded PostgreSQL ${version} run by ${account.name}; no standby: for high availability set YUNYING_DATABASE_URL`,
    };
  } catch (error) {
    return { ok: false, about: 'database', says: error instanceof Error ? error.message : String(error) };
  }
}
