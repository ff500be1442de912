// Public names of the settings module (level 0).
export { type SettingKey, type Settings, settingKeys } from './keys.ts';
export {
  changeSetting,
  getSetting,
  getSettings,
  isSettingKey,
  listSettingChanges,
  listSettings,
} from './settings.ts';
