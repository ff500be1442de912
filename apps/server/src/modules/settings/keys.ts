// Every runtime setting: its name, its default and what it may be. A row in table `setting` overrides the default.
// Start-up configuration (ports, folders, database) is not here: see config.ts.

export type NumberRule = {
  standard: number;
  least: number;
  most: number;
  unit: 'minutes' | 'hours' | 'days' | 'count';
};

export const settingKeys = {
  'password.max_age_days': { standard: 90, least: 30, most: 180, unit: 'days' },
  'password.one_time_hours': { standard: 24, least: 1, most: 168, unit: 'hours' },
  'session.admin_idle_minutes': { standard: 10, least: 2, most: 60, unit: 'minutes' },
  'session.admin_hours': { standard: 8, least: 1, most: 24, unit: 'hours' },
  'session.doctor_idle_minutes': { standard: 30, least: 5, most: 480, unit: 'minutes' },
  'session.doctor_hours': { standard: 12, least: 1, most: 24, unit: 'hours' },
  'session.patient_idle_minutes': { standard: 30, least: 5, most: 120, unit: 'minutes' },
  'session.patient_hours': { standard: 12, least: 1, most: 24, unit: 'hours' },
  'share.link_days': { standard: 180, least: 1, most: 3650, unit: 'days' },
  'sms.per_minute': { standard: 1, least: 1, most: 5, unit: 'count' },
  'sms.per_hour': { standard: 5, least: 1, most: 30, unit: 'count' },
  'sms.per_day': { standard: 10, least: 1, most: 100, unit: 'count' },
  'compression.grace_hours': { standard: 24, least: 1, most: 720, unit: 'hours' },
  /** 1: patients get what doctors saved with their studies (marks, key images, measurements); 0: they do not. */
  'saved.patients_may_see': { standard: 0, least: 0, most: 1, unit: 'count' },
  'protect.break_glass_minutes': { standard: 60, least: 5, most: 240, unit: 'minutes' },
  'protect.break_glass_per_hour': { standard: 5, least: 1, most: 60, unit: 'count' },
  /** 1: a patient gets a message, without content, when a protection was broken; 0: only the entry in the ledger. */
  'protect.notice_sms': { standard: 0, least: 0, most: 1, unit: 'count' },
  'entry.lookups_per_minute': { standard: 300, least: 5, most: 10_000, unit: 'count' },
} as const satisfies Record<string, NumberRule>;

export type SettingKey = keyof typeof settingKeys;
export type Settings = Readonly<Record<SettingKey, number>>;
