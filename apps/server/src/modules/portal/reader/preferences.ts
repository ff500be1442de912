// How a reader has set up the reading room; without a row the room's own ways hold.
export {
  selectPreferences as getPreferences,
  upsertPreferences as savePreferences,
} from './repo-preferences.ts';
