import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Command } from 'commander';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testClock } from '../../clock.ts';
import { readConfig } from '../../config.ts';
import type { Context } from '../../context.ts';
import { silentLogger } from '../../log/index.ts';
import { openTestDatabase, type TestDatabase } from '../../testing/postgres.ts';
import { findClient } from '../access/clients.ts';
import { findSession } from '../access/sessions.ts';
import { accountCommands } from './account.cli.ts';
import { changePassword } from './change-password.ts';
import { createAccount, disableAccount, resetAccount } from './create-account.ts';
import { createDemoAccounts } from './demo-accounts.ts';
import { createFirstAdministrators } from './first-administrators.ts';
import { logIn } from './log-in.ts';

type Part = Pick<Context, 'db' | 'clock' | 'config' | 'log'>;
const minute = 60_000;
const clock = testClock(new Date('2026-11-24T01:00:00Z'));
const dataDir = mkdtempSync(join(tmpdir(), 'yunying-accounts-'));
let test: TestDatabase;
let ctx: Part;
let nextIp = 1;

beforeAll(async () => {
  test = await openTestDatabase();
  const config = readConfig({ YUNYING_DATA: dataDir });
  ctx = { db: test.db, clock, config, log: silentLogger };
});
afterAll(async () => {
  await test.close();
  rmSync(dataDir, { recursive: true });
});
beforeEach(() => clock.advance(24 * 60 * minute));

const from = (ip = `10.0.0.${nextIp++}`) => ({ id: 'trace', ip, headers: { 'user-agent': 'test' } });
const enter = (loginName: string, password: string, ip?: string, listener: 'public' | 'admin' = 'public') =>
  logIn(ctx, { loginName, password, listener, request: from(ip) });
const codeOf = (outcome: PromiseSettledResult<unknown>): unknown =>
  outcome.status === 'fulfilled' ? 'ok' : (outcome.reason as { code: string }).code;

async function doctorNamed(loginName: string, password = 'Kanpian#7305') {
  return createAccount(ctx, {
    loginName,
    displayName: '韦医生',
    role: 'doctor',
    password,
    mustChange: false,
  });
}

describe('password store', () => {
  it('keeps no password in the database, and the pepper outside it in a file of its owner', async () => {
    await doctorNamed('wei');
    const row = await ctx.db
      .selectFrom('account')
      .selectAll()
      .where('login_name', '=', 'wei')
      .executeTakeFirstOrThrow();
    expect(row.password_hash).toMatch(/^pbkdf2-sm3\$200000\$/);
    expect(JSON.stringify(row)).not.toContain('Kanpian');
    const pepper = statSync(join(dataDir, 'keys/accounts-pepper'));
    expect([pepper.size, pepper.mode & 0o777]).toEqual([32, 0o600]);
    expect(row.password_hash).not.toContain(
      readFileSync(join(dataDir, 'keys/accounts-pepper')).toString('base64'),
    );
  });

  it('refuses a login name that is or was in use, whatever its case', async () => {
    const { accountId } = await doctorNamed('once');
    await disableAccount(ctx, accountId);
    await expect(doctorNamed('ONCE')).rejects.toMatchObject({ code: 'accounts.name_taken' });
  });
});

describe('log-in', () => {
  it('opens a session that findSession recognises and that its hash only is stored of', async () => {
    await doctorNamed('good');
    const { secret } = await enter(' Good ', 'Kanpian#7305');
    expect(await findSession(ctx, secret)).toMatchObject({
      kind: 'staff',
      role: 'doctor',
      mustChangePassword: false,
    });
    const hashes = await ctx.db.selectFrom('session').select('secret_hash').execute();
    expect(hashes.map((row) => row.secret_hash)).not.toContain(secret);
  });

  it('evaluates exactly five of twenty wrong tries made at once, then locks for 30 minutes', async () => {
    await doctorNamed('locked');
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, () => enter('locked', 'Falsch#9999x', '10.1.1.1')),
    );
    const codes = tries.map(codeOf);
    expect(codes.filter((code) => code === 'accounts.login_failed')).toHaveLength(5);
    expect(codes.filter((code) => code === 'access.locked')).toHaveLength(15);
    await expect(enter('locked', 'Kanpian#7305')).rejects.toMatchObject({
      code: 'access.locked',
      details: { retryAfterSeconds: 1800 },
    });
    clock.advance(29 * minute);
    await expect(enter('locked', 'Kanpian#7305')).rejects.toMatchObject({ code: 'access.locked' });
    clock.advance(2 * minute);
    await expect(enter('locked', 'Kanpian#7305')).resolves.toBeDefined();
  });

  it('answers an unknown name exactly as a known one, the lock included', async () => {
    await doctorNamed('known');
    for (const remaining of [4, 3, 2, 1, 0]) {
      const wrong = { code: 'accounts.login_failed', details: { remaining } };
      await expect(enter('known', 'Falsch#9999x')).rejects.toMatchObject(wrong);
      await expect(enter('nobody', 'Falsch#9999x')).rejects.toMatchObject(wrong);
    }
    await expect(enter('known', 'Falsch#9999x')).rejects.toMatchObject({ code: 'access.locked' });
    await expect(enter('nobody', 'Falsch#9999x')).rejects.toMatchObject({ code: 'access.locked' });
  });

  it('forgets wrong tries after a right one and after 15 minutes', async () => {
    await doctorNamed('clumsy');
    for (let n = 0; n < 4; n += 1) await enter('clumsy', 'Falsch#9999x').catch(() => null);
    await enter('clumsy', 'Kanpian#7305');
    for (let n = 0; n < 4; n += 1) await enter('clumsy', 'Falsch#9999x').catch(() => null);
    clock.advance(16 * minute);
    await expect(enter('clumsy', 'Falsch#9999x')).rejects.toMatchObject({ details: { remaining: 4 } });
  });

  it('stops an address after 50 wrong names in 10 minutes, and nobody else', async () => {
    await doctorNamed('bystander');
    for (let n = 0; n < 50; n += 1) {
      await ctx.db.deleteFrom('attempt').where('kind', '=', 'login').execute();
      await enter('somebody', 'x', '10.9.9.9').catch(() => null);
    }
    await expect(enter('bystander', 'Kanpian#7305', '10.9.9.9')).rejects.toMatchObject({
      code: 'access.locked',
    });
    await expect(enter('bystander', 'Kanpian#7305', '10.9.9.8')).resolves.toBeDefined();
  }, 60_000);

  it('lets administrators in on the administration listener only, and doctors on the public one only', async () => {
    await createAccount(ctx, {
      loginName: 'chief',
      displayName: '管理',
      role: 'system_admin',
      password: 'Lk93-xq7b-Tm',
      mustChange: false,
    });
    await doctorNamed('clinician');
    await expect(enter('chief', 'Lk93-xq7b-Tm', undefined, 'public')).rejects.toMatchObject({
      code: 'accounts.login_failed',
    });
    await expect(enter('chief', 'Lk93-xq7b-Tm', undefined, 'admin')).resolves.toBeDefined();
    await expect(enter('clinician', 'Kanpian#7305', undefined, 'admin')).rejects.toMatchObject({
      code: 'accounts.login_failed',
    });
  });
});

describe('sessions', () => {
  it('end when idle, at the absolute limit, when the account is disabled and when revoked by a reset', async () => {
    const { accountId } = await doctorNamed('tired');
    const idle = await enter('tired', 'Kanpian#7305');
    clock.advance(31 * minute);
    expect(await findSession(ctx, idle.secret)).toBeNull();

    const busy = await enter('tired', 'Kanpian#7305');
    for (let n = 0; n < 35; n += 1) {
      clock.advance(20 * minute);
      expect(await findSession(ctx, busy.secret)).not.toBeNull();
    }
    clock.advance(21 * minute);
    expect(await findSession(ctx, busy.secret)).toBeNull();

    const reset = await enter('tired', 'Kanpian#7305');
    expect(await findSession(ctx, reset.secret)).not.toBeNull();
    await resetAccount(ctx, 'tired', 'Zhe4shi9*Guo');
    expect(await findSession(ctx, reset.secret)).toBeNull();

    const last = await enter('tired', 'Zhe4shi9*Guo');
    await disableAccount(ctx, accountId);
    expect(await findSession(ctx, last.secret)).toBeNull();
  });

  it('refuse made-up secrets without asking the database', async () => {
    for (const secret of ['', 'x', "' or 1=1", 'A'.repeat(5000), 'A'.repeat(43)]) {
      expect(await findSession(ctx, secret)).toBeNull();
    }
  });
});

describe('passwords over time', () => {
  it('a one-time secret opens a session that must change it, and dies after 24 hours', async () => {
    const issued = await createAccount(ctx, { loginName: 'fresh', displayName: '新', role: 'doctor' });
    const secret = issued.oneTimeSecret ?? '';
    expect((await enter('fresh', secret)).viewer.mustChangePassword).toBe(true);
    clock.advance(25 * 60 * minute);
    await expect(enter('fresh', secret)).rejects.toMatchObject({ code: 'accounts.one_time_expired' });
  });

  it('a change ends the other sessions, keeps this one and forbids the last five', async () => {
    await doctorNamed('careful');
    const other = await enter('careful', 'Kanpian#7305');
    const own = await enter('careful', 'Kanpian#7305');
    const change = (oldPassword: string, newPassword: string) =>
      changePassword(ctx, own.viewer, { oldPassword, newPassword, request: from() });
    await expect(change('Falsch#9999x', 'blue-Horse-91')).rejects.toMatchObject({
      code: 'accounts.old_password_wrong',
    });
    await expect(change('Kanpian#7305', 'Kanpian#7305')).rejects.toMatchObject({
      details: { faults: ['used-before'] },
    });
    await expect(change('Kanpian#7305', 'short')).rejects.toMatchObject({ code: 'accounts.password_weak' });
    const series = [
      'Kanpian#7305',
      'blue-Horse-91',
      'blue-Horse-92',
      'blue-Horse-93',
      'blue-Horse-94',
      'blue-Horse-95',
    ];
    for (const [at, next] of series.slice(1).entries()) await change(series[at] ?? '', next);
    expect(await findSession(ctx, own.secret)).not.toBeNull();
    expect(await findSession(ctx, other.secret)).toBeNull();
    await expect(change('blue-Horse-95', 'blue-Horse-91')).rejects.toMatchObject({
      details: { faults: ['used-before'] },
    });
    await expect(change('blue-Horse-95', 'Kanpian#7305')).resolves.toBeUndefined();
  });

  it('a password older than 90 days must be changed', async () => {
    await doctorNamed('aged');
    clock.advance(91 * 24 * 60 * minute);
    const { secret, viewer } = await enter('aged', 'Kanpian#7305');
    expect(viewer.mustChangePassword).toBe(true);
    expect(await findSession(ctx, secret)).toMatchObject({ mustChangePassword: true });
  });
});

describe('first administrators and the demo', () => {
  it('makes three administrators once, with secrets that satisfy the rules', async () => {
    const fresh = await openTestDatabase();
    const part = { ...ctx, db: fresh.db };
    const issued = await createFirstAdministrators(part);
    expect(issued.map((one) => one.role)).toEqual(['system_admin', 'security_admin', 'audit_admin']);
    expect(new Set(issued.map((one) => one.oneTimeSecret)).size).toBe(3);
    expect(await createFirstAdministrators(part)).toEqual([]);
    await fresh.close();
  });

  it('makes the demo log-ins in profile demo only, repeats harmlessly, and production refuses their passwords', async () => {
    const fresh = await openTestDatabase();
    const demo = { ...ctx, db: fresh.db, config: { ...ctx.config, profile: 'demo' as const } };
    await expect(createDemoAccounts({ ...ctx, db: fresh.db })).rejects.toMatchObject({
      code: 'access.forbidden',
    });
    const first = await createDemoAccounts(demo);
    expect(await createDemoAccounts(demo)).toEqual(first);
    expect(await createFirstAdministrators(demo)).toEqual([]);
    const asDoctor = {
      loginName: first.doctor.user,
      password: first.doctor.password,
      listener: 'public' as const,
    };
    expect((await logIn(demo, { ...asDoctor, request: from() })).viewer.mustChangePassword).toBe(false);
    expect(await findClient(demo, `Bearer ${first.token}`)).toMatchObject({ kind: 'client', name: 'demo' });
    expect(
      await findClient(demo, `Basic ${Buffer.from(`demo:${first.token}`).toString('base64')}`),
    ).toMatchObject({ name: 'demo' });
    expect(
      await findClient(demo, `Basic ${Buffer.from(`other:${first.token}`).toString('base64')}`),
    ).toBeNull();
    expect(await findClient(demo, 'Bearer nonsense')).toBeNull();
    const production = { ...ctx, db: fresh.db };
    await expect(logIn(production, { ...asDoctor, request: from() })).rejects.toMatchObject({
      code: 'accounts.login_failed',
    });
    await fresh.close();
  });
});

describe('command line', () => {
  it('creates accounts and clients with secrets made here or read from standard input', async () => {
    const lines: string[] = [];
    const run = async (words: string[], stdin = '') => {
      const program = new Command().exitOverride();
      accountCommands(program, (work) => work(ctx), {
        input: Readable.from([stdin]),
        print: (line) => lines.push(line),
      });
      await program.parseAsync(words, { from: 'user' });
    };
    await run(['account', 'create', 'nurse', '--role', 'doctor']);
    expect(lines.pop()).toMatch(/^nurse \(doctor\): one-time password \S{24}; it must be changed/);
    await run(['account', 'reset', 'nurse', '--password-stdin'], 'blue-Horse-91\n');
    expect(lines.pop()).not.toContain('blue-Horse');
    expect((await enter('nurse', 'blue-Horse-91')).viewer.mustChangePassword).toBe(true);
    await run(['client', 'add', 'pacs-1', '--may', 'dicom.store']);
    const client = await findClient(ctx, `Bearer ${lines.pop()}`);
    expect([...(client?.permissions ?? [])]).toEqual(['public', 'dicom.store']);
    await expect(run(['client', 'add', 'pacs-1'])).rejects.toMatchObject({ code: 'accounts.name_taken' });
    await expect(run(['client', 'add', 'bad', '--may', 'job.retry'])).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });
});
