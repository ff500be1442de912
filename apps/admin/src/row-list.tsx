// Rows of one kind: a table on a desk, cards on a phone, from the same columns. States in the order of the house:
// error, loading (in the shape of what comes), empty, rows; and below the rows where one is in them.
import type { UseQueryResult } from '@tanstack/react-query';
import { EmptyState, Problem, Skeleton, SkeletonGroup, useT } from '@yunying/ui';
import { Button, Select, Table } from 'antd';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { Page } from './console-api.ts';
import { firstPage, limits, nextPage, pagingOf, previousPage } from './list-search.ts';
import { formatCount } from './measure.ts';
import { useNarrow } from './narrow.ts';
import { useList } from './use-list.ts';

export type Column<T> = {
  key: string;
  title: string;
  width?: number | string;
  render: (row: T) => ReactNode;
  /** On a card: as its headline, as a labelled line (usual), or at its foot without a label. */
  onCard?: 'head' | 'foot';
};

export type RowListProps<T extends { id: string }> = {
  label: string;
  columns: readonly Column<T>[];
  query: UseQueryResult<Page<T>>;
  empty: { title: string; text: string };
  onOpen?: (row: T) => void;
};

export function RowList<T extends { id: string }>(props: RowListProps<T>): ReactElement {
  const { query } = props;
  const narrow = useNarrow('table');
  const { search } = useList();
  const t = useT();
  if (query.data === undefined) {
    if (query.error !== null) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
    return <RowSkeleton narrow={narrow} />;
  }
  const { items, total, totalIsFloor, nextCursor } = query.data;
  const page = pagingOf(search).page;
  if (items.length === 0 && page === 1) return <EmptyState {...props.empty} />;
  return (
    <div className="rows" aria-busy={query.isPlaceholderData}>
      {query.error !== null && <p className="rows-stale">{t('list.stale')}</p>}
      {items.length === 0 && <EmptyState title={t('list.pageGone')} />}
      {items.length > 0 &&
        (narrow ? <Cards {...props} rows={items} /> : <DeskTable {...props} rows={items} />)}
      <Pager total={total} isFloor={totalIsFloor === true} nextCursor={nextCursor} shown={items.length} />
    </div>
  );
}

type Rows<T extends { id: string }> = Pick<RowListProps<T>, 'label' | 'columns' | 'onOpen'> & { rows: T[] };

function DeskTable<T extends { id: string }>({ label, columns, rows, onOpen }: Rows<T>): ReactElement {
  return (
    <Table<T>
      size="middle"
      aria-label={label}
      rowKey="id"
      dataSource={rows}
      pagination={false}
      tableLayout="fixed"
      columns={columns.map(({ key, title, width, render }) => ({
        key,
        title,
        ...(width === undefined ? {} : { width }),
        render: (_: unknown, row: T) => render(row),
      }))}
      {...(onOpen === undefined
        ? {}
        : {
            rowClassName: 'row-opens',
            onRow: (row: T) => ({
              onClick: (event) => {
                if (!(event.target as Element).closest('a, button, [role="dialog"], .ant-popover'))
                  onOpen(row);
              },
            }),
          })}
    />
  );
}

function Cards<T extends { id: string }>({ label, columns, rows }: Rows<T>): ReactElement {
  return (
    <ul className="cards" aria-label={label}>
      {rows.map((row) => (
        <li className="card" key={row.id}>
          {columns.map((column) => {
            const value = column.render(row);
            if (column.onCard === 'head') return <h3 key={column.key}>{value}</h3>;
            if (column.onCard === 'foot')
              return (
                <div className="card-foot" key={column.key}>
                  {value}
                </div>
              );
            return (
              <div className="card-line" key={column.key}>
                <span className="card-label">{column.title}</span>
                <div>{value}</div>
              </div>
            );
          })}
        </li>
      ))}
    </ul>
  );
}

function Pager(props: {
  total: number;
  isFloor: boolean;
  nextCursor: string | null;
  shown: number;
}): ReactElement {
  const t = useT();
  const { search, go } = useList();
  const { page, limit } = pagingOf(search);
  const { nextCursor } = props;
  const from = props.shown === 0 ? 0 : (page - 1) * limit + 1;
  return (
    <div className="pager">
      <span className="pager-where">
        {t(props.isFloor ? 'list.whereOfMore' : 'list.where', {
          from: formatCount(from),
          to: formatCount(from + Math.max(0, props.shown - 1)),
          total: formatCount(props.total),
        })}
      </span>
      <Button
        icon={<ChevronLeft size={16} aria-hidden />}
        disabled={page === 1}
        onClick={() => go(previousPage(search))}
      >
        {t('list.previous')}
      </Button>
      <Button
        icon={<ChevronRight size={16} aria-hidden />}
        iconPlacement="end"
        disabled={nextCursor === null}
        onClick={() => nextCursor !== null && go(nextPage(search, nextCursor))}
      >
        {t('list.next')}
      </Button>
      <Select
        value={limit}
        aria-label={t('list.limit')}
        popupMatchSelectWidth={false}
        options={limits.map((count) => ({ value: count, label: t('list.perPage', { count }) }))}
        onChange={(count) => go(firstPage(search, { limit: String(count) }))}
      />
    </div>
  );
}

function RowSkeleton({ narrow }: { narrow: boolean }): ReactElement {
  const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  return (
    <SkeletonGroup className="row-skeleton">
      {keys.map((key) => (
        <Skeleton key={key} height={narrow ? 96 : 38} />
      ))}
    </SkeletonGroup>
  );
}
