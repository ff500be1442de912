// Today at a glance, for somebody who has twenty other things to do: first what waits for a person, each number the way
// to its rows; then what came in, how work and room stand, the newest things kept aside, and who was heard last.
import type { Overview } from '@yunying/api';
import { Problem, Skeleton, SkeletonGroup, useT } from '@yunying/ui';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { ListSearch } from './list-search.ts';
import { formatCount, formatMoment, formatSize, waitOf } from './measure.ts';
import { LastHeard, NewestAside } from './overview-lists.tsx';
import { PageHead } from './page-head.tsx';
import { ScreenLink } from './screen-link.tsx';
import type { Screen } from './screens.ts';
import { useOverview } from './use-overview.ts';

export function OverviewPage(): ReactElement {
  const t = useT();
  const query = useOverview();
  const { data } = query;
  if (data === undefined && query.error !== null)
    return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <>
      <PageHead
        title={t('nav.overview')}
        text={
          query.dataUpdatedAt === 0
            ? t('overview.lead')
            : t('overview.asOf', { time: formatMoment(new Date(query.dataUpdatedAt).toISOString()) })
        }
      />
      {query.error !== null && <p className="rows-stale">{t('list.stale')}</p>}
      {data === undefined ? <OverviewSkeleton /> : <Numbers overview={data} />}
      <div className="overview-lists">
        <NewestAside />
        <LastHeard />
      </div>
    </>
  );
}

function Numbers({ overview }: { overview: Overview }): ReactElement {
  const t = useT();
  const { receivedToday: today } = overview;
  const isQuiet =
    overview.quarantineOpen + overview.unlinked + overview.deadJobs === 0 &&
    today.messagesFailed + today.messagesRefused === 0;
  return (
    <>
      {overview.storageFull && (
        <p className="overview-alarm" role="alert">
          <TriangleAlert size={18} aria-hidden />
          {t('overview.storageFull', { free: formatSize(overview.storageFreeBytes) })}
        </p>
      )}
      {overview.objectsLost > 0 && (
        <p className="overview-alarm" role="alert">
          <TriangleAlert size={18} aria-hidden />
          {t('overview.objectsLost', { count: formatCount(overview.objectsLost) })}
        </p>
      )}
      {overview.storesAway > 0 && (
        <p className="overview-alarm" role="alert">
          <TriangleAlert size={18} aria-hidden />
          {t('overview.storesAway', { count: formatCount(overview.storesAway) })}
        </p>
      )}
      <section aria-label={t('overview.waiting')}>
        <h2 className="overview-title">
          {t('overview.waiting')}
          {isQuiet && (
            <span className="overview-quiet">
              <CircleCheck size={16} aria-hidden />
              {t('overview.quiet')}
            </span>
          )}
        </h2>
        <div className="tiles">
          <Tile to="/quarantine" word="overview.aside" count={overview.quarantineOpen} tone="warning" />
          <Tile to="/unlinked" word="overview.unlinked" count={overview.unlinked} tone="warning" />
          <Tile to="/jobs" word="overview.dead" count={overview.deadJobs} tone="critical" />
        </div>
      </section>
      <div className="panels">
        <section className="panel" aria-labelledby="overview-today">
          <h2 id="overview-today">{t('overview.today')}</h2>
          <dl className="figures">
            <Figure label={t('overview.studies')} value={formatCount(today.studies)} />
            <Figure label={t('overview.instances')} value={formatCount(today.instances)} />
            <Figure
              label={t('overview.messages')}
              value={formatCount(today.messages)}
              to="/messages"
              search={{ state: 'applied' }}
            >
              <MessagesAside state="failed" count={today.messagesFailed} word="overview.messagesFailed" />
              <MessagesAside state="refused" count={today.messagesRefused} word="overview.messagesRefused" />
            </Figure>
          </dl>
        </section>
        <Work overview={overview} />
        <Room overview={overview} />
      </div>
    </>
  );
}

function Tile(props: {
  to: '/quarantine' | '/unlinked' | '/jobs';
  word: string;
  count: number;
  tone: 'warning' | 'critical';
}): ReactElement {
  const t = useT();
  return (
    <ScreenLink to={props.to} className="tile" tone={props.count === 0 ? 'quiet' : props.tone}>
      <strong>{formatCount(props.count)}</strong>
      <span className="tile-word">{t(props.word)}</span>
      <small>{t(`${props.word}Text`)}</small>
    </ScreenLink>
  );
}

function Work({ overview }: { overview: Overview }): ReactElement {
  const t = useT();
  const wait = waitOf(overview.oldestQueuedSeconds);
  return (
    <section className="panel" aria-labelledby="overview-work">
      <h2 id="overview-work">{t('overview.work')}</h2>
      <dl className="figures">
        <Figure
          label={t('jobs.state.running')}
          value={formatCount(overview.runningJobs)}
          to="/jobs"
          search={{ state: 'running' }}
        />
        <Figure
          label={t('jobs.state.queued')}
          value={formatCount(overview.queuedJobs)}
          to="/jobs"
          search={{ state: 'queued' }}
        />
        <Figure
          label={t('overview.oldest')}
          value={wait.count === 0 ? '—' : t(`wait.${wait.unit}`, { count: wait.count })}
        />
      </dl>
    </section>
  );
}

function Room({ overview }: { overview: Overview }): ReactElement {
  const t = useT();
  const used = Number(overview.storageUsedBytes);
  const free = Number(overview.storageFreeBytes);
  const usable = Math.max(0, free - Number(overview.storageReserveBytes));
  const share = used + usable === 0 ? 0 : (used / (used + usable)) * 100;
  const isBounded = free < Number.MAX_SAFE_INTEGER; // an object store does not say how full it is
  return (
    <section className="panel" aria-labelledby="overview-room">
      <h2 id="overview-room">{t('overview.room')}</h2>
      <dl className="figures">
        <Figure label={t('overview.used')} value={formatSize(used)} />
        {isBounded && <Figure label={t('overview.usable')} value={formatSize(usable)} />}
        {overview.secondCopies && (
          <Figure label={t('overview.copiesMissing')} value={formatCount(overview.copiesMissing)} />
        )}
      </dl>
      {isBounded && (
        <>
          <div
            className="room-bar"
            data-tone={overview.storageFull ? 'critical' : share > 85 ? 'warning' : 'usual'}
          >
            <span className="room-used" style={{ inlineSize: `${Math.min(100, Math.max(share, 0.5))}%` }} />
          </div>
          <small className="figure-note">
            {t('overview.reserve', { size: formatSize(overview.storageReserveBytes) })}
          </small>
        </>
      )}
    </section>
  );
}

/** A number with its name, and the way to its rows when they have a screen. */
function Figure(props: {
  label: string;
  value: string;
  to?: Screen;
  search?: ListSearch;
  children?: ReactNode;
}): ReactElement {
  const { to, search = {} } = props;
  return (
    <div>
      <dt>{props.label}</dt>
      <dd>
        {to === undefined ? (
          props.value
        ) : (
          <ScreenLink to={to} search={search}>
            {props.value}
          </ScreenLink>
        )}
        {props.children}
      </dd>
    </div>
  );
}

function MessagesAside(props: {
  state: 'failed' | 'refused';
  count: number;
  word: string;
}): ReactElement | null {
  const t = useT();
  if (props.count === 0) return null;
  return (
    <small className="figure-failed">
      <ScreenLink to="/messages" search={{ state: props.state }}>
        {t(props.word, { count: formatCount(props.count) })}
      </ScreenLink>
    </small>
  );
}

function OverviewSkeleton(): ReactElement {
  return (
    <SkeletonGroup>
      <div className="overview-title">
        <Skeleton width={120} height={20} />
      </div>
      <div className="tiles">
        <Skeleton height={104} />
        <Skeleton height={104} />
        <Skeleton height={104} />
      </div>
      <div className="panels">
        <Skeleton height={132} />
        <Skeleton height={132} />
        <Skeleton height={132} />
      </div>
    </SkeletonGroup>
  );
}
