// Opaque secrets: 128 or 256 random bits in base64url, given out once. The database keeps only their SM3, so a
// dump opens nothing. SM3 without salt is enough here because the secrets are random, not chosen by people.
import { createHash, randomBytes } from 'node:crypto';

export function newSecret(bits: 128 | 256): string {
  return randomBytes(bits / 8).toString('base64url');
}

export function sm3(text: string): string {
  return createHash('sm3').update(text, 'utf8').digest('hex');
}
