// Received HL7 messages by what became of them. Those that failed or could not be read come first: a person reads why,
// tells the sender or removes the cause, and has them applied again. No patient stands in the list.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { MessageItem, MessageState } from '@yunying/api';
import { useT } from '@yunying/ui';
import { Button, Drawer, Segmented } from 'antd';
import type { ReactElement } from 'react';
import { useRefresh } from './attended.ts';
import { consoleApi } from './console-api.ts';
import { firstPage, type ListSearch } from './list-search.ts';
import { MessageActions } from './message-actions.tsx';
import { MessageFacts } from './message-facts.tsx';
import { messageReason, messageSender, messagesKey, messageType } from './messages.ts';
import { Moment } from './moment.tsx';
import { useNarrow } from './narrow.ts';
import { PageHead } from './page-head.tsx';
import { type Column, RowList } from './row-list.tsx';
import { useList } from './use-list.ts';

const states: readonly MessageState[] = ['failed', 'refused', 'ignored', 'applied'];

export function MessagesPage(): ReactElement {
  const t = useT();
  const { search, paging, go } = useList();
  const narrow = useNarrow('drawer');
  const state = stateOf(search);
  const refetchInterval = useRefresh(20_000);
  const query = useQuery({
    queryKey: [messagesKey, state, paging.cursor, paging.limit],
    queryFn: ({ signal }) => consoleApi.messages(state, paging, signal),
    // Rows of another state never stand under this one's name, so only a change of page keeps the old rows.
    placeholderData: (previous, previousQuery) =>
      previousQuery?.queryKey[1] === state ? keepPreviousData(previous) : undefined,
    refetchInterval,
  });
  const open = (row: MessageItem) => go({ ...search, item: row.id }, { replace: true });
  const close = () => {
    const { item: _, ...rest } = search;
    go(rest, { replace: true });
  };
  const opened = query.data?.items.find((row) => row.id === search.item);
  return (
    <>
      <PageHead title={t('nav.messages')} text={t(`messages.lead.${state}`)} />
      <div className="filters">
        <Segmented<MessageState>
          value={state}
          aria-label={t('col.state')}
          onChange={(next) => go(firstPage(search, { state: next }))}
          options={states.map((one) => ({ value: one, label: t(`messages.state.${one}`) }))}
        />
      </div>
      <RowList
        label={t('nav.messages')}
        columns={useColumns(state, open)}
        query={query}
        onOpen={open}
        empty={{ title: t(`messages.empty.${state}`), text: t(`messages.emptyText.${state}`) }}
      />
      <Drawer
        open={opened !== undefined}
        onClose={close}
        title={t('messages.one')}
        size={narrow ? '100%' : 640}
        footer={opened === undefined ? null : <MessageActions item={opened} onApplied={close} />}
      >
        {opened !== undefined && <MessageFacts key={opened.id} item={opened} />}
      </Drawer>
    </>
  );
}

function stateOf(search: ListSearch): MessageState {
  return states.find((one) => one === search.state) ?? 'failed';
}

function useColumns(state: MessageState, open: (row: MessageItem) => void): Column<MessageItem>[] {
  const t = useT();
  const isApplied = state === 'applied';
  const title = (row: MessageItem): { words: string; detail: string | null } =>
    isApplied ? { words: messageType(t, row), detail: null } : messageReason(t, row);
  const head: Column<MessageItem> = {
    key: 'head',
    title: t(isApplied ? 'col.message' : 'col.reason'),
    onCard: 'head',
    render: (row) => {
      const { words, detail } = title(row);
      return (
        <>
          <button type="button" className="cell-open" onClick={() => open(row)}>
            {words}
          </button>
          {detail !== null && <small className="cell-detail">{detail}</small>}
        </>
      );
    },
  };
  const type: Column<MessageItem> = {
    key: 'type',
    title: t('col.message'),
    width: 110,
    render: (row) => <span className="cell-code">{messageType(t, row)}</span>,
  };
  return [
    head,
    ...(isApplied ? [] : [type]),
    {
      key: 'sender',
      title: t('col.sender'),
      width: 200,
      render: (row) => <span className="cell-code">{messageSender(row)}</span>,
    },
    {
      key: 'control',
      title: t('col.controlId'),
      width: 170,
      render: (row) => <span className="cell-code">{row.controlId ?? '—'}</span>,
    },
    { key: 'time', title: t('col.received'), width: 140, render: (row) => <Moment at={row.receivedAt} /> },
    {
      key: 'open',
      title: t('col.action'),
      width: 90,
      onCard: 'foot',
      render: (row) => (
        <Button size="small" onClick={() => open(row)}>
          {t('messages.open')}
        </Button>
      ),
    },
  ];
}
