// Rules that label patients and exams by themselves, and how far the run over everybody is.
import { useQuery } from '@tanstack/react-query';
import type { ProtectionRule, ProtectionRules } from '@yunying/api';
import { type Translate, useT } from '@yunying/ui';
import { App, Button, Progress, Tag } from 'antd';
import { Plus, RotateCcw } from 'lucide-react';
import type { ReactElement } from 'react';
import { useRefresh } from '../attended.ts';
import { formatCount, formatMoment } from '../measure.ts';
import { type Column, RowList } from '../row-list.tsx';
import { useList } from '../use-list.ts';
import { protectedKey, protectionApi } from './protection-api.ts';
import { RuleForm } from './rule-form.tsx';
import { useAct } from './use-act.ts';

function useRules() {
  const refetchInterval = useRefresh(3000);
  return useQuery({
    queryKey: [protectedKey, 'rules'],
    queryFn: ({ signal }) => protectionApi.rules(signal),
    refetchInterval,
  });
}

export function AddRule(): ReactElement {
  const t = useT();
  const { search, go } = useList();
  return (
    <Button
      type="primary"
      icon={<Plus size={16} aria-hidden />}
      onClick={() => go({ ...search, item: 'new' }, { replace: true })}
    >
      {t('protected.addRule')}
    </Button>
  );
}

export function RulesView(): ReactElement {
  const t = useT();
  const { search, go } = useList();
  const query = useRules();
  const page = useQuery({
    queryKey: [protectedKey, 'rules'],
    queryFn: ({ signal }) => protectionApi.rules(signal),
    select: ({ items }: ProtectionRules) => ({ items, nextCursor: null, total: items.length }),
  });
  const { item, ...closed } = search;
  return (
    <>
      <RunLine run={query.data?.run ?? null} />
      <RowList
        label={t('protected.view.rules')}
        columns={useColumns((row) => go({ ...search, item: row.id }, { replace: true }))}
        query={page}
        empty={{ title: t('protected.empty.rules'), text: t('protected.emptyText.rules') }}
      />
      <RuleForm
        item={item ?? null}
        rule={query.data?.items.find((row) => row.id === item) ?? null}
        onClose={() => go(closed, { replace: true })}
      />
    </>
  );
}

function RunLine({ run }: { run: ProtectionRules['run'] }): ReactElement {
  const t = useT();
  const start = useAct(() => protectionApi.run(), 'protected.runStarted');
  const isRunning = run !== null && run.endedAt === null;
  return (
    <div className="filters actions">
      <Button
        icon={<RotateCcw size={16} aria-hidden />}
        loading={start.isPending}
        disabled={isRunning}
        onClick={() => start.mutate(undefined)}
      >
        {t('protected.runNow')}
      </Button>
      {run !== null && (
        <span className="facts-detail" role="status">
          {run.endedAt === null
            ? t('protected.running', { seen: formatCount(run.seen), total: formatCount(run.total) })
            : t('protected.ran', {
                time: formatMoment(run.endedAt),
                total: formatCount(run.total),
                set: formatCount(run.set),
                removed: formatCount(run.removed),
              })}
        </span>
      )}
      {isRunning && (
        <Progress
          style={{ width: 200 }}
          size="small"
          percent={run.total === 0 ? 0 : Math.floor((run.seen / run.total) * 100)}
        />
      )}
    </div>
  );
}

function summaryOf(t: Translate, { condition }: ProtectionRule): string {
  if (condition.kind === 'numbers') return t('protected.summary.numbers', { count: condition.count ?? 0 });
  if (condition.kind === 'under_age') return t('protected.summary.under_age', { years: condition.years });
  return t(`protected.summary.${condition.kind}`, { terms: condition.terms.join(' / ') });
}

function useColumns(onEdit: (row: ProtectionRule) => void): Column<ProtectionRule>[] {
  const t = useT();
  return [
    {
      key: 'name',
      title: t('protected.rule'),
      width: 200,
      onCard: 'head',
      render: (row) => (
        <>
          <button type="button" className="cell-open" onClick={() => onEdit(row)}>
            {row.name}
          </button>{' '}
          {!row.enabled && <Tag>{t('protected.off')}</Tag>}
        </>
      ),
    },
    { key: 'condition', title: t('protected.condition'), render: (row) => summaryOf(t, row) },
    { key: 'tag', title: t('protected.tag'), width: 100, render: (row) => t(`protected.tag.${row.tag}`) },
    {
      key: 'restriction',
      title: t('protected.restriction'),
      width: 170,
      render: (row) =>
        `${t(`protected.restriction.${row.restriction}`)} · ${t('protected.level', { level: row.level })}`,
    },
    {
      key: 'count',
      title: t('protected.labelCount'),
      width: 90,
      render: (row) => formatCount(row.labelCount),
    },
    {
      key: 'action',
      title: t('col.action'),
      width: 90,
      onCard: 'foot',
      render: (row) => <RemoveRule rule={row} />,
    },
  ];
}

function RemoveRule({ rule }: { rule: ProtectionRule }): ReactElement {
  const t = useT();
  const { modal } = App.useApp();
  const remove = useAct(() => protectionApi.removeRule(rule.id), 'protected.ruleRemoved');
  const ask = () =>
    modal.confirm({
      title: t('protected.removeRuleTitle', { name: rule.name }),
      content: t('protected.removeRuleText', { count: formatCount(rule.labelCount) }),
      okText: t('protected.removeRule'),
      cancelText: t('form.cancel'),
      okButtonProps: { danger: true },
      onOk: () => remove.mutateAsync(undefined).catch(() => undefined), // the message says why
    });
  return (
    <Button size="small" danger loading={remove.isPending} onClick={() => void ask()}>
      {t('protected.removeRule')}
    </Button>
  );
}
