// Sessions of people. The cookie holds 256 random bits, the row their SM3 (spec AU-6). Idle and absolute limits
// are checked on every use; a revoked session dies at once here and within 2 s on other nodes, because a resolved
// session is remembered that long to spare pictures a query each.
import type { Context } from '../../context.ts';
import { type Db, newId, type Tx } from '../../db/index.ts';
import { getSettings } from '../settings/index.ts';
import { rolePermissions } from './permissions-of.ts';
import { type Authority, loadAccountAuthority, noAuthority, permissionsOf } from './policy/index.ts';
import * as repo from './repo.ts';
import { newSecret, sm3 } from './secrets.ts';
import type { PatientProof, PatientViewer, StaffRole, StaffViewer } from './viewer.ts';

type Part = Pick<Context, 'db' | 'clock'>;
type Source = { ip: string; userAgent: string };

export type NewSession =
  | { kind: 'staff'; accountId: string; role: StaffRole }
  | {
      kind: 'patient';
      personId: string;
      examId: string | null;
      proof: PatientProof;
      shareLinkId: string | null;
    };

const rememberMs = 2000;
const touchMs = 30_000;
const mostRemembered = 20_000;
type Remembered = { at: number; viewer: StaffViewer | PatientViewer; sessionId: string; seenAt: number };
const remembered = new Map<string, Remembered>();

/** Answers the cookie value, which is nowhere else. */
export async function openSession(
  ctx: Part,
  session: NewSession,
  source: Source,
): Promise<{ secret: string; sessionId: string; expiresAt: Date }> {
  const settings = await getSettings(ctx.db);
  const now = ctx.clock.now();
  const hours =
    session.kind === 'patient'
      ? settings['session.patient_hours']
      : settings[session.role === 'doctor' ? 'session.doctor_hours' : 'session.admin_hours'];
  const secret = newSecret(256);
  const sessionId = newId();
  const expiresAt = new Date(now.getTime() + hours * 3_600_000);
  const staff = session.kind === 'staff';
  await repo.insertSession(ctx.db, {
    id: sessionId,
    secret_hash: sm3(secret),
    kind: session.kind,
    account_id: staff ? session.accountId : null,
    person_id: staff ? null : session.personId,
    exam_id: staff ? null : session.examId,
    proof: staff ? 'password' : session.proof,
    share_link_id: staff ? null : session.shareLinkId,
    source_ip: source.ip.slice(0, 64),
    user_agent: source.userAgent.slice(0, 300),
    created_at: now,
    last_seen_at: now,
    expires_at: expiresAt,
    revoked_at: null,
  });
  return { secret, sessionId, expiresAt };
}

/**
 * The live session behind a cookie value, or null. What a page asks by itself (`quiet`) is no sign of a person: it
 * keeps no session alive.
 */
export async function findSession(
  ctx: Part,
  secret: string,
  quiet = false,
): Promise<StaffViewer | PatientViewer | null> {
  if (!/^[A-Za-z0-9_-]{43}$/.test(secret)) return null;
  const hash = sm3(secret);
  const now = ctx.clock.now();
  const seen = remembered.get(hash);
  if (seen !== undefined && Math.abs(now.getTime() - seen.at) < rememberMs) {
    if (!quiet) await touch(ctx, seen, now);
    return seen.viewer;
  }
  const row = await repo.selectLiveSession(ctx.db, hash, now);
  if (row === undefined || (row.kind === 'staff' && row.role === null)) return forget(hash);
  const settings = await getSettings(ctx.db);
  const idleMinutes =
    row.kind === 'patient'
      ? settings['session.patient_idle_minutes']
      : settings[row.role === 'doctor' ? 'session.doctor_idle_minutes' : 'session.admin_idle_minutes'];
  if (now.getTime() - row.last_seen_at.getTime() > idleMinutes * 60_000) return forget(hash);
  const isBusiness = row.kind === 'staff' && row.role === 'doctor';
  const authority = isBusiness ? await loadAccountAuthority(ctx.db, row.account_id ?? '0', now) : noAuthority;
  const viewer = viewerFrom(row, authority, settings['password.max_age_days'], now);
  const entry = { at: now.getTime(), viewer, sessionId: row.id, seenAt: row.last_seen_at.getTime() };
  if (!quiet) await touch(ctx, entry, now);
  remember(hash, entry);
  return viewer;
}

async function touch(ctx: Part, entry: Remembered, now: Date): Promise<void> {
  if (now.getTime() - entry.seenAt <= touchMs) return;
  entry.seenAt = now.getTime();
  await repo.touchSession(ctx.db, entry.sessionId, now);
}

export type SessionsOf =
  | { sessionId: string }
  | { accountId: string; except?: string }
  | { shareLinkId: string }
  | { examId: string };

/** Ends sessions at the server: log-out, password or role change, disabled account, withdrawn link. */
export async function revokeSessions(db: Db | Tx, of: SessionsOf, now: Date): Promise<number> {
  const revoked = await repo.revokeSessions(db, of, now);
  remembered.clear();
  return revoked;
}

export async function revokeSession(db: Db | Tx, sessionId: string, now: Date): Promise<void> {
  await revokeSessions(db, { sessionId }, now);
}

/** Somebody's rights changed: here at once; other nodes remember 2 s at most. */
export function rightsChanged(): void {
  remembered.clear();
}

function viewerFrom(
  row: repo.SessionRow,
  authority: Authority,
  maxAgeDays: number,
  now: Date,
): StaffViewer | PatientViewer {
  if (row.kind === 'patient') {
    return {
      kind: 'patient',
      personId: row.person_id ?? '',
      examId: row.exam_id,
      proof: row.proof === 'sms' ? 'sms' : 'identity',
      permissions: rolePermissions.patient,
      sessionId: row.id,
      shareLinkId: row.share_link_id,
    };
  }
  const role = row.role as StaffRole; // the table checks the word
  const aged = (row.password_set_at?.getTime() ?? 0) + maxAgeDays * 86_400_000 < now.getTime();
  return {
    kind: 'staff',
    accountId: row.account_id ?? '',
    role,
    displayName: row.display_name ?? '',
    permissions: staffPermissions(role, authority),
    authority,
    sessionId: row.id,
    mustChangePassword: row.must_change === true || aged,
  };
}

/** Of an administrator by the role; of everybody else by the grants. */
export function staffPermissions(role: StaffRole, authority: Authority) {
  return role === 'doctor' ? permissionsOf(authority) : rolePermissions[role];
}

function remember(hash: string, entry: Remembered): void {
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(hash, entry);
}

function forget(hash: string): null {
  remembered.delete(hash);
  return null;
}
