// A secret in a file of its own: DATA/keys/NAME, mode 0600, made at the first use. Written beside, then linked: two
// processes that start together end with the same file, never a half one. Nodes that share a database share the folder.
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Reads the file, making it from `make` when there is none. */
export function keyFile(folder: string, name: string, make: () => Buffer): Buffer {
  const path = join(folder, name);
  if (!existsSync(path)) create(folder, path, make());
  return readFileSync(path);
}

function create(folder: string, path: string, content: Buffer): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const fresh = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = openSync(fresh, 'wx', 0o600);
  writeSync(file, content);
  fsyncSync(file);
  closeSync(file);
  try {
    linkSync(fresh, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
}
