// The pepper as a file: DATA/keys/accounts-pepper, 32 random bytes, mode 0600, made at the first use. Nodes that
// share a database must share this file; a node with another one refuses every password and says why in the log.
import { createHash, randomBytes } from 'node:crypto';
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
import type { Pepper } from './password-hash.ts';

const size = 32;
const loaded = new Map<string, Pepper>();

export function loadPepper(dataDir: string): Pepper {
  const known = loaded.get(dataDir);
  if (known !== undefined) return known;
  const folder = join(dataDir, 'keys');
  const path = join(folder, 'accounts-pepper');
  if (!existsSync(path)) createPepper(folder, path);
  const key = readFileSync(path);
  if (key.length !== size) throw new Error(`${path} must hold exactly ${size} bytes`);
  const pepper = { id: createHash('sm3').update('pepper id').update(key).digest('hex').slice(0, 12), key };
  loaded.set(dataDir, pepper);
  return pepper;
}

/** Written beside, then linked: two processes that start together end with the same file, never a half one. */
function createPepper(folder: string, path: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const fresh = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = openSync(fresh, 'wx', 0o600);
  writeSync(file, randomBytes(size));
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
