// Grants of one state, newest first, each as a sentence; what waits for a second person is approved here, what was taken
// back a moment ago is given back here.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { GrantItem, GrantState } from '@yunying/api';
import { useT } from '@yunying/ui';
import { App, Button, Input, Popconfirm, Tag } from 'antd';
import { type ReactElement, useRef } from 'react';
import { useRefresh } from '../attended.ts';
import { Moment } from '../moment.tsx';
import { type Column, RowList } from '../row-list.tsx';
import { useList } from '../use-list.ts';
import { inLanguage, rightsApi, rightsKey } from './rights-api.ts';
import { useAct } from './use-act.ts';

export function GrantsView({ state }: { state: GrantState }): ReactElement {
  const t = useT();
  const { paging } = useList();
  const refetchInterval = useRefresh(30_000);
  const query = useQuery({
    queryKey: [rightsKey, 'grants', state, paging.cursor, paging.limit],
    queryFn: ({ signal }) => rightsApi.grants(state, null, paging, signal),
    placeholderData: keepPreviousData,
    refetchInterval,
  });
  return (
    <RowList
      label={t(`rights.view.${state}`)}
      columns={useColumns(state)}
      query={query}
      empty={{ title: t(`rights.empty.${state}`), text: t('rights.emptyText') }}
    />
  );
}

function useColumns(state: GrantState): Column<GrantItem>[] {
  const t = useT();
  const by = state === 'revoked' ? 'rights.revokedBy' : 'rights.grantedBy';
  return [
    {
      key: 'subject',
      title: t('rights.subject'),
      width: 170,
      onCard: 'head',
      render: (row) => (
        <>
          {row.subjectName} <Tag>{t(`rights.kind.${row.subjectKind}`)}</Tag>
        </>
      ),
    },
    {
      key: 'sentence',
      title: t('rights.says'),
      render: (row) => (
        <>
          {inLanguage(row.sentence)}
          {row.reason !== null && (
            <small className="cell-detail">{t('rights.reasonIs', { reason: row.reason })}</small>
          )}
        </>
      ),
    },
    {
      key: 'by',
      title: t(by),
      width: 130,
      render: (row) =>
        state === 'revoked' ? (
          (row.revokedBy ?? '—')
        ) : (
          <>
            {row.grantedBy ?? t('rights.bySystem')}
            {row.approvedBy !== null && (
              <small className="cell-detail">{t('rights.approvedBy', { name: row.approvedBy })}</small>
            )}
          </>
        ),
    },
    {
      key: 'at',
      title: t(state === 'revoked' ? 'rights.revokedAt' : 'rights.createdAt'),
      width: 130,
      render: (row) => <Moment at={row.revokedAt ?? row.createdAt} />,
    },
    {
      key: 'action',
      title: t('col.action'),
      width: 150,
      onCard: 'foot',
      render: (row) => <Acts grant={row} />,
    },
  ];
}

function Acts({ grant }: { grant: GrantItem }): ReactElement {
  const t = useT();
  const approve = useAct(rightsApi.approve, () => 'rights.approved');
  const restore = useAct(rightsApi.restore, () => 'rights.restored');
  if (grant.state === 'revoked')
    return grant.mayRestore ? (
      <Button size="small" loading={restore.isPending} onClick={() => restore.mutate(grant.id)}>
        {t('rights.restore')}
      </Button>
    ) : (
      <>—</>
    );
  if (grant.state === 'ended') return <>—</>;
  return (
    <div className="actions">
      {grant.mayApprove && (
        <Popconfirm
          title={t('rights.approve')}
          description={<p className="confirm-text">{t('rights.approveText', { name: grant.subjectName })}</p>}
          okText={t('rights.approve')}
          onConfirm={() => approve.mutate(grant.id)}
        >
          <Button size="small" type="primary" loading={approve.isPending}>
            {t('rights.approve')}
          </Button>
        </Popconfirm>
      )}
      <TakeBack grant={grant} />
    </div>
  );
}

function TakeBack({ grant }: { grant: GrantItem }): ReactElement {
  const t = useT();
  const { modal } = App.useApp();
  const reason = useRef('');
  const revoke = useAct(
    (why: string) => rightsApi.revoke(grant.id, why),
    () => 'rights.revoked',
  );
  const ask = () => {
    reason.current = '';
    modal.confirm({
      title: t('rights.revokeTitle', { name: grant.subjectName }),
      content: (
        <>
          <p>{t('rights.revokeText')}</p>
          <Input
            placeholder={t('rights.reason')}
            aria-label={t('rights.reason')}
            maxLength={300}
            onChange={(event) => {
              reason.current = event.target.value.trim();
            }}
          />
        </>
      ),
      okText: t('rights.revoke'),
      okButtonProps: { danger: true },
      onOk: async () => {
        if (reason.current.length < 2) throw new Error('a reason is needed');
        await revoke.mutateAsync(reason.current);
      },
    });
  };
  return (
    <Button size="small" danger loading={revoke.isPending} onClick={ask}>
      {t('rights.revoke')}
    </Button>
  );
}
