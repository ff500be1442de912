// Background work by state. Dead jobs first: they wait for a person, who reads why and sends them back to work.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { JobItem } from '@yunying/api';
import { sentenceOf, useT } from '@yunying/ui';
import { App, Button, Progress, Segmented } from 'antd';
import { RotateCcw } from 'lucide-react';
import type { ReactElement } from 'react';
import { useRefresh } from './attended.ts';
import { consoleApi } from './console-api.ts';
import { firstPage, type ListSearch } from './list-search.ts';
import { formatCount } from './measure.ts';
import { Moment } from './moment.tsx';
import { PageHead } from './page-head.tsx';
import { jobError, jobWord } from './reasons.ts';
import { type Column, RowList } from './row-list.tsx';
import { useList } from './use-list.ts';
import { overviewKey } from './use-overview.ts';

type State = JobItem['state'];
const states: readonly State[] = ['dead', 'running', 'queued', 'done'];

export function JobsPage(): ReactElement {
  const t = useT();
  const { search, paging, go } = useList();
  const state = stateOf(search);
  const refetchInterval = useRefresh(5_000);
  const query = useQuery({
    queryKey: ['jobs', state, paging.cursor, paging.limit],
    queryFn: ({ signal }) => consoleApi.jobs(state, paging, signal),
    // Rows of another state never stand under this one's name, so only a change of page keeps the old rows.
    placeholderData: (previous, previousQuery) =>
      previousQuery?.queryKey[1] === state ? keepPreviousData(previous) : undefined,
    refetchInterval,
  });
  const counts = query.data?.counts;
  return (
    <>
      <PageHead title={t('nav.jobs')} text={t(`jobs.lead.${state}`)} />
      <div className="filters">
        <Segmented<State>
          value={state}
          aria-label={t('col.state')}
          onChange={(next) => go(firstPage(search, { state: next }))}
          options={states.map((one) => ({
            value: one,
            label:
              counts === undefined
                ? t(`jobs.state.${one}`)
                : `${t(`jobs.state.${one}`)} ${formatCount(counts[one])}`,
          }))}
        />
      </div>
      <RowList
        label={t('nav.jobs')}
        columns={useColumns(state)}
        query={query}
        empty={{ title: t(`jobs.empty.${state}`), text: t(`jobs.emptyText.${state}`) }}
      />
    </>
  );
}

function stateOf(search: ListSearch): State {
  return states.find((one) => one === search.state) ?? 'dead';
}

function useColumns(state: State): Column<JobItem>[] {
  const t = useT();
  const name: Column<JobItem> = {
    key: 'name',
    title: t('col.job'),
    width: state === 'dead' ? 240 : 320,
    onCard: 'head',
    render: (row) => (
      <>
        <span className="cell-title">{jobWord(t, row.name)}</span>
        <small className="cell-detail cell-code">{row.name}</small>
      </>
    ),
  };
  const attempt: Column<JobItem> = {
    key: 'attempt',
    title: t('col.attempt'),
    width: 90,
    render: (row) => formatCount(row.attempt),
  };
  const error: Column<JobItem> = {
    key: 'error',
    title: t(state === 'dead' ? 'col.error' : 'col.lastError'),
    render: (row) => <ErrorCell job={row} />,
  };
  const time: Column<JobItem> = {
    key: 'time',
    title: t(`jobs.time.${state}`),
    width: 140,
    render: (row) => <Moment at={row.runAt} />,
  };
  const progress: Column<JobItem> = {
    key: 'progress',
    title: t('col.progress'),
    width: 220,
    render: (row) => <ProgressCell job={row} />,
  };
  const action: Column<JobItem> = {
    key: 'action',
    title: t('col.action'),
    width: 104,
    onCard: 'foot',
    render: (row) => <RetryButton job={row} />,
  };
  switch (state) {
    case 'dead':
      return [name, error, attempt, time, action];
    case 'running':
      return [name, progress, attempt, time];
    case 'queued':
      return [name, error, attempt, time];
    case 'done':
      return [name, attempt, time];
  }
}

function ErrorCell({ job }: { job: JobItem }): ReactElement {
  const t = useT();
  const sentence = jobError(t, job.errorCode);
  if (sentence === null && job.error === null && job.errorCode === null) return <>—</>;
  return (
    <>
      <span>{sentence ?? job.error ?? job.errorCode}</span>
      {job.errorCode !== null && (
        <small className="cell-detail cell-code">
          {sentence === null || job.error === null ? job.errorCode : `${job.errorCode} · ${job.error}`}
        </small>
      )}
    </>
  );
}

function ProgressCell({ job }: { job: JobItem }): ReactElement {
  const t = useT();
  const { progressDone: done, progressTotal: total } = job;
  if (done === null || total === null || total === 0) return <>—</>;
  return (
    <Progress
      percent={Math.floor((done / total) * 100)}
      size="small"
      status="active"
      aria-label={t('col.progress')}
      format={() => `${formatCount(done)} / ${formatCount(total)}`}
    />
  );
}

function RetryButton({ job }: { job: JobItem }): ReactElement {
  const t = useT();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const retry = useMutation({
    mutationFn: () => consoleApi.retryJob(job.id),
    onSuccess: () => void message.success(t('jobs.retried', { job: jobWord(t, job.name) })),
    onError: (error) => void message.error(sentenceOf(error), 8),
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ['jobs'] });
      void cache.invalidateQueries({ queryKey: overviewKey });
    },
  });
  return (
    <Button
      size="small"
      icon={<RotateCcw size={14} aria-hidden />}
      loading={retry.isPending}
      onClick={() => retry.mutate()}
    >
      {t('jobs.retry')}
    </Button>
  );
}
