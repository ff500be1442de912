// Nodes that may be sent lossy images, and at which ratio: for slow lines and viewers that only need to look. All other
// nodes get every bit. Each change is saved by itself.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { LossyNode } from '@yunying/api';
import { sentenceOf, type Translate, useT } from '@yunying/ui';
import { App, Button, InputNumber, Popconfirm, Select, Table, type TableColumnsType } from 'antd';
import { Plus, Trash2 } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { compressionKey } from './compression-figures.ts';
import { consoleApi } from './console-api.ts';
import { nodesKey } from './nodes.ts';

const usualRatio = 10;
type Rule = { nodeId: string; ratio: number };

export function CompressionLossyNodes({ nodes }: { nodes: readonly LossyNode[] }): ReactElement {
  const t = useT();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const onSuccess = () => cache.invalidateQueries({ queryKey: compressionKey });
  const onError = (error: Error) => void message.error(sentenceOf(error), 8);
  const allow = useMutation({
    mutationFn: ({ nodeId, ratio }: Rule) => consoleApi.allowLossy(nodeId, ratio),
    onSuccess,
    onError,
  });
  const forbid = useMutation({
    mutationFn: (nodeId: string) => consoleApi.forbidLossy(nodeId),
    onSuccess,
    onError,
  });
  return (
    <section className="compression" aria-label={t('compression.lossyNodes')}>
      <h2>{t('compression.lossyNodes')}</h2>
      <p className="compression-note">{t('compression.lossyNodesText')}</p>
      <Table<LossyNode>
        size="middle"
        aria-label={t('compression.lossyNodes')}
        rowKey="nodeId"
        dataSource={[...nodes]}
        pagination={false}
        loading={allow.isPending || forbid.isPending}
        locale={{ emptyText: t('compression.noLossyNodes') }}
        columns={columns(t, allow.mutate, forbid.mutate)}
      />
      <AddNode taken={nodes.map(({ nodeId }) => nodeId)} onAdd={allow.mutate} />
    </section>
  );
}

function columns(
  t: Translate,
  allow: (rule: Rule) => void,
  forbid: (nodeId: string) => void,
): TableColumnsType<LossyNode> {
  return [
    { title: t('compression.node'), dataIndex: 'nodeName' },
    {
      title: t('compression.ratio'),
      width: 130,
      render: (_, { nodeId, ratio }) => (
        <Ratio key={ratio} ratio={ratio} onChange={(next) => allow({ nodeId, ratio: next })} />
      ),
    },
    {
      title: t('col.action'),
      width: 90,
      render: (_, { nodeId, nodeName }) => (
        <Popconfirm
          title={t('compression.forbidTitle', { node: nodeName })}
          okText={t('compression.remove')}
          onConfirm={() => forbid(nodeId)}
        >
          <Button
            type="text"
            danger
            icon={<Trash2 size={16} aria-hidden />}
            aria-label={t('compression.remove')}
          />
        </Popconfirm>
      ),
    },
  ];
}

/** Sent when the field is left, not with each digit. */
function Ratio({ ratio, onChange }: { ratio: number; onChange(next: number): void }): ReactElement {
  const t = useT();
  const [typed, setTyped] = useState<number | null>(ratio);
  const leave = () => {
    if (typed === null) setTyped(ratio);
    else if (typed !== ratio) onChange(typed);
  };
  return (
    <InputNumber
      value={typed}
      min={2}
      max={100}
      precision={0}
      aria-label={t('compression.ratio')}
      onChange={setTyped}
      onBlur={leave}
      onPressEnter={leave}
    />
  );
}

function AddNode({ taken, onAdd }: { taken: string[]; onAdd(rule: Rule): void }): ReactElement {
  const t = useT();
  const [nodeId, setNodeId] = useState<string | null>(null);
  const nodes = useQuery({ queryKey: nodesKey, queryFn: ({ signal }) => consoleApi.nodes(signal) });
  const options = (nodes.data ?? [])
    .filter(({ id, kind, disabledAt }) => kind === 'dicom' && disabledAt === null && !taken.includes(id))
    .map(({ id, name }) => ({ value: id, label: name }));
  const add = () => {
    if (nodeId === null) return;
    onAdd({ nodeId, ratio: usualRatio });
    setNodeId(null);
  };
  return (
    <div className="actions">
      <Select
        value={nodeId}
        options={options}
        loading={nodes.isPending}
        placeholder={t('compression.chooseNode')}
        aria-label={t('compression.chooseNode')}
        notFoundContent={t('compression.noOtherNode')}
        style={{ width: 240 }}
        onChange={setNodeId}
      />
      <Button icon={<Plus size={16} aria-hidden />} disabled={nodeId === null} onClick={add}>
        {t('compression.allowLossy')}
      </Button>
    </div>
  );
}
