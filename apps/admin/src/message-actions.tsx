// What an administrator can do with a received message. Each says before it happens what will happen; the server writes
// each into the audit trail.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { MessageItem } from '@yunying/api';
import { sentenceOf, useT } from '@yunying/ui';
import { App, Button, Popconfirm } from 'antd';
import { Download, RotateCcw } from 'lucide-react';
import type { ReactElement } from 'react';
import { consoleApi } from './console-api.ts';
import { startDownload } from './download.ts';
import { messageReason, messagesKey } from './messages.ts';
import { overviewKey } from './use-overview.ts';

export function MessageActions(props: { item: MessageItem; onApplied: () => void }): ReactElement {
  const t = useT();
  const { item } = props;
  return (
    <div className="actions">
      {item.state !== 'applied' && <RetryButton {...props} />}
      <Popconfirm
        title={t('messages.download')}
        description={<p className="confirm-text">{t('messages.downloadConsequence')}</p>}
        okText={t('messages.download')}
        onConfirm={() => startDownload(consoleApi.messageContentUrl(item.id))}
      >
        <Button icon={<Download size={16} aria-hidden />}>{t('messages.download')}</Button>
      </Popconfirm>
    </div>
  );
}

function RetryButton({ item, onApplied }: { item: MessageItem; onApplied: () => void }): ReactElement {
  const t = useT();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const retry = useMutation({
    mutationFn: () => consoleApi.retryMessage(item.id),
    onSuccess: (outcome) => {
      const isApplied = outcome.state === 'applied';
      void message.open({
        type: isApplied ? 'success' : 'warning',
        content: t(`messages.outcome.${outcome.state}`, { reason: messageReason(t, outcome).words }),
        duration: isApplied ? 4 : 8,
      });
      if (outcome.state !== item.state) onApplied();
    },
    onError: (error) => void message.error(sentenceOf(error), 8),
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: [messagesKey] });
      void cache.invalidateQueries({ queryKey: overviewKey });
    },
  });
  return (
    <Popconfirm
      title={t('messages.retry')}
      description={<p className="confirm-text">{t('messages.retryConsequence')}</p>}
      okText={t('messages.retry')}
      onConfirm={() => retry.mutate()}
    >
      <Button type="primary" icon={<RotateCcw size={16} aria-hidden />} loading={retry.isPending}>
        {t('messages.retry')}
      </Button>
    </Popconfirm>
  );
}
