// Columns of the routing rules and pulls, and what can be done with a row (sends: send-columns.tsx).
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RoutingPull, RoutingRule } from '@yunying/api';
import { sentenceOf, useT } from '@yunying/ui';
import { App, Button, Popconfirm, Progress, Tag } from 'antd';
import type { ReactElement } from 'react';
import { consoleApi } from './console-api.ts';
import { formatCount } from './measure.ts';
import { Moment } from './moment.tsx';
import { conditionsOf, pullsKey, rulesKey, stateColours } from './routing-keys.ts';
import type { Column } from './row-list.tsx';

export function useRuleColumns(onEdit: (id: string) => void): Column<RoutingRule>[] {
  const t = useT();
  return [
    {
      key: 'name',
      title: t('routing.rule'),
      onCard: 'head',
      render: (row) => (
        <span className="cell-title">
          {row.name} {!row.enabled && <Tag>{t('routing.off')}</Tag>}
        </span>
      ),
    },
    { key: 'conditions', title: t('routing.conditions'), render: (row) => conditionsOf(row, t) },
    {
      key: 'node',
      title: t('routing.node'),
      width: 170,
      render: (row) => <span className="cell-code">{row.nodeName}</span>,
    },
    { key: 'priority', title: t('routing.priority'), width: 90, render: (row) => row.priority },
    {
      key: 'action',
      title: t('col.action'),
      width: 150,
      onCard: 'foot',
      render: (row) => <RuleActions rule={row} onEdit={onEdit} />,
    },
  ];
}

function RuleActions({ rule, onEdit }: { rule: RoutingRule; onEdit: (id: string) => void }): ReactElement {
  const t = useT();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () => consoleApi.removeRoutingRule(rule.id),
    onError: (error) => void message.error(sentenceOf(error), 8),
    onSettled: () => cache.invalidateQueries({ queryKey: rulesKey }),
  });
  return (
    <div className="actions">
      <Button size="small" onClick={() => onEdit(rule.id)}>
        {t('routing.edit')}
      </Button>
      <Popconfirm
        title={t('routing.removeTitle', { name: rule.name })}
        description={<p className="confirm-text">{t('routing.removeText')}</p>}
        okText={t('routing.remove')}
        okButtonProps={{ danger: true }}
        onConfirm={() => remove.mutate()}
      >
        <Button size="small" danger loading={remove.isPending}>
          {t('routing.remove')}
        </Button>
      </Popconfirm>
    </div>
  );
}

export function usePullColumns(): Column<RoutingPull>[] {
  const t = useT();
  return [
    {
      key: 'node',
      title: t('routing.peer'),
      width: 150,
      onCard: 'head',
      render: (row) => <span className="cell-code cell-title">{row.nodeName}</span>,
    },
    {
      key: 'what',
      title: t('routing.range'),
      width: 200,
      render: (row) => (row.byPatient ? t('routing.onePatient') : `${dayOf(row.from)} – ${dayOf(row.to)}`),
    },
    {
      key: 'state',
      title: t('col.state'),
      width: 110,
      render: (row) => (
        <Tag color={stateColours[row.state]}>
          {t(row.stopping ? 'routing.state.stopping' : `routing.state.${row.state}`)}
        </Tag>
      ),
    },
    {
      key: 'progress',
      title: t('col.progress'),
      render: (row) => <PullProgress pull={row} />,
    },
    { key: 'error', title: t('col.lastError'), width: 180, render: (row) => row.lastError ?? '—' },
    { key: 'time', title: t('routing.asked'), width: 140, render: (row) => <Moment at={row.createdAt} /> },
    {
      key: 'action',
      title: t('col.action'),
      width: 100,
      onCard: 'foot',
      render: (row) => <PullAction pull={row} />,
    },
  ];
}

function PullProgress({ pull }: { pull: RoutingPull }): ReactElement {
  const t = useT();
  const done = pull.studiesComplete + pull.studiesFailed;
  const percent = pull.studiesFound === 0 ? 0 : Math.floor((done / pull.studiesFound) * 100);
  return (
    <>
      <Progress percent={percent} size="small" />
      <small className="cell-detail">
        {t('routing.pullCounts', {
          complete: formatCount(pull.studiesComplete),
          found: formatCount(pull.studiesFound),
          failed: formatCount(pull.studiesFailed),
          fetched: formatCount(pull.instancesFetched),
        })}
        {pull.nextDate !== null &&
          pull.state !== 'done' &&
          ` ${t('routing.upTo', { day: dayOf(pull.nextDate) })}`}
      </small>
    </>
  );
}

function PullAction({ pull }: { pull: RoutingPull }): ReactElement | null {
  const t = useT();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const isOpen = pull.state === 'waiting' || pull.state === 'running';
  const change = useMutation({
    mutationFn: () => consoleApi.changeRoutingPull(pull.id, isOpen ? 'stop' : 'resume'),
    onError: (error) => void message.error(sentenceOf(error), 8),
    onSettled: () => cache.invalidateQueries({ queryKey: pullsKey }),
  });
  if (pull.state === 'done') return null;
  return (
    <Button size="small" loading={change.isPending} disabled={pull.stopping} onClick={() => change.mutate()}>
      {t(isOpen ? 'routing.stop' : 'routing.resume')}
    </Button>
  );
}

function dayOf(day: string | null): string {
  return day === null ? '—' : `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
}
