// The saved lists at the left: by day and by type. On a phone they are a strip of chips.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@yunying/api';
import { LanguageToggle, useT } from '@yunying/ui';
import { LogOut } from 'lucide-react';
import type { ReactElement } from 'react';
import { GlassButton } from '../break-glass/glass-dialog.tsx';
import { endSession, meQuery } from '../queries.ts';
import { BringEcg } from './bring-ecg.tsx';
import { type SavedList, savedLists } from './worklist-search.ts';

export function Rail(props: { list: SavedList; onPick(list: SavedList): void }): ReactElement {
  const t = useT();
  const queries = useQueryClient();
  const me = useQuery(meQuery);
  const leaving = useMutation({
    mutationFn: () => api.logOut(),
    onSettled: () => endSession(queries),
  });
  const entry = (list: SavedList) => (
    <li key={list}>
      <button
        type="button"
        className="rail-entry"
        aria-current={list === props.list ? 'page' : undefined}
        onClick={() => props.onPick(list)}
      >
        {t(`list.${list}`)}
      </button>
    </li>
  );
  return (
    <nav className="rail" aria-label={t('worklist.lists')}>
      <div className="rail-head">
        <img src="/doctor/icon.svg" width="22" height="22" alt="" />
        <span>{t('app.name')}</span>
      </div>
      <ul>{savedLists.slice(0, 3).map(entry)}</ul>
      <h2 className="rail-title">{t('worklist.byType')}</h2>
      <ul>{savedLists.slice(3).map(entry)}</ul>
      <BringEcg />
      <GlassButton />
      <div className="rail-foot">
        <span className="rail-who" title={me.data?.displayName}>
          {me.data?.displayName}
        </span>
        <LanguageToggle />
        <button
          type="button"
          className="yy-toggle"
          aria-label={t('app.logOut')}
          title={t('app.logOut')}
          onClick={() => leaving.mutate()}
        >
          <LogOut size={18} aria-hidden />
        </button>
      </div>
    </nav>
  );
}
