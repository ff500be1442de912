// Which operating-system account runs the database. PostgreSQL refuses to run as root, so root hands over to
// the owner of existing database files, else to `postgres`, else to a system account it creates, else `nobody`.
// An ordinary user runs it as himself.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

/** uid and gid are null when we do not change accounts. */
export type Account = { name: string; uid: number | null; gid: number | null };

export function databaseAccount(clusterFolder: string): Account {
  const me = process.getuid?.() ?? 0;
  if (me !== 0) return { name: passwdRow((row) => row.uid === me)?.name ?? String(me), uid: null, gid: null };
  const owner = ownerOf(clusterFolder);
  if (owner !== null && owner.uid !== 0) {
    return { name: passwdRow((row) => row.uid === owner.uid)?.name ?? String(owner.uid), ...owner };
  }
  for (const name of ['postgres', 'yunying']) {
    const row = passwdRow((r) => r.name === name);
    if (row !== null) return row;
  }
  spawnSync(
    'useradd',
    ['--system', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin', 'yunying'],
    {
      timeout: 20_000,
      stdio: 'ignore',
    },
  );
  return (
    passwdRow((r) => r.name === 'yunying') ??
    passwdRow((r) => r.name === 'nobody') ?? { name: 'nobody', uid: 65_534, gid: 65_534 }
  );
}

export function spawnAs(account: Account): { uid?: number; gid?: number; cwd: string } {
  return account.uid === null || account.gid === null
    ? { cwd: '/' }
    : { uid: account.uid, gid: account.gid, cwd: '/' };
}

/** Whether the account may enter this folder (every parent folder counts). Asked of the kernel, so ACLs count too. */
export function canEnter(account: Account, folder: string): boolean {
  const probe = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], {
    ...spawnAs(account),
    stdio: 'ignore',
    timeout: 10_000,
  });
  return probe.status === 0;
}

function ownerOf(path: string): { uid: number; gid: number } | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? null : { uid: stat.uid, gid: stat.gid };
}

function passwdRow(wanted: (row: { name: string; uid: number; gid: number }) => boolean) {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    const row = { name: name ?? '', uid: Number(uid), gid: Number(gid) };
    if (row.name !== '' && Number.isInteger(row.uid) && wanted(row)) return row;
  }
  return null;
}
