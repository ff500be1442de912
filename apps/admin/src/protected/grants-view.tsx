// Grants to named doctors: to decide, running, those that end first at the top. Who asked does not decide.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ProtectionGrant } from '@yunying/api';
import { useT } from '@yunying/ui';
import { Button, Popconfirm, Tag } from 'antd';
import type { ReactElement } from 'react';
import { useRefresh } from '../attended.ts';
import { Moment } from '../moment.tsx';
import { type Column, RowList } from '../row-list.tsx';
import { useList } from '../use-list.ts';
import { protectedKey, protectionApi } from './protection-api.ts';
import { useAct } from './use-act.ts';

const colours = {
  requested: 'warning',
  active: 'success',
  coming: 'processing',
  ended: 'default',
  refused: 'default',
  revoked: 'default',
} as const;

export function GrantsView(): ReactElement {
  const t = useT();
  const { paging } = useList();
  const refetchInterval = useRefresh(30_000);
  const query = useQuery({
    queryKey: [protectedKey, 'grants', paging.cursor, paging.limit],
    queryFn: ({ signal }) => protectionApi.grants(paging, signal),
    placeholderData: keepPreviousData,
    refetchInterval,
  });
  return (
    <RowList
      label={t('protected.view.grants')}
      columns={useColumns()}
      query={query}
      empty={{ title: t('protected.empty.grants'), text: t('protected.emptyText.grants') }}
    />
  );
}

function useColumns(): Column<ProtectionGrant>[] {
  const t = useT();
  return [
    {
      key: 'person',
      title: t('protected.person'),
      width: 110,
      onCard: 'head',
      render: (row) => row.personName,
    },
    { key: 'doctor', title: t('protected.grantee'), width: 120, render: (row) => row.accountName },
    { key: 'reason', title: t('protected.reason'), render: (row) => row.reason },
    { key: 'by', title: t('protected.requestedBy'), width: 120, render: (row) => row.requestedBy },
    {
      key: 'state',
      title: t('protected.state'),
      width: 100,
      render: (row) => <Tag color={colours[row.state]}>{t(`protected.grantState.${row.state}`)}</Tag>,
    },
    { key: 'to', title: t('protected.validTo'), width: 140, render: (row) => <Moment at={row.validTo} /> },
    {
      key: 'action',
      title: t('col.action'),
      width: 200,
      onCard: 'foot',
      render: (row) => <GrantActs grant={row} />,
    },
  ];
}

function GrantActs({ grant }: { grant: ProtectionGrant }): ReactElement {
  const t = useT();
  const isWaiting = grant.state === 'requested';
  return (
    <div className="actions">
      {isWaiting && grant.isMine && <small className="cell-detail">{t('protected.ownRequest')}</small>}
      {isWaiting && !grant.isMine && <GrantAct grant={grant} act="approve" />}
      {isWaiting && !grant.isMine && <GrantAct grant={grant} act="refuse" />}
      {(!isWaiting || grant.isMine) && <GrantAct grant={grant} act="revoke" />}
    </div>
  );
}

function GrantAct(props: { grant: ProtectionGrant; act: 'approve' | 'refuse' | 'revoke' }): ReactElement {
  const t = useT();
  const { grant, act } = props;
  const decide = useAct(() => protectionApi.decideGrant(grant.id, act), 'protected.decided');
  return (
    <Popconfirm
      title={t(`protected.${act}`)}
      description={<p className="confirm-text">{t(`protected.${act}Text`, { doctor: grant.accountName })}</p>}
      okText={t(`protected.${act}`)}
      onConfirm={() => decide.mutate(undefined)}
    >
      <Button size="small" danger={act !== 'approve'} loading={decide.isPending}>
        {t(`protected.${act}`)}
      </Button>
    </Popconfirm>
  );
}
