// The line on top: the product, the hospital, who is signed in, language, leaving.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Me } from '@yunying/api';
import { LanguageToggle, useT } from '@yunying/ui';
import { Button } from 'antd';
import { LogOut, Menu } from 'lucide-react';
import type { ReactElement } from 'react';
import { consoleApi } from './console-api.ts';
import { meKey } from './console-cache.ts';
import { Mark } from './mark.tsx';

export function TopBar({ me, onMenu }: { me: Me; onMenu?: () => void }): ReactElement {
  const t = useT();
  const cache = useQueryClient();
  const leave = useMutation({
    mutationFn: consoleApi.logOut,
    // Also when the server cannot be reached: nothing of the session stays on the screen.
    onSettled: () => {
      cache.setQueryData(meKey, null);
      cache.removeQueries({ predicate: (query) => query.queryKey[0] !== meKey[0] });
    },
  });
  return (
    <header className="top-bar">
      {onMenu !== undefined && (
        <Button
          className="top-menu"
          type="text"
          icon={<Menu size={20} aria-hidden />}
          onClick={onMenu}
          aria-label={t('nav.open')}
        />
      )}
      <span className="top-brand">
        <Mark size={24} />
        <strong>{t('app.name')}</strong>
      </span>
      <span className="top-place">{me.institutionName}</span>
      <span className="top-who" title={me.displayName}>
        {me.displayName}
      </span>
      <LanguageToggle />
      <Button
        type="text"
        icon={<LogOut size={16} aria-hidden />}
        loading={leave.isPending}
        onClick={() => leave.mutate()}
        aria-label={t('session.leave')}
      >
        <span className="top-leave">{t('session.leave')}</span>
      </Button>
    </header>
  );
}
