// The policies as one editable list. Nothing is sent before "save": then the list replaces the one before.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { CompressionPolicy } from '@yunying/api';
import { sentenceOf, type Translate, useT } from '@yunying/ui';
import { Alert, App, Button, Input, InputNumber, Select, Switch, Table, type TableColumnsType } from 'antd';
import { ArrowUp, Plus, Trash2 } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { compressionKey } from './compression-figures.ts';
import { consoleApi } from './console-api.ts';

type Columns = TableColumnsType<Draft>;
type Draft = CompressionPolicy & { key: number };
const actions = ['keep', 'replace', 'preview'] as const;
const usualRatio = 10;
let nextKey = 0;

const draftOf = (policy: CompressionPolicy): Draft => {
  nextKey += 1;
  return { ...policy, key: nextKey };
};

export function CompressionPolicies({ policies }: { policies: readonly CompressionPolicy[] }): ReactElement {
  const t = useT();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [drafts, setDrafts] = useState<Draft[] | null>(null);
  const [shown] = useState(() => policies.map(draftOf));
  const rows = drafts ?? shown;
  const save = useMutation({
    mutationFn: () => consoleApi.saveCompression(rows.map(({ key: _, ...policy }) => policy)),
    onSuccess: () => {
      void message.success(t('compression.policiesSaved'));
      void cache.invalidateQueries({ queryKey: compressionKey });
    },
  });
  const change = (next: Draft) => setDrafts(rows.map((row) => (row.key === next.key ? next : row)));
  const add = () => {
    const policy = { name: '', leastAgeDays: 365, action: 'keep', enabled: true } as const;
    setDrafts([...rows, draftOf(policy)]);
  };
  const up = (index: number) => {
    const [one] = rows.slice(index, index + 1);
    const rest = rows.filter((_, at) => at !== index);
    if (one !== undefined) setDrafts([...rest.slice(0, index - 1), one, ...rest.slice(index - 1)]);
  };
  const incomplete = rows.some((row) => row.name.trim() === '');
  const replaces = rows.some((row) => row.enabled && row.action === 'replace');
  return (
    <section className="compression" aria-label={t('compression.policies')}>
      <h2>{t('compression.policies')}</h2>
      <p className="compression-note">{t('compression.policiesText')}</p>
      <PolicyTable
        rows={rows}
        onChange={change}
        onUp={up}
        onRemove={(key) => setDrafts(rows.filter((row) => row.key !== key))}
      />
      {drafts !== null && replaces && <Alert type="info" showIcon title={t('compression.replaceNote')} />}
      {save.error !== null && <Alert type="error" showIcon role="alert" title={sentenceOf(save.error)} />}
      <div className="actions">
        <Button icon={<Plus size={16} aria-hidden />} onClick={add}>
          {t('compression.addPolicy')}
        </Button>
        <Button
          type="primary"
          disabled={drafts === null || incomplete}
          loading={save.isPending}
          onClick={() => save.mutate()}
        >
          {t('form.save')}
        </Button>
      </div>
    </section>
  );
}

type TableProps = {
  rows: Draft[];
  onChange(next: Draft): void;
  onUp(index: number): void;
  onRemove(key: number): void;
};

function PolicyTable(props: TableProps): ReactElement {
  const t = useT();
  return (
    <Table<Draft>
      size="middle"
      aria-label={t('compression.policies')}
      rowKey="key"
      dataSource={props.rows}
      pagination={false}
      scroll={{ x: 900 }}
      locale={{ emptyText: t('compression.noPolicies') }}
      columns={[...conditionColumns(t, props), ...actionColumns(t, props)]}
    />
  );
}

function conditionColumns(t: Translate, { onChange }: TableProps): Columns {
  return [
    {
      title: t('compression.name'),
      render: (_, row) => (
        <Input
          value={row.name}
          maxLength={100}
          aria-label={t('compression.name')}
          status={row.name.trim() === '' ? 'error' : ''}
          onChange={(event) => onChange({ ...row, name: event.target.value })}
        />
      ),
    },
    {
      title: t('compression.modality'),
      width: 120,
      render: (_, row) => (
        <Input
          value={row.modality ?? ''}
          maxLength={16}
          placeholder={t('compression.every')}
          aria-label={t('compression.modality')}
          onChange={(event) => onChange(withModality(row, event.target.value))}
        />
      ),
    },
    {
      title: t('compression.age'),
      width: 130,
      render: (_, row) => (
        <InputNumber
          value={row.leastAgeDays}
          min={0}
          max={36_500}
          precision={0}
          aria-label={t('compression.age')}
          onChange={(value) => onChange({ ...row, leastAgeDays: value ?? 0 })}
        />
      ),
    },
  ];
}

function actionColumns(t: Translate, props: TableProps): Columns {
  const { onChange } = props;
  return [
    {
      title: t('compression.action'),
      width: 240,
      render: (_, row) => (
        <Select
          value={row.action}
          aria-label={t('compression.action')}
          options={actions.map((value) => ({ value, label: t(`compression.action.${value}`) }))}
          onChange={(action) => onChange(withAction(row, action))}
          style={{ width: '100%' }}
        />
      ),
    },
    {
      title: t('compression.ratio'),
      width: 110,
      render: (_, row) =>
        row.action === 'preview' ? (
          <InputNumber
            value={row.ratio ?? usualRatio}
            min={2}
            max={100}
            precision={0}
            aria-label={t('compression.ratio')}
            onChange={(value) => onChange({ ...row, ratio: value ?? usualRatio })}
          />
        ) : (
          '—'
        ),
    },
    {
      title: t('compression.enabled'),
      width: 80,
      render: (_, row) => (
        <Switch
          checked={row.enabled}
          aria-label={t('compression.enabled')}
          onChange={(enabled) => onChange({ ...row, enabled })}
        />
      ),
    },
    {
      title: t('col.action'),
      width: 110,
      render: (_, row, index) => (
        <>
          <Button
            type="text"
            disabled={index === 0}
            icon={<ArrowUp size={16} aria-hidden />}
            aria-label={t('compression.up')}
            onClick={() => props.onUp(index)}
          />
          <Button
            type="text"
            icon={<Trash2 size={16} aria-hidden />}
            aria-label={t('compression.remove')}
            onClick={() => props.onRemove(row.key)}
          />
        </>
      ),
    },
  ];
}

/** An empty field means every modality; the others are code words in capitals. */
function withModality({ modality: _, ...row }: Draft, text: string): Draft {
  const word = text.toUpperCase().replace(/[^A-Z0-9_]/g, '');
  return word === '' ? row : { ...row, modality: word };
}

function withAction({ ratio, ...row }: Draft, action: Draft['action']): Draft {
  return action === 'preview' ? { ...row, action, ratio: ratio ?? usualRatio } : { ...row, action };
}
