// The two short lists under the numbers: the newest things kept aside, and the nodes heard last.
import { useQuery } from '@tanstack/react-query';
import { Skeleton, SkeletonGroup, sentenceOf, useT } from '@yunying/ui';
import type { ReactElement, ReactNode } from 'react';
import { useRefresh } from './attended.ts';
import { consoleApi } from './console-api.ts';
import { Moment } from './moment.tsx';
import { byLastSeen, nodesKey } from './nodes.ts';
import { asideKey } from './quarantine-key.ts';
import { asideReason } from './reasons.ts';
import { ScreenLink } from './screen-link.tsx';

const shown = 5;
// The same page as the list itself begins with, so that a row that is opened from here is found there.
const firstRows = { cursor: null, limit: 20 };

export function NewestAside(): ReactElement {
  const t = useT();
  const query = useQuery({
    queryKey: [asideKey, firstRows.cursor, firstRows.limit],
    queryFn: ({ signal }) => consoleApi.quarantine(firstRows, signal),
    refetchInterval: useRefresh(30_000),
  });
  return (
    <Panel title={t('overview.newestAside')} to="/quarantine" query={query} empty={t('aside.empty')}>
      {query.data?.items.slice(0, shown).map((item) => (
        <li key={item.id}>
          <ScreenLink to="/quarantine" search={{ item: item.id }}>
            <span>{asideReason(t, item).sentence}</span>
            <small className="cell-code">{item.source}</small>
            <Moment at={item.receivedAt} />
          </ScreenLink>
        </li>
      ))}
    </Panel>
  );
}

export function LastHeard(): ReactElement {
  const t = useT();
  const query = useQuery({
    queryKey: nodesKey,
    queryFn: ({ signal }) => consoleApi.nodes(signal),
    refetchInterval: useRefresh(30_000),
  });
  return (
    <Panel title={t('overview.lastHeard')} to="/nodes" query={query} empty={t('nodes.empty')}>
      {byLastSeen(query.data ?? [])
        .slice(0, shown)
        .map((node) => (
          <li key={node.id}>
            <div>
              <span className="cell-code">{node.name}</span>
              <small>{t(`nodes.kind.${node.kind}`)}</small>
              {node.lastSeenAt === null ? <time>{t('nodes.never')}</time> : <Moment at={node.lastSeenAt} />}
            </div>
          </li>
        ))}
    </Panel>
  );
}

function Panel(props: {
  title: string;
  to: '/quarantine' | '/nodes';
  query: { data: unknown; error: unknown };
  empty: string;
  children: ReactNode[] | undefined;
}): ReactElement {
  const t = useT();
  const rows = props.children ?? [];
  return (
    <section className="panel short-list" aria-label={props.title}>
      <header>
        <h2>{props.title}</h2>
        <ScreenLink to={props.to}>{t('overview.all')}</ScreenLink>
      </header>
      {props.query.data === undefined ? (
        props.query.error === null ? (
          <SkeletonGroup className="short-skeleton">
            <Skeleton height={20} />
            <Skeleton height={20} />
            <Skeleton height={20} />
          </SkeletonGroup>
        ) : (
          <p role="alert">{sentenceOf(props.query.error)}</p>
        )
      ) : rows.length === 0 ? (
        <p>{props.empty}</p>
      ) : (
        <ul>{rows}</ul>
      )}
    </section>
  );
}
