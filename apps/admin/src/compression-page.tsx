// Compression: what it saved by modality, what was refused and why, and the policies that decide. The policies are a
// short list that is saved as a whole, because their order counts.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CompressionOverview } from '@yunying/api';
import { Problem, Skeleton, SkeletonGroup, sentenceOf, useT } from '@yunying/ui';
import { App, Button, Popconfirm, Table } from 'antd';
import { Play } from 'lucide-react';
import type { ReactElement } from 'react';
import { useRefresh } from './attended.ts';
import { compressionKey, refusalRows, type SavingRow, savingRows } from './compression-figures.ts';
import { CompressionLossyNodes } from './compression-lossy-nodes.tsx';
import { CompressionPolicies } from './compression-policies.tsx';
import { CompressionRollBack } from './compression-roll-back.tsx';
import { consoleApi } from './console-api.ts';
import { formatCount, formatSize } from './measure.ts';
import { Moment } from './moment.tsx';
import { PageHead } from './page-head.tsx';

export function CompressionPage(): ReactElement {
  const t = useT();
  const query = useQuery({
    queryKey: compressionKey,
    queryFn: ({ signal }) => consoleApi.compression(signal),
    refetchInterval: useRefresh(15_000),
  });
  return (
    <>
      <PageHead title={t('nav.compression')} text={t('compression.lead')}>
        <RunButton />
      </PageHead>
      {query.data === undefined ? (
        query.error === null ? (
          <SkeletonGroup>
            <Skeleton height={220} />
          </SkeletonGroup>
        ) : (
          <Problem error={query.error} onRetry={() => void query.refetch()} />
        )
      ) : (
        <Overview overview={query.data} />
      )}
    </>
  );
}

function Overview({ overview }: { overview: CompressionOverview }): ReactElement {
  const t = useT();
  const refusals = refusalRows(overview.figures);
  return (
    <div className="rows compression">
      <LastRun run={overview.run} />
      <Table<SavingRow>
        size="middle"
        aria-label={t('compression.savings')}
        rowKey="key"
        dataSource={savingRows(overview.figures)}
        pagination={false}
        scroll={{ x: 640 }}
        locale={{ emptyText: t('compression.nothing') }}
        columns={[
          { title: t('compression.modality'), dataIndex: 'modality' },
          { title: t('compression.kind'), render: (_, row) => t(`compression.outcome.${row.outcome}`) },
          { title: t('compression.objects'), align: 'right', render: (_, row) => formatCount(row.objects) },
          { title: t('compression.before'), align: 'right', render: (_, row) => formatSize(row.bytesBefore) },
          { title: t('compression.after'), align: 'right', render: (_, row) => formatSize(row.bytesAfter) },
          {
            title: t('compression.saved'),
            align: 'right',
            render: (_, row) => (row.savedPercent === null ? '—' : `${row.savedPercent.toFixed(1)}%`),
          },
        ]}
      />
      {refusals.length > 0 && (
        <Table
          size="small"
          aria-label={t('compression.refusals')}
          rowKey="key"
          dataSource={refusals}
          pagination={false}
          columns={[
            { title: t('compression.refusals'), render: (_, row) => t(`compression.reason.${row.reason}`) },
            {
              title: t('compression.objects'),
              align: 'right',
              width: 160,
              render: (_, row) => formatCount(row.objects),
            },
          ]}
        />
      )}
      <CompressionPolicies policies={overview.policies} />
      <CompressionLossyNodes nodes={overview.lossyNodes} />
      <CompressionRollBack />
    </div>
  );
}

function LastRun({ run }: { run: CompressionOverview['run'] }): ReactElement {
  const t = useT();
  if (run === null) return <p className="compression-note">{t('compression.neverRun')}</p>;
  const counts = {
    studies: formatCount(run.studies),
    replaced: formatCount(run.replaced),
    previewed: formatCount(run.previewed),
    refused: formatCount(run.refused),
    failed: formatCount(run.failed),
  };
  return (
    <p className="compression-note">
      {t(`compression.run.${run.state}`)} <Moment at={run.finishedAt ?? run.startedAt} />
      {' · '}
      {t('compression.runCounts', counts)}
    </p>
  );
}

function RunButton(): ReactElement {
  const t = useT();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const run = useMutation({
    mutationFn: () => consoleApi.startCompression(),
    onSuccess: () => {
      void message.success(t('compression.started'));
      void cache.invalidateQueries({ queryKey: compressionKey });
    },
    onError: (error) => void message.error(sentenceOf(error), 8),
  });
  return (
    <Popconfirm
      title={t('compression.startTitle')}
      description={t('compression.startText')}
      okText={t('compression.start')}
      onConfirm={() => run.mutate()}
    >
      <Button icon={<Play size={16} aria-hidden />} loading={run.isPending}>
        {t('compression.start')}
      </Button>
    </Popconfirm>
  );
}
