// Studies and reports that belong to no exam yet, with the reason in words. Nothing of the patient stands here but the
// accession number that the two sides disagree about: an administrator of the system sees no patient data (AC-2).
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { UnlinkedItem } from '@yunying/api';
import { useT } from '@yunying/ui';
import { Tag } from 'antd';
import type { ReactElement } from 'react';
import { useRefresh } from './attended.ts';
import { consoleApi } from './console-api.ts';
import { Moment } from './moment.tsx';
import { PageHead } from './page-head.tsx';
import { unlinkedReason } from './reasons.ts';
import { type Column, RowList } from './row-list.tsx';
import { useList } from './use-list.ts';

export function UnlinkedPage(): ReactElement {
  const t = useT();
  const { paging } = useList();
  const refetchInterval = useRefresh(30_000);
  const query = useQuery({
    queryKey: ['unlinked', paging.cursor, paging.limit],
    queryFn: ({ signal }) => consoleApi.unlinked(paging, signal),
    placeholderData: keepPreviousData,
    refetchInterval,
  });
  const columns: Column<UnlinkedItem>[] = [
    {
      key: 'title',
      title: t('col.title'),
      onCard: 'head',
      render: (row) => <span className="cell-title">{row.title}</span>,
    },
    {
      key: 'kind',
      title: t('col.kind'),
      width: 80,
      render: (row) => <Tag variant="filled">{t(`kind.${row.kind}`)}</Tag>,
    },
    {
      key: 'accession',
      title: t('col.accession'),
      width: 190,
      render: (row) =>
        row.accessionNumber === null ? '—' : <span className="cell-code">{row.accessionNumber}</span>,
    },
    {
      key: 'reason',
      title: t('col.reason'),
      width: '36%',
      render: (row) => unlinkedReason(t, row.reason),
    },
    { key: 'time', title: t('col.received'), width: 140, render: (row) => <Moment at={row.receivedAt} /> },
  ];
  return (
    <>
      <PageHead title={t('nav.unlinked')} text={t('unlinked.lead')} />
      <RowList
        label={t('nav.unlinked')}
        columns={columns}
        query={query}
        empty={{ title: t('unlinked.empty'), text: t('unlinked.emptyText') }}
      />
    </>
  );
}
