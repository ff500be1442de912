// Words of the screens: Chinese first, English on request, remembered on the device. An app calls setUpI18n once,
// before it renders, with its own words; components read them through useT and follow a change of language.
// Flat keys ('exam.title'), values in {{braces}}; a missing word shows its key, so a test or an eye finds it.
import i18next from 'i18next';
import { useSyncExternalStore } from 'react';
import { readPreference, writePreference } from '../preferences.ts';
import { en } from './en.ts';
import { zhCn } from './zh-cn.ts';

export type Language = 'zh-CN' | 'en';
export type Words = Record<string, string>;
export type Translate = (key: string, values?: Record<string, string | number>) => string;

export function setUpI18n(words: { zhCn: Words; en: Words }): void {
  const remembered = readPreference('language');
  const asked = new URLSearchParams(globalThis.location?.search ?? '').get('lang');
  const language: Language = (asked ?? remembered) === 'en' ? 'en' : 'zh-CN';
  void i18next.init({
    lng: language,
    fallbackLng: 'zh-CN',
    initAsync: false,
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false }, // React escapes
    resources: {
      'zh-CN': { translation: { ...zhCn, ...words.zhCn } },
      en: { translation: { ...en, ...words.en } },
    },
  });
  announce(language);
}

/** For code outside components (the viewer, error sentences). */
export const translate: Translate = (key, values) => i18next.t(key, values ?? {});

export function currentLanguage(): Language {
  return i18next.language === 'en' ? 'en' : 'zh-CN';
}

export function setLanguage(language: Language): void {
  writePreference('language', language);
  void i18next.changeLanguage(language);
  announce(language);
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, currentLanguage, currentLanguage);
}

/** The translate function; the component renders again when the language changes. */
export function useT(): Translate {
  useLanguage();
  return translate;
}

function subscribe(onChange: () => void): () => void {
  i18next.on('languageChanged', onChange);
  return () => i18next.off('languageChanged', onChange);
}

function announce(language: Language): void {
  if (typeof document !== 'undefined') document.documentElement.lang = language;
}
