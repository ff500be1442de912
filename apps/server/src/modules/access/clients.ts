// Machine clients: PACS gateways, HIS, scripts. A token is printed once and kept as its SM3. It comes as
// `Authorization: Bearer TOKEN`, or as HTTP Basic NAME:TOKEN where the peer knows no better.
import type { Permission } from '@yunying/api';
import type { Context } from '../../context.ts';
import { type Db, newId, type Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { recordAudit } from '../audit/index.ts';
import { clientPermissions, onlyNamed, parsePermissions } from './permissions-of.ts';
import { loadClientAuthority } from './policy/index.ts';
import * as repo from './repo.ts';
import { newSecret, sm3 } from './secrets.ts';
import type { ClientViewer } from './viewer.ts';

type Part = Pick<Context, 'db' | 'clock'>;
const rememberMs = 2000;
const mostRemembered = 2000;
const remembered = new Map<string, { at: number; viewer: ClientViewer }>();

/** Registers a client and answers its token. Refuses a name in use unless `token` is given (the demo's own). */
export async function addClient(
  ctx: Part,
  client: { name: string; permissions?: readonly Permission[]; token?: string },
): Promise<{ token: string }> {
  const granted = client.permissions ?? clientPermissions;
  const foreign = granted.filter(
    (permission) => !clientPermissions.includes(permission) && !onlyNamed.includes(permission),
  );
  if (foreign.length > 0) throw new AppError('request.invalid', { field: 'permissions', refused: foreign });
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(client.name))
    throw new AppError('request.invalid', { field: 'name' });
  const token = client.token ?? newSecret(256);
  const permissions = granted.join(' ');
  await ctx.db.transaction().execute(async (tx) => {
    const known = await repo.selectClientByName(tx, client.name);
    if (known !== undefined && client.token === undefined) throw new AppError('accounts.name_taken');
    if (known?.token_hash === sm3(token) && known.permissions === permissions && known.disabled_at === null)
      return;
    if (known !== undefined)
      await repo.updateClient(tx, client.name, { token_hash: sm3(token), permissions });
    else await insert(tx, client.name, token, permissions, ctx.clock.now());
    await recordAudit(tx, {
      event: 'client.registered',
      actor: { kind: 'system' },
      objectType: 'client',
      objectId: client.name,
      result: 'ok',
      detail: { permissions },
    });
  });
  remembered.clear();
  return { token };
}

/** The viewer behind an Authorization header, or null when it names nobody. */
export async function findClient(ctx: Part, authorization: string): Promise<ClientViewer | null> {
  const credentials = parseAuthorization(authorization);
  if (credentials === null) return null;
  const hash = sm3(credentials.token);
  const now = ctx.clock.now();
  const seen = remembered.get(hash);
  const fresh = seen !== undefined && Math.abs(now.getTime() - seen.at) < rememberMs;
  const viewer = fresh ? seen.viewer : await lookUp(ctx.db, hash, now);
  if (viewer === null) return null;
  if (credentials.name !== null && credentials.name !== viewer.name && credentials.name !== viewer.clientId)
    return null;
  return viewer;
}

/** Whether a client of this name may come; says nothing about who uses the name. */
export async function isClientName({ db, clock }: Part, name: string): Promise<boolean> {
  const row = await repo.selectClientByName(db, name);
  if (row === undefined || row.disabled_at !== null) return false;
  return row.expires_at === null || row.expires_at > clock.now();
}

async function lookUp(db: Db, hash: string, now: Date): Promise<ClientViewer | null> {
  const row = await repo.selectLiveClient(db, hash, now);
  if (row === undefined) {
    remembered.delete(hash);
    return null;
  }
  const permissions = parsePermissions(row.permissions);
  const authority = await loadClientAuthority(db, row.id, permissions, now);
  const viewer: ClientViewer = { kind: 'client', clientId: row.id, name: row.name, permissions, authority };
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(hash, { at: now.getTime(), viewer });
  return viewer;
}

function insert(tx: Tx, name: string, token: string, permissions: string, now: Date): Promise<void> {
  return repo.insertClient(tx, {
    id: newId(),
    name,
    token_hash: sm3(token),
    permissions,
    expires_at: null,
    disabled_at: null,
    created_at: now,
  });
}

/** RFC 6750 Bearer, RFC 7617 Basic. */
export function parseAuthorization(header: string): { name: string | null; token: string } | null {
  const [scheme, value, ...rest] = header.trim().split(/ +/);
  if (scheme === undefined || value === undefined || rest.length > 0 || value.length > 1000) return null;
  if (scheme.toLowerCase() === 'bearer') return { name: null, token: value };
  if (scheme.toLowerCase() !== 'basic') return null;
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return null;
  return { name: text.slice(0, colon), token: text.slice(colon + 1) };
}
