// The stores that are measured beside us, each started by hand on a free loopback port from an empty archive and
// stopped by its pid: the peer archive Orthanc as shipped (it syncs each file, its SQLite index not), the same Orthanc
// with its index in a PostgreSQL set as ours (the same durability as ours), and DCMTK's storescp, which only writes
// files and syncs nothing: the upper bound of what the senders can do.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../apps/server/src/db/embedded-postgres.ts';
import { silentLogger } from '../apps/server/src/log/index.ts';
import { startPlatform } from '../test/harness/platform.ts';
import { freePort, whenOpen } from './ports.ts';

export type Target = { name: string; port: number; aeTitle: string; pids: number[]; stop(): Promise<void> };
export type Starter = { name: string; missing: string | null; start(folder: string): Promise<Target> };

const postgresIndex = '/usr/share/orthanc/plugins/libOrthancPostgreSQLIndex.so';
// DCMTK leaves Nagle's algorithm on; each instance would then wait 40 ms for a delayed acknowledgement.
export const dcmtkEnvironment = { ...process.env, TCP_NODELAY: '1' };

export const starters: readonly Starter[] = [
  { name: 'yunying', missing: null, start: startOurs },
  { name: 'orthanc', missing: findMissing('/usr/sbin/Orthanc'), start: startOrthanc },
  { name: 'orthanc-pg', missing: findMissing(postgresIndex), start: startOrthancWithPostgres },
  { name: 'storescp', missing: findMissing('/usr/bin/storescp'), start: startStorescp },
];

function findMissing(program: string): string | null {
  return existsSync(program) ? null : `${program} is not installed`;
}

async function startOurs(folder: string): Promise<Target> {
  const platform = await startPlatform({
    dataDir: folder,
    // Storing only: what a scp node of a larger installation does. The study settles after the run.
    env: { YUNYING_ROLES: 'scp', YUNYING_DIMSE_PROCESSES: 'auto', YUNYING_SETTLE_SECONDS: '3600' },
  });
  const { dimse, aeTitle, pid } = platform.ready;
  const port = Number(dimse.slice(dimse.lastIndexOf(':') + 1));
  return { name: 'yunying', port, aeTitle, pids: [pid], stop: async () => void (await platform.stop()) };
}

async function startOrthanc(folder: string): Promise<Target> {
  return startOrthancAs('orthanc', folder, {});
}

async function startOrthancWithPostgres(folder: string): Promise<Target> {
  chmodSync(folder, 0o711);
  const database = await startEmbeddedPostgres({ dataDir: folder, sharedBuffersMb: 256, log: silentLogger });
  const { host, port, user, password } = database.connection;
  const target = await startOrthancAs('orthanc-pg', folder, {
    Plugins: [postgresIndex],
    PostgreSQL: {
      EnableIndex: true,
      EnableStorage: false,
      Host: host,
      Port: port,
      Database: 'postgres',
      Username: user,
      Password: password,
      Lock: true,
    },
  });
  const stop = async () => {
    await target.stop();
    await database.stop();
  };
  return { ...target, pids: [...target.pids, database.pid()], stop };
}

async function startOrthancAs(name: string, folder: string, extra: object): Promise<Target> {
  const [dicom, http] = [await freePort(), await freePort()];
  const settings = {
    Name: 'bench',
    StorageDirectory: join(folder, 'db'),
    IndexDirectory: join(folder, 'db'),
    HttpPort: http,
    DicomPort: dicom,
    DicomAet: 'ORTHANC',
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    SyncStorageArea: true,
    DefaultEncoding: 'Chinese',
    OverwriteInstances: false,
    ...extra,
  };
  mkdirSync(join(folder, 'db'), { recursive: true });
  writeFileSync(join(folder, 'orthanc.json'), JSON.stringify(settings));
  const child = spawn('Orthanc', [join(folder, 'orthanc.json')], { stdio: 'ignore', env: dcmtkEnvironment });
  return started({ name, port: dicom, aeTitle: 'ORTHANC' }, child);
}

async function startStorescp(folder: string): Promise<Target> {
  const port = await freePort();
  mkdirSync(join(folder, 'out'), { recursive: true });
  const options = [
    '--fork',
    '+xe',
    '--max-pdu',
    '131072',
    '-aet',
    'STORESCP',
    '-od',
    join(folder, 'out'),
    String(port),
  ];
  const child = spawn('storescp', options, { stdio: 'ignore', env: dcmtkEnvironment });
  return started({ name: 'storescp', port, aeTitle: 'STORESCP' }, child);
}

async function started(about: Omit<Target, 'pids' | 'stop'>, child: ChildProcess): Promise<Target> {
  const stop = await whenOpen(about.name, about.port, child);
  return { ...about, pids: [child.pid ?? 0], stop };
}
