// Hanging protocols: the hospital's list in its order, what each one is for and how it lies, and earlier lists to go
// back to. Nothing is sent before "save"; a saved list becomes a new version.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { HangingOverview, HangingPane, HangingProtocol } from '@yunying/api';
import { Problem, Skeleton, SkeletonGroup, sentenceOf, type Translate, useT } from '@yunying/ui';
import { Alert, App, Button, Input, Select, Switch, Table } from 'antd';
import { ArrowUp, Trash2 } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { consoleApi } from './console-api.ts';
import { PageHead } from './page-head.tsx';

const hangingKey = ['hanging'] as const;
type Draft = HangingProtocol & { key: number };

export function HangingPage(): ReactElement {
  const t = useT();
  const query = useQuery({ queryKey: hangingKey, queryFn: ({ signal }) => consoleApi.hanging(signal) });
  return (
    <>
      <PageHead title={t('nav.hanging')} text={t('hanging.lead')} />
      {query.data === undefined ? (
        query.error === null ? (
          <SkeletonGroup>
            <Skeleton height={220} />
          </SkeletonGroup>
        ) : (
          <Problem error={query.error} onRetry={() => void query.refetch()} />
        )
      ) : (
        <Editor key={query.data.version} overview={query.data} />
      )}
    </>
  );
}

const draftsOf = (protocols: readonly HangingProtocol[]): Draft[] =>
  protocols.map((one, key) => ({ ...one, key }));

function Editor({ overview }: { overview: HangingOverview }): ReactElement {
  const t = useT();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [rows, setRows] = useState(() => draftsOf(overview.protocols));
  const [isChanged, setChanged] = useState(false);
  const put = (next: Draft[]) => {
    setRows(next);
    setChanged(true);
  };
  const save = useMutation({
    mutationFn: () =>
      consoleApi.saveHanging(
        overview.version,
        rows.map(({ key: _, ...protocol }) => protocol),
      ),
    onSuccess: (saved) => {
      void message.success(t('hanging.saved'));
      cache.setQueryData(hangingKey, saved);
    },
  });
  const fetchOld = useMutation({
    mutationFn: (version: number) => consoleApi.hangingVersion(version),
    onSuccess: (protocols) => put(draftsOf(protocols)),
    onError: (error) => void message.error(sentenceOf(error), 8),
  });
  const isIncomplete = rows.some((row) => row.name.trim() === '');
  return (
    <section className="rows compression" aria-label={t('nav.hanging')}>
      <HangingTable rows={rows} onChange={put} />
      {save.error !== null && <Alert type="error" showIcon role="alert" title={sentenceOf(save.error)} />}
      <div className="actions">
        <Select<number>
          placeholder={t('hanging.history')}
          aria-label={t('hanging.history')}
          style={{ minWidth: 260 }}
          value={null}
          onChange={(version) => fetchOld.mutate(version)}
          options={[
            ...overview.history.map(({ version, savedAt, savedBy }) => ({
              value: version,
              label: `${version} · ${savedAt.slice(0, 10)} · ${savedBy ?? ''}`,
            })),
            { value: 0, label: t('hanging.product') },
          ]}
        />
        <Button
          type="primary"
          disabled={!isChanged || isIncomplete}
          loading={save.isPending}
          onClick={() => save.mutate()}
        >
          {t('form.save')}
        </Button>
      </div>
    </section>
  );
}

function HangingTable(props: { rows: Draft[]; onChange(rows: Draft[]): void }): ReactElement {
  const t = useT();
  const { rows, onChange } = props;
  const change = (next: Draft) => onChange(rows.map((row) => (row.key === next.key ? next : row)));
  const up = (at: number) => {
    const [before, moved] = rows.slice(at - 1, at + 1);
    if (before !== undefined && moved !== undefined)
      onChange([...rows.slice(0, at - 1), moved, before, ...rows.slice(at + 1)]);
  };
  return (
    <Table<Draft>
      size="middle"
      aria-label={t('nav.hanging')}
      rowKey="key"
      dataSource={rows}
      pagination={false}
      scroll={{ x: 900 }}
      columns={[
        {
          title: t('hanging.name'),
          render: (_, row) => (
            <Input
              value={row.name}
              maxLength={100}
              aria-label={t('hanging.name')}
              status={row.name.trim() === '' ? 'error' : ''}
              onChange={(event) => change({ ...row, name: event.target.value })}
            />
          ),
        },
        { title: t('hanging.match'), width: 220, render: (_, row) => matchText(row) },
        { title: t('hanging.layout'), width: 240, render: (_, row) => <Preview protocol={row} /> },
        {
          title: t('hanging.enabled'),
          width: 80,
          render: (_, row) => (
            <Switch
              checked={row.enabled}
              aria-label={`${t('hanging.enabled')} ${row.name}`}
              onChange={(enabled) => change({ ...row, enabled })}
            />
          ),
        },
        {
          title: t('col.action'),
          width: 110,
          render: (_, row, at) => (
            <>
              <Button
                type="text"
                disabled={at === 0}
                icon={<ArrowUp size={16} aria-hidden />}
                aria-label={`${t('hanging.up')} ${row.name}`}
                onClick={() => up(at)}
              />
              <Button
                type="text"
                icon={<Trash2 size={16} aria-hidden />}
                aria-label={`${t('hanging.remove')} ${row.name}`}
                onClick={() => onChange(rows.filter(({ key }) => key !== row.key))}
              />
            </>
          ),
        },
      ]}
    />
  );
}

function matchText({ match }: HangingProtocol): string {
  const { modalities, bodyParts = [], description = [], leastSeries } = match;
  const least = leastSeries === undefined || leastSeries < 2 ? [] : [`≥ ${leastSeries}`];
  return [modalities.join(' + '), ...bodyParts, ...description, ...least].join(' · ');
}

/** The viewports as they will lie, each with what goes into it. */
function Preview({ protocol }: { protocol: HangingProtocol }): ReactElement {
  const t = useT();
  const cells = Array.from({ length: protocol.rows * protocol.columns }, (_, at) => ({
    at,
    pane: protocol.panes[at],
  }));
  return (
    <div
      className="hanging-preview"
      style={{ gridTemplateColumns: `repeat(${protocol.columns}, minmax(0, 1fr))` }}
    >
      {cells.map(({ at, pane }) => (
        <span key={at}>{pane === undefined ? '' : paneText(pane, t)}</span>
      ))}
    </div>
  );
}

function paneText({ modality, laterality, views, plane, region }: HangingPane, t: Translate): string {
  const shown = plane === undefined ? undefined : t(`hanging.plane.${plane}`);
  const parts = [laterality, views?.[0] ?? shown ?? region?.[0] ?? modality];
  return parts.filter((part) => part !== undefined).join(' ');
}
