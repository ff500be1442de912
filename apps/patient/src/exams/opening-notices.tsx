// What a patient is told (spec AC-11): staff opened the own protected records in an emergency, when and why. Nothing is
// shown where it never happened.
import { api } from '@yunying/api';
import { useT } from '@yunying/ui';
import type { ReactElement } from 'react';
import { useApi } from '../query.ts';

export function OpeningNotices(): ReactElement | null {
  const t = useT();
  const notices = useApi(['openings'], (signal) => api.openingNotices({ signal }));
  const items = notices.data ?? [];
  if (items.length === 0) return null;
  return (
    <details className="openings">
      <summary>{t('openings.title', { count: items.length })}</summary>
      <p>{t('openings.text')}</p>
      <ul>
        {items.map((one) => (
          <li key={one.id}>
            {t('openings.line', {
              time: new Date(one.openedAt)
                .toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' })
                .slice(0, 16),
              why: t(`openings.why.${one.reasonCode}`),
            })}
          </li>
        ))}
      </ul>
    </details>
  );
}
