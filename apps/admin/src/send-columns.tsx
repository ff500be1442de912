// One send of a study to a node: its state and how far it has come, and what can be done with it: try again, take back.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RoutingSend } from '@yunying/api';
import { sentenceOf, useT } from '@yunying/ui';
import { App, Button, Popconfirm, Progress, Tag } from 'antd';
import type { ReactElement } from 'react';
import { consoleApi } from './console-api.ts';
import { formatCount } from './measure.ts';
import { Moment } from './moment.tsx';
import { sendsKey, stateColours } from './routing-keys.ts';
import type { Column } from './row-list.tsx';
import { ScreenLink } from './screen-link.tsx';

export function useSendColumns(): Column<RoutingSend>[] {
  const t = useT();
  return [
    {
      key: 'study',
      title: t('routing.study'),
      onCard: 'head',
      render: (row) => (
        <ScreenLink to="/corrections" search={{ study: row.studyInstanceUid }}>
          <span className="cell-code">{row.studyInstanceUid}</span>
        </ScreenLink>
      ),
    },
    {
      key: 'node',
      title: t('routing.node'),
      width: 140,
      render: (row) => <span className="cell-code">{row.nodeName}</span>,
    },
    { key: 'state', title: t('col.state'), width: 170, render: (row) => <SendState send={row} /> },
    { key: 'error', title: t('col.lastError'), render: (row) => <SendError error={row.lastError} /> },
    { key: 'origin', title: t('routing.origin'), width: 80, render: (row) => t(`routing.by.${row.origin}`) },
    {
      key: 'time',
      title: t('routing.time'),
      width: 130,
      render: (row) => <Moment at={row.finishedAt ?? row.createdAt} />,
    },
    {
      key: 'action',
      title: t('col.action'),
      width: 90,
      onCard: 'foot',
      render: (row) => <SendAction send={row} />,
    },
  ];
}

/** In a word, and while there is anything to wait for in numbers. */
export function SendState({ send }: { send: RoutingSend }): ReactElement {
  const t = useT();
  const { sentCount, instanceCount } = send;
  const isOpen = send.state === 'waiting' || send.state === 'sending';
  return (
    <>
      <span className="send-state">
        <Tag color={stateColours[send.state]}>
          {t(send.cancelling ? 'routing.state.cancelling' : `routing.state.${send.state}`)}
        </Tag>
        <small className="cell-code">
          {formatCount(sentCount)} / {instanceCount === null ? '—' : formatCount(instanceCount)}
        </small>
      </span>
      {isOpen && instanceCount !== null && instanceCount > 0 && (
        <Progress
          aria-label={t('col.progress')}
          percent={Math.floor((sentCount / instanceCount) * 100)}
          size="small"
        />
      )}
    </>
  );
}

/** What the peer or the network said, in the words of people; as it was said on hover. */
export function SendError({ error }: { error: string | null }): ReactElement {
  const t = useT();
  if (error === null) return <>—</>;
  const kind = /cannot connect|ECONN|ETIMEDOUT|EHOST|ENOTFOUND/.test(error)
    ? 'unreachable'
    : /reject/i.test(error)
      ? 'rejected'
      : /association ended|abort|reset/i.test(error)
        ? 'ended'
        : null;
  const status = /^(0x[0-9a-f]{4})/i.exec(error)?.[1];
  const words =
    kind !== null
      ? t(`routing.error.${kind}`)
      : status !== undefined
        ? t('routing.error.status', { status })
        : error;
  return <span title={error}>{words}</span>;
}

export function SendAction({ send }: { send: RoutingSend }): ReactElement | null {
  const t = useT();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const isOpen = send.state === 'waiting' || send.state === 'sending';
  const change = useMutation({
    mutationFn: () => (isOpen ? consoleApi.cancelRoutingSend(send.id) : consoleApi.retryRoutingSend(send.id)),
    onError: (error) => void message.error(sentenceOf(error), 8),
    onSettled: () => cache.invalidateQueries({ queryKey: sendsKey }),
  });
  if (send.state === 'sent') return null;
  if (!isOpen)
    return (
      <Button size="small" loading={change.isPending} onClick={() => change.mutate()}>
        {t('routing.retry')}
      </Button>
    );
  return (
    <Popconfirm
      title={t('routing.cancelTitle')}
      description={<p className="confirm-text">{t('routing.cancelText')}</p>}
      okText={t('routing.cancelSend')}
      onConfirm={() => change.mutate()}
    >
      <Button size="small" loading={change.isPending} disabled={send.cancelling}>
        {t('routing.cancelSend')}
      </Button>
    </Popconfirm>
  );
}
