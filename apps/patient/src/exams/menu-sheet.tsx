// "Me": type size, language, sign out.
import { useMutation } from '@tanstack/react-query';
import { api } from '@yunying/api';
import { sentenceOf, setLanguage, setTypeSize, useLanguage, useT, useTypeSize } from '@yunying/ui';
import { ALargeSmall, Languages, LogOut } from 'lucide-react';
import type { ReactElement } from 'react';
import { navigate } from '../navigation/history.ts';
import { pathTo } from '../navigation/routes.ts';
import { Sheet } from '../parts/sheet.tsx';
import { isSignedOut, queryClient } from '../query.ts';

export function MenuSheet({ name, onClose }: { name: string; onClose: () => void }): ReactElement {
  const t = useT();
  const isLarge = useTypeSize() === 'large';
  const language = useLanguage();
  const leave = () => {
    queryClient.clear();
    navigate(pathTo.home, { replace: true });
  };
  const logOut = useMutation({
    mutationFn: () => api.logOut(),
    onSuccess: leave,
    onError: (error) => {
      if (isSignedOut(error)) leave();
    },
  });
  return (
    <Sheet title={name === '' ? t('menu.open') : name} onClose={onClose}>
      <ul className="menu">
        <li>
          <button
            type="button"
            aria-pressed={isLarge}
            onClick={() => setTypeSize(isLarge ? 'normal' : 'large')}
          >
            <ALargeSmall aria-hidden="true" />
            <span>{t('menu.large')}</span>
            <span className="soft">{t(isLarge ? 'menu.on' : 'menu.off')}</span>
          </button>
        </li>
        <li>
          <button type="button" onClick={() => setLanguage(language === 'en' ? 'zh-CN' : 'en')}>
            <Languages aria-hidden="true" />
            <span>{t('menu.language')}</span>
          </button>
        </li>
        <li>
          <button type="button" disabled={logOut.isPending} onClick={() => logOut.mutate()}>
            <LogOut aria-hidden="true" />
            <span>{t('menu.logOut')}</span>
          </button>
        </li>
      </ul>
      {logOut.error !== null && !isSignedOut(logOut.error) && (
        <p className="refusal" role="alert">
          {sentenceOf(logOut.error)}
        </p>
      )}
    </Sheet>
  );
}
