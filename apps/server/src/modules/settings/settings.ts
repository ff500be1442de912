// Reading and changing runtime settings. Readers get all settings at once from a copy at most 5 s old, so that a
// change is everywhere soon and the request path costs no query.
import type { Db, Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { recordAudit } from '../audit/index.ts';
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

/** Changes one setting; audited in the same transaction by the caller's viewer or as the system. */
export async function changeSetting(
  db: Db,
  change: { key: SettingKey; value: number; by: string | null; at: Date },
): Promise<void> {
  const rule = ruleOf(change.key);
  if (!fits(rule, change.value)) {
    throw new AppError('request.invalid', { field: change.key, least: rule.least, most: rule.most });
  }
  await db.transaction().execute(async (tx) => {
    const value = JSON.stringify(change.value);
    await repo.upsertSetting(tx, { key: change.key, value, updatedAt: change.at, updatedBy: change.by });
    await recordAudit(tx, {
      event: 'setting.changed',
      actor: { kind: 'system', ...(change.by === null ? {} : { id: change.by }) },
      objectType: 'setting',
      objectId: change.key,
      result: 'ok',
      detail: { value: change.value },
    });
  });
  copies.delete(db);
}

async function readSettings(db: Db | Tx): Promise<Settings> {
  const written = new Map((await repo.selectSettings(db)).map((row) => [row.key, row.value]));
  const settings: Partial<Record<SettingKey, number>> = {};
  for (const key of Object.keys(settingKeys) as SettingKey[]) {
    const value: unknown = parse(written.get(key));
    const rule = ruleOf(key);
    settings[key] = typeof value === 'number' && fits(rule, value) ? value : rule.standard;
  }
  return settings as Settings;
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
