// A patient's session in the same browser: the list is not for it. Logging out leads to the doctors' log-in.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@yunying/api';
import { useT } from '@yunying/ui';
import { Button } from 'antd';
import type { ReactElement } from 'react';
import { endSession } from '../queries.ts';
import { EntryCard } from './entry-card.tsx';

export function WrongRolePage(): ReactElement {
  const t = useT();
  const queries = useQueryClient();
  const leaving = useMutation({
    mutationFn: () => api.logOut(),
    onSettled: () => endSession(queries),
  });
  return (
    <EntryCard title={t('wrongRole.title')} lead={t('wrongRole.lead')}>
      <Button type="primary" size="large" block loading={leaving.isPending} onClick={() => leaving.mutate()}>
        {t('wrongRole.leave')}
      </Button>
    </EntryCard>
  );
}
