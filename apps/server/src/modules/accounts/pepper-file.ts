// The pepper of password hashes: DATA/keys/accounts-pepper, 32 random bytes. Nodes that share a database must share this
// file; a node with another one refuses every password and says why in the log.
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { keyFile } from '../../crypto/index.ts';
import type { Pepper } from './password-hash.ts';

const size = 32;
const name = 'accounts-pepper';
const loaded = new Map<string, Pepper>();

export function loadPepper(dataDir: string): Pepper {
  const known = loaded.get(dataDir);
  if (known !== undefined) return known;
  const key = keyFile(join(dataDir, 'keys'), name, () => randomBytes(size));
  if (key.length !== size) throw new Error(`the key file ${name} must hold exactly ${size} bytes`);
  const pepper = { id: createHash('sm3').update('pepper id').update(key).digest('hex').slice(0, 12), key };
  loaded.set(dataDir, pepper);
  return pepper;
}
