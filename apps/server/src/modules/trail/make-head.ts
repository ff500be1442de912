// Heads of the chain: how far it goes and its last hash, signed by SM2 (spec AD-4). Every one is a row of audit_head and a
// line of DATA/audit/heads.jsonl (and beside the second copies where they lie in a folder), so that who cuts the tail of
// the tables has to cut the files as well; the signature keeps both from being made up.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../context.ts';
import type { CryptoPort } from '../../crypto/index.ts';
import { headText } from './canonical.ts';
import * as repo from './chain-repo.ts';

type Part = Pick<Context, 'db' | 'crypto' | 'clock' | 'config'>;

/** The last head as it was written outside the database. */
export type WrittenHead = { linkNo: string; hash: string; madeAt: Date; keyId: string; signature: Buffer };

/** Signs how far the chain is; null when nothing was added since the last head. */
export async function makeHead(ctx: Part): Promise<WrittenHead | null> {
  const last = await repo.lastLink(ctx.db);
  if (last === null) return null;
  const before = await repo.lastHead(ctx.db);
  if (before !== null && BigInt(before.linkNo) >= BigInt(last.linkNo)) return null;
  const madeAt = ctx.clock.now();
  const { keyId, signature } = ctx.crypto.sign(headText({ ...last, madeAt }));
  const head = { ...last, madeAt, keyId, signature };
  await repo.insertHead(ctx.db, head);
  const line = JSON.stringify({
    linkNo: head.linkNo,
    hash: head.hash,
    madeAt: madeAt.toISOString(),
    keyId,
    signature: signature.toString('base64'),
  });
  for (const folder of headFolders(ctx.config)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    appendFileSync(join(folder, 'heads.jsonl'), `${line}\n`, { mode: 0o600, flush: true });
  }
  return head;
}

/** Where heads are written: the data directory, and the folder of second copies. */
export function headFolders(config: Pick<Context['config'], 'dataDir' | 'storage'>): string[] {
  const { copy } = config.storage;
  const second = copy !== null && copy.kind === 'file' ? [join(copy.folder, 'audit')] : [];
  return [join(config.dataDir, 'audit'), ...second];
}

/** The furthest head of the files whose signature holds; lines that cannot be read or were made up are passed over. */
export function lastWrittenHead(
  config: Pick<Context['config'], 'dataDir' | 'storage'>,
  crypto: CryptoPort,
): WrittenHead | null {
  let furthest: WrittenHead | null = null;
  for (const folder of headFolders(config)) {
    const path = join(folder, 'heads.jsonl');
    if (!existsSync(path)) continue;
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-5);
    for (const line of lines) {
      const head = parseHead(line);
      if (head === null || !isGenuine(crypto, head)) continue;
      if (furthest === null || BigInt(head.linkNo) > BigInt(furthest.linkNo)) furthest = head;
    }
  }
  return furthest;
}

export function isGenuine(crypto: CryptoPort, head: WrittenHead): boolean {
  try {
    return crypto.verify(headText(head), head.keyId, head.signature);
  } catch {
    return false; // a key that never was, or is gone
  }
}

function parseHead(line: string): WrittenHead | null {
  try {
    const read: unknown = JSON.parse(line);
    if (typeof read !== 'object' || read === null) return null;
    const { linkNo, hash, madeAt, keyId, signature } = read as Record<string, unknown>;
    if (typeof linkNo !== 'string' || !/^\d{1,19}$/.test(linkNo)) return null;
    if (typeof hash !== 'string' || typeof madeAt !== 'string' || typeof keyId !== 'string') return null;
    if (typeof signature !== 'string' || Number.isNaN(Date.parse(madeAt))) return null;
    return { linkNo, hash, madeAt: new Date(madeAt), keyId, signature: Buffer.from(signature, 'base64') };
  } catch {
    return null;
  }
}
