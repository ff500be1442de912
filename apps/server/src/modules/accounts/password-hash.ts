// Password store: PBKDF2-HMAC-SM3 over the peppered password (spec AU-12). The pepper is a key of this
// installation outside the database (port `accounts/pepper`), so a database dump alone cannot be searched.
// Stored form: pbkdf2-sm3$ROUNDS$SALT$PEPPER-ID$HASH; the id tells which pepper made it.
import { createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);
const rounds = 200_000;
const saltBytes = 16;
const hashBytes = 32;

/** The key port: today a file of the data directory, later a KMS or a cipher machine. */
export type Pepper = { id: string; key: Buffer };

export async function hashPassword(pepper: Pepper, password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const hash = await derive(peppered(pepper, password), salt, rounds, hashBytes, 'sm3');
  return ['pbkdf2-sm3', rounds, salt.toString('base64'), pepper.id, hash.toString('base64')].join('$');
}

export type PasswordVerdict = { right: boolean; outdated: boolean; otherPepper: boolean };

/** `stored` null (no such account) costs the same time as a wrong password. */
export async function checkPassword(
  pepper: Pepper,
  password: string,
  stored: string | null,
): Promise<PasswordVerdict> {
  const parsed = parseStored(stored);
  const known = parsed ?? {
    rounds,
    salt: randomBytes(saltBytes),
    pepperId: pepper.id,
    hash: randomBytes(hashBytes),
  };
  const hash = await derive(peppered(pepper, password), known.salt, known.rounds, known.hash.length, 'sm3');
  const right = timingSafeEqual(hash, known.hash) && parsed !== null;
  return { right, outdated: known.rounds < rounds, otherPepper: known.pepperId !== pepper.id };
}

function peppered(pepper: Pepper, password: string): Buffer {
  return createHmac('sm3', pepper.key).update(password.normalize('NFKC'), 'utf8').digest();
}

function parseStored(
  stored: string | null,
): { rounds: number; salt: Buffer; pepperId: string; hash: Buffer } | null {
  const [scheme, count, salt, pepperId, hash] = stored?.split('$') ?? [];
  if (scheme !== 'pbkdf2-sm3' || salt === undefined || pepperId === undefined || hash === undefined)
    return null;
  const parsed = {
    rounds: Number(count),
    salt: Buffer.from(salt, 'base64'),
    pepperId,
    hash: Buffer.from(hash, 'base64'),
  };
  const sane = parsed.rounds >= 100_000 && parsed.rounds <= 10_000_000 && parsed.hash.length === hashBytes;
  return sane ? parsed : null;
}
