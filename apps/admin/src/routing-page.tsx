// Routing: rules that send studies on, what was sent and to where, pulls from other archives, and who is told that a
// study is available. Four lists under one name; which one is part of the address.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useT } from '@yunying/ui';
import { Button, Segmented } from 'antd';
import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { useRefresh } from './attended.ts';
import { AvailabilityForm, AvailabilityRules } from './availability-view.tsx';
import { consoleApi } from './console-api.ts';
import { firstPage, type ListSearch } from './list-search.ts';
import { PageHead } from './page-head.tsx';
import { PullForm } from './pull-form.tsx';
import { usePullColumns, useRuleColumns } from './routing-columns.tsx';
import { pageOfRules, pullsKey, rulesKey, sendsKey } from './routing-keys.ts';
import { RowList } from './row-list.tsx';
import { RuleForm } from './rule-form.tsx';
import { useSendColumns } from './send-columns.tsx';
import { useList } from './use-list.ts';

const views = ['rules', 'sends', 'pulls', 'notices'] as const;
type View = (typeof views)[number];

export function RoutingPage(): ReactElement {
  const t = useT();
  const { search, go } = useList();
  const view = viewOf(search);
  const { item: _, ...closed } = search;
  const close = () => go(closed, { replace: true });
  return (
    <>
      <PageHead title={t('nav.routing')} text={t(`routing.lead.${view}`)}>
        {view !== 'sends' && (
          <Button
            type="primary"
            icon={<Plus size={16} aria-hidden />}
            onClick={() => go({ ...firstPage(search), item: 'new' }, { replace: true })}
          >
            {t(`routing.add.${view}`)}
          </Button>
        )}
      </PageHead>
      <div className="filters">
        <Segmented<View>
          value={view}
          aria-label={t('nav.routing')}
          onChange={(next) => go(firstPage({}, { state: next }))}
          options={views.map((one) => ({ value: one, label: t(`routing.view.${one}`) }))}
        />
      </div>
      {view === 'rules' && <Rules />}
      {view === 'sends' && <Sends />}
      {view === 'pulls' && <Pulls />}
      {view === 'notices' && <AvailabilityRules />}
      <RuleForm item={view === 'rules' ? (search.item ?? null) : null} onClose={close} />
      <AvailabilityForm item={view === 'notices' ? (search.item ?? null) : null} onClose={close} />
      <PullForm open={view === 'pulls' && search.item === 'new'} onClose={close} />
    </>
  );
}

function viewOf(search: ListSearch): View {
  return views.find((one) => one === search.state) ?? 'rules';
}

function Rules(): ReactElement {
  const t = useT();
  const { search, paging, go } = useList();
  const query = useQuery({
    queryKey: rulesKey,
    queryFn: ({ signal }) => consoleApi.routingRules(signal),
    select: (rules) => pageOfRules(rules, paging),
  });
  return (
    <RowList
      label={t('routing.view.rules')}
      columns={useRuleColumns((id) => go({ ...search, item: id }, { replace: true }))}
      query={query}
      empty={{ title: t('routing.empty.rules'), text: t('routing.emptyText.rules') }}
    />
  );
}

function Sends(): ReactElement {
  const t = useT();
  const { paging } = useList();
  const refetchInterval = useRefresh(5_000);
  const query = useQuery({
    queryKey: [...sendsKey, paging.cursor, paging.limit],
    queryFn: ({ signal }) => consoleApi.routingSends(paging, signal),
    placeholderData: keepPreviousData,
    refetchInterval,
  });
  return (
    <RowList
      label={t('routing.view.sends')}
      columns={useSendColumns()}
      query={query}
      empty={{ title: t('routing.empty.sends'), text: t('routing.emptyText.sends') }}
    />
  );
}

function Pulls(): ReactElement {
  const t = useT();
  const { paging } = useList();
  const refetchInterval = useRefresh(3_000);
  const query = useQuery({
    queryKey: [...pullsKey, paging.cursor, paging.limit],
    queryFn: ({ signal }) => consoleApi.routingPulls(paging, signal),
    placeholderData: keepPreviousData,
    refetchInterval,
  });
  return (
    <RowList
      label={t('routing.view.pulls')}
      columns={usePullColumns()}
      query={query}
      empty={{ title: t('routing.empty.pulls'), text: t('routing.emptyText.pulls') }}
    />
  );
}
