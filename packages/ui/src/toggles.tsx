// The two switches every page carries: type size and language. And the line that says the network is gone.
import type { ReactElement } from 'react';
import { setLanguage, useLanguage, useT } from './i18n/set-up.ts';
import { setTypeSize, useOnline, useTypeSize } from './preferences.ts';

export function TypeSizeToggle(): ReactElement {
  const t = useT();
  const large = useTypeSize() === 'large';
  return (
    <button
      type="button"
      className="yy-toggle"
      aria-label={t(large ? 'ui.typeNormalLabel' : 'ui.typeLargeLabel')}
      onClick={() => setTypeSize(large ? 'normal' : 'large')}
    >
      {t(large ? 'ui.typeNormal' : 'ui.typeLarge')}
    </button>
  );
}

export function LanguageToggle(): ReactElement {
  const t = useT();
  const language = useLanguage();
  return (
    <button
      type="button"
      className="yy-toggle"
      aria-label={t('ui.languageToggleLabel')}
      lang={language === 'en' ? 'zh-CN' : 'en'}
      onClick={() => setLanguage(language === 'en' ? 'zh-CN' : 'en')}
    >
      {t('ui.languageToggle')}
    </button>
  );
}

export function OfflineLine(): ReactElement {
  const t = useT();
  const online = useOnline();
  return (
    <div role="status" aria-live="polite">
      {!online && <div className="yy-line-problem">{t('ui.offline')}</div>}
    </div>
  );
}
