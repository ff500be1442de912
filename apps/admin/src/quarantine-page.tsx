// What was kept aside: objects that a door refused, with the reason in a sentence. A row opens to its UIDs and to what
// can be done: take the bytes for a look, try again, put it off the list.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { QuarantineItem } from '@yunying/api';
import { useT } from '@yunying/ui';
import { Button, Drawer } from 'antd';
import type { ReactElement } from 'react';
import { AsideActions } from './aside-actions.tsx';
import { AsideFacts } from './aside-facts.tsx';
import { useRefresh } from './attended.ts';
import { consoleApi } from './console-api.ts';
import { formatSize } from './measure.ts';
import { Moment } from './moment.tsx';
import { useNarrow } from './narrow.ts';
import { PageHead } from './page-head.tsx';
import { asideKey } from './quarantine-key.ts';
import { asideReason } from './reasons.ts';
import { type Column, RowList } from './row-list.tsx';
import { useList } from './use-list.ts';

export function QuarantinePage(): ReactElement {
  const t = useT();
  const { search, paging, go } = useList();
  const narrow = useNarrow('drawer');
  const refetchInterval = useRefresh(30_000);
  const query = useQuery({
    queryKey: [asideKey, paging.cursor, paging.limit],
    queryFn: ({ signal }) => consoleApi.quarantine(paging, signal),
    placeholderData: keepPreviousData,
    refetchInterval,
  });
  const open = (row: QuarantineItem) => go({ ...search, item: row.id }, { replace: true });
  const close = () => {
    const { item: _, ...rest } = search;
    go(rest, { replace: true });
  };
  const opened = query.data?.items.find((row) => row.id === search.item);
  return (
    <>
      <PageHead title={t('nav.quarantine')} text={t('aside.lead')} />
      <RowList
        label={t('nav.quarantine')}
        columns={useColumns(open)}
        query={query}
        onOpen={open}
        empty={{ title: t('aside.empty'), text: t('aside.emptyText') }}
      />
      <Drawer
        open={opened !== undefined}
        onClose={close}
        title={t('aside.one')}
        size={narrow ? '100%' : 480}
        footer={opened === undefined ? null : <AsideActions item={opened} onResolved={close} />}
      >
        {opened !== undefined && <AsideFacts item={opened} />}
      </Drawer>
    </>
  );
}

function useColumns(open: (row: QuarantineItem) => void): Column<QuarantineItem>[] {
  const t = useT();
  return [
    {
      key: 'reason',
      title: t('col.reason'),
      onCard: 'head',
      render: (row) => {
        const { sentence, detail } = asideReason(t, row);
        return (
          <>
            <button type="button" className="cell-open" onClick={() => open(row)}>
              {sentence}
            </button>
            {detail !== null && <small className="cell-detail">{detail}</small>}
          </>
        );
      },
    },
    { key: 'kind', title: t('col.kind'), width: 80, render: (row) => t(`kind.${row.kind}`) },
    {
      key: 'source',
      title: t('col.source'),
      width: 200,
      render: (row) => <span className="cell-code">{row.source}</span>,
    },
    {
      key: 'size',
      title: t('col.size'),
      width: 90,
      render: (row) => formatSize(row.sizeBytes) || '—',
    },
    { key: 'time', title: t('col.received'), width: 140, render: (row) => <Moment at={row.receivedAt} /> },
    {
      key: 'open',
      title: t('col.action'),
      width: 90,
      onCard: 'foot',
      render: (row) => (
        <Button size="small" onClick={() => open(row)}>
          {t('aside.open')}
        </Button>
      ),
    },
  ];
}
