// What happens with a proof, in four sentences.
import { useT } from '@yunying/ui';
import type { ReactElement } from 'react';
import { Sheet } from '../parts/sheet.tsx';

export function PrivacySheet({ onClose }: { onClose: () => void }): ReactElement {
  const t = useT();
  return (
    <Sheet title={t('entry.privacy')} onClose={onClose}>
      <ul className="plain-list">
        <li>{t('entry.privacy1')}</li>
        <li>{t('entry.privacy2')}</li>
        <li>{t('entry.privacy3')}</li>
        <li>{t('entry.privacy4')}</li>
      </ul>
    </Sheet>
  );
}
