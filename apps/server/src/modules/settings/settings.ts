// Reading and changing runtime settings. Readers get all settings at once from a copy at most 5 s old, so that a
// change is everywhere soon and the request path costs no query.
import type { Db, Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { type AuditEntry, recordAudit } from '../audit/index.ts';
import { type NumberRule, type SettingKey, type Settings, settingKeys } from './keys.ts';
import * as repo from './repo.ts';

const freshMs = 5000;
const copies = new WeakMap<object, { at: number; settings: Promise<Settings> }>();

export function getSettings(db: Db): Promise<Settings> {
  const copy = copies.get(db);
  const now = performance.now();
  if (copy !== undefined && now - copy.at < freshMs) return copy.settings;
  const settings = readSettings(db);
  copies.set(db, { at: now, settings });
  settings.catch(() => copies.delete(db));
  return settings;
}

export async function getSetting(db: Db, key: SettingKey): Promise<number> {
  return (await getSettings(db))[key];
}

export type SettingAct = {
  key: SettingKey;
  value: number;
  by: string | null;
  at: Date;
  /** What the person saw who decided; another value meanwhile refuses the change. */
  expected?: number;
  audit?: Pick<AuditEntry, 'viewer' | 'request'>;
};

/** Changes one setting and keeps what held before; audited in the same transaction by the caller's viewer or as the system. */
export async function changeSetting(db: Db, change: SettingAct): Promise<void> {
  const rule = ruleOf(change.key);
  if (!fits(rule, change.value)) {
    throw new AppError('request.invalid', { field: change.key, least: rule.least, most: rule.most });
  }
  await db.transaction().execute(async (tx) => {
    const before = effective(change.key, await repo.lockSetting(tx, change.key));
    if (change.expected !== undefined && change.expected !== before)
      throw new AppError('settings.changed_meanwhile', { key: change.key, value: before });
    if (change.expected !== undefined && change.value === before) return;
    const value = JSON.stringify(change.value);
    await repo.insertChange(tx, { ...change, before, after: change.value });
    await repo.upsertSetting(tx, { key: change.key, value, updatedAt: change.at, updatedBy: change.by });
    await recordAudit(tx, {
      event: 'setting.changed',
      ...(change.audit ?? { actor: { kind: 'system', ...(change.by === null ? {} : { id: change.by }) } }),
      objectType: 'setting',
      objectId: change.key,
      result: 'ok',
      detail: { before, value: change.value },
    });
  });
  copies.delete(db);
}

/** Every setting with its limits, its value as it stands in the database, and who touched it last. */
export async function listSettings(db: Db) {
  const [settings, touches] = await Promise.all([readSettings(db), repo.selectLastTouch(db)]);
  const touched = new Map(touches.map((row) => [row.key, row]));
  return (Object.keys(settingKeys) as SettingKey[]).map((key) => {
    const touch = touched.get(key);
    return {
      key,
      value: settings[key],
      ...ruleOf(key),
      changedAt: touch?.changedAt.toISOString() ?? null,
      changedBy: touch?.changedBy ?? null,
    };
  });
}

export async function listSettingChanges(
  db: Db,
  ask: { key: SettingKey | null; cursor: string | null; limit: number },
) {
  const [rows, total] = await Promise.all([
    repo.selectChanges(db, { key: ask.key, beforeId: ask.cursor, limit: ask.limit + 1 }),
    repo.countChanges(db, ask.key),
  ]);
  const items = rows.slice(0, ask.limit).map((row) => ({ ...row, changedAt: row.changedAt.toISOString() }));
  return { items, total, nextCursor: rows.length > ask.limit ? (items.at(-1)?.id ?? null) : null };
}

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(settingKeys, key);
}

async function readSettings(db: Db | Tx): Promise<Settings> {
  const written = new Map((await repo.selectSettings(db)).map((row) => [row.key, row.value]));
  const settings: Partial<Record<SettingKey, number>> = {};
  for (const key of Object.keys(settingKeys) as SettingKey[]) {
    settings[key] = effective(key, written.get(key));
  }
  return settings as Settings;
}

/** The written value where it is one, the default otherwise. */
function effective(key: SettingKey, text: string | undefined): number {
  const value = parse(text);
  const rule = ruleOf(key);
  return typeof value === 'number' && fits(rule, value) ? value : rule.standard;
}

const ruleOf = (key: SettingKey): NumberRule => settingKeys[key];

function fits(rule: NumberRule, value: number): boolean {
  return Number.isInteger(value) && value >= rule.least && value <= rule.most;
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
