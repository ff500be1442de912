// `yunying doctor`: a self-check that changes nothing: configuration, folders, room, database, migrations. Ends with
// code 1 when something must be mended.
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { type Config, readConfig } from '../config.ts';
import { formatAddress } from '../config-values.ts';
import { findBinaries } from '../db/postgres-binaries.ts';
import { databaseAccount } from '../db/system-account.ts';

type Finding = { ok: boolean; about: string; says: string };

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check configuration, folders, room and database; changes nothing')
    .action(() => {
      const findings = examine(readConfig());
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
    writable('blob folder', config.blobs.folder),
    room(config),
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

function room(config: Config): Finding {
  let existing = config.blobs.folder;
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
