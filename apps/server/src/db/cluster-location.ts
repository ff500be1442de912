// Where the database files of a data directory lie: in `postgres/cluster` inside it, or, when its account
// cannot enter there (a checkout under /root), under /var/lib/yunying, with the place written to
// `postgres/LOCATION`. A written place that is gone is an error: an empty database must never take over silently.
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileDurably } from './durable-file.ts';
import { type Account, canEnter, databaseAccount } from './system-account.ts';

export type ClusterLocation = {
  account: Account;
  cluster: string /** Our own files: password, log, links. */;
  folder: string;
};

export function locateCluster(dataDir: string, elsewhere = '/var/lib/yunying'): ClusterLocation {
  const folder = join(realpathSync(dataDir), 'postgres');
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const pointer = join(folder, 'LOCATION');
  if (existsSync(pointer)) {
    const cluster = readFileSync(pointer, 'utf8').trim();
    if (!existsSync(join(cluster, 'PG_VERSION')))
      throw new Error(`the database files named in ${pointer} are missing: ${cluster}`);
    return { account: databaseAccount(cluster), cluster, folder };
  }
  const inside = join(folder, 'cluster');
  const account = databaseAccount(inside);
  if (existsSync(join(inside, 'PG_VERSION'))) {
    if (!canEnter(account, inside)) {
      throw new Error(
        `the database files in ${inside} cannot be entered by the account ${account.name}; run as their owner or open the folders above (chmod o+x)`,
      );
    }
    return { account, cluster: inside, folder };
  }
  if (account.uid === null || canEnter(account, folder)) return { account, cluster: inside, folder };
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 24);
  const away = join(elsewhere, name);
  mkdirSync(elsewhere, { recursive: true, mode: 0o711 });
  mkdirSync(away, { recursive: true, mode: 0o711 });
  return { account, cluster: join(away, 'cluster'), folder };
}

/** After the first initdb: remembers a place outside the data directory. */
export function rememberLocation(location: ClusterLocation): void {
  if (location.cluster !== join(location.folder, 'cluster')) {
    writeFileDurably(join(location.folder, 'LOCATION'), `${location.cluster}\n`, 0o600);
    // For the operator who finds the folder: which data directory it is part of.
    writeFileDurably(join(dirname(location.cluster), 'BELONGS_TO'), `${location.folder}\n`, 0o600);
  }
}

export function giveTo(account: Account, path: string): void {
  if (account.uid !== null && account.gid !== null) chownSync(path, account.uid, account.gid);
}
