// The remote AEs and HL7 peers that may talk to us, what they may do, and when each was heard last.
import { useQuery } from '@tanstack/react-query';
import type { NodeItem } from '@yunying/api';
import { useT } from '@yunying/ui';
import { Button, Tag } from 'antd';
import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { useRefresh } from './attended.ts';
import { consoleApi } from './console-api.ts';
import { firstPage } from './list-search.ts';
import { formatMoment } from './measure.ts';
import { Moment } from './moment.tsx';
import { NodeActions } from './node-actions.tsx';
import { mayWord } from './node-fields.ts';
import { NodeForm } from './node-form.tsx';
import { nodesKey, pageOfNodes } from './nodes.ts';
import { PageHead } from './page-head.tsx';
import { type Column, RowList } from './row-list.tsx';
import { useList } from './use-list.ts';

export function NodesPage(): ReactElement {
  const t = useT();
  const { search, paging, go } = useList();
  const refetchInterval = useRefresh(30_000);
  const query = useQuery({
    queryKey: nodesKey,
    queryFn: ({ signal }) => consoleApi.nodes(signal),
    select: (nodes) => pageOfNodes(nodes, paging),
    refetchInterval,
  });
  const { item: _, ...closed } = search;
  return (
    <>
      <PageHead title={t('nav.nodes')} text={t('nodes.lead')}>
        <Button
          type="primary"
          icon={<Plus size={16} aria-hidden />}
          onClick={() => go({ ...firstPage(search), item: 'new' }, { replace: true })}
        >
          {t('nodes.add')}
        </Button>
      </PageHead>
      <RowList
        label={t('nav.nodes')}
        columns={useColumns((node) => go({ ...search, item: node.id }, { replace: true }))}
        query={query}
        empty={{ title: t('nodes.empty'), text: t('nodes.emptyText') }}
      />
      <NodeForm item={search.item} onClose={() => go(closed, { replace: true })} />
    </>
  );
}

function useColumns(onEdit: (node: NodeItem) => void): Column<NodeItem>[] {
  const t = useT();
  return [
    {
      key: 'name',
      title: t('col.node'),
      onCard: 'head',
      render: (row) => (
        <span className="cell-code cell-title">
          {row.name}
          {row.facility !== null && ` | ${row.facility}`}
          {row.disabledAt !== null && (
            <>
              {' '}
              <Tag title={formatMoment(row.disabledAt)}>{t('nodes.disabled')}</Tag>
            </>
          )}
        </span>
      ),
    },
    { key: 'kind', title: t('col.kind'), width: 90, render: (row) => t(`nodes.kind.${row.kind}`) },
    {
      key: 'place',
      title: t('col.place'),
      width: 190,
      render: (row) =>
        row.host === null ? (
          t('nodes.anyHost')
        ) : (
          <span className="cell-code">{row.port === null ? row.host : `${row.host}:${row.port}`}</span>
        ),
    },
    {
      key: 'may',
      title: t('col.may'),
      width: 210,
      render: (row) => (
        <span className="tags">
          {row.may
            .split(' ')
            .filter((may) => may !== '')
            .map((may) => (
              <Tag key={may} variant="filled">
                {t(mayWord(row.kind, may))}
              </Tag>
            ))}
        </span>
      ),
    },
    { key: 'charset', title: t('col.charset'), width: 110, render: (row) => row.charset ?? '—' },
    {
      key: 'seen',
      title: t('col.seen'),
      width: 140,
      render: (row) => (row.lastSeenAt === null ? t('nodes.never') : <Moment at={row.lastSeenAt} />),
    },
    {
      key: 'action',
      title: t('col.action'),
      width: 210,
      onCard: 'foot',
      render: (row) => <NodeActions node={row} onEdit={() => onEdit(row)} />,
    },
  ];
}
