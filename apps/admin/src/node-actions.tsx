// What can be done with a registered node: change it, see whether it answers (C-ECHO), close the doors to it, open them again.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { NodeItem } from '@yunying/api';
import { sentenceOf, useT } from '@yunying/ui';
import { App, Button, Popconfirm, Tooltip } from 'antd';
import type { ReactElement } from 'react';
import { consoleApi } from './console-api.ts';
import { nodesKey } from './nodes.ts';

export function NodeActions({ node, onEdit }: { node: NodeItem; onEdit: () => void }): ReactElement {
  const t = useT();
  return (
    <div className="actions">
      <Button size="small" onClick={onEdit}>
        {t('nodes.change')}
      </Button>
      {node.kind === 'dicom' && <TestButton node={node} />}
      <SwitchButton node={node} />
    </div>
  );
}

function TestButton({ node }: { node: NodeItem }): ReactElement {
  const t = useT();
  const { message } = App.useApp();
  const test = useMutation({
    mutationFn: () => consoleApi.echoNode(node.id),
    onSuccess: ({ ok, ms, reason }) => {
      if (ok || reason === null) void message.success(t('nodes.testOk', { name: node.name, ms }));
      else void message.warning(t('nodes.testFailed', { name: node.name, reason: t(`echo.${reason}`) }), 10);
    },
    onError: (error) => void message.error(sentenceOf(error), 8),
  });
  const hasAddress = node.host !== null && node.port !== null;
  return (
    <Tooltip title={hasAddress ? undefined : t('nodes.testHelp')}>
      <Button size="small" disabled={!hasAddress} loading={test.isPending} onClick={() => test.mutate()}>
        {t('nodes.test')}
      </Button>
    </Tooltip>
  );
}

function SwitchButton({ node }: { node: NodeItem }): ReactElement {
  const t = useT();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const isDisabled = node.disabledAt !== null;
  const change = useMutation({
    mutationFn: () => consoleApi.switchNode(node.id, isDisabled ? 'enable' : 'disable'),
    onSuccess: (saved) =>
      void message.success(
        t(saved.disabledAt === null ? 'nodes.nowEnabled' : 'nodes.nowDisabled', { name: node.name }),
      ),
    onError: (error) => void message.error(sentenceOf(error), 8),
    onSettled: () => cache.invalidateQueries({ queryKey: nodesKey }),
  });
  if (isDisabled)
    return (
      <Button size="small" loading={change.isPending} onClick={() => change.mutate()}>
        {t('nodes.enable')}
      </Button>
    );
  return (
    <Popconfirm
      title={t('nodes.disableTitle', { name: node.name })}
      description={<p className="confirm-text">{t(`nodes.disableConsequence.${node.kind}`)}</p>}
      okText={t('nodes.disable')}
      okButtonProps={{ danger: true }}
      onConfirm={() => change.mutate()}
    >
      <Button size="small" danger loading={change.isPending}>
        {t('nodes.disable')}
      </Button>
    </Popconfirm>
  );
}
