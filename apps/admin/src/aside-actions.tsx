// What an administrator can do with a thing kept aside. Each says before it happens what will happen; the server
// writes each into the audit trail.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { QuarantineItem } from '@yunying/api';
import { sentenceOf, useT } from '@yunying/ui';
import { App, Button, Popconfirm } from 'antd';
import { Download, EyeOff, RotateCcw } from 'lucide-react';
import type { ReactElement } from 'react';
import { consoleApi } from './console-api.ts';
import { startDownload } from './download.ts';
import { asideKey } from './quarantine-key.ts';
import { rejectionWord } from './reasons.ts';
import { overviewKey } from './use-overview.ts';

type Props = { item: QuarantineItem; onResolved: () => void };

export function AsideActions({ item, onResolved }: Props): ReactElement {
  const t = useT();
  return (
    <div className="actions">
      <RetryButton item={item} onResolved={onResolved} />
      <Popconfirm
        title={t('aside.download')}
        description={<p className="confirm-text">{t('aside.downloadConsequence')}</p>}
        okText={t('aside.download')}
        onConfirm={() => startDownload(consoleApi.quarantineContentUrl(item.id))}
      >
        <Button icon={<Download size={16} aria-hidden />}>{t('aside.download')}</Button>
      </Popconfirm>
      <DismissButton item={item} onResolved={onResolved} />
    </div>
  );
}

function RetryButton({ item, onResolved }: Props): ReactElement | null {
  const t = useT();
  const { message } = App.useApp();
  const refresh = useRefreshLists();
  const retry = useMutation({
    mutationFn: () => consoleApi.retryQuarantine(item.id),
    onSuccess: ({ outcome, reasonCode }) => {
      const isStored = outcome === 'stored' || outcome === 'duplicate';
      const text = t(`aside.outcome.${outcome}`, { reason: rejectionWord(t, reasonCode) });
      void message.open({
        type: isStored ? 'success' : 'warning',
        content: text,
        duration: isStored ? 4 : 8,
      });
      if (isStored) onResolved();
    },
    onError: (error) => void message.error(sentenceOf(error), 8),
    onSettled: refresh,
  });
  if (item.kind !== 'dicom') return null; // the server cannot run messages again yet
  return (
    <Button
      type="primary"
      icon={<RotateCcw size={16} aria-hidden />}
      loading={retry.isPending}
      onClick={() => retry.mutate()}
    >
      {t('aside.retry')}
    </Button>
  );
}

function DismissButton({ item, onResolved }: Props): ReactElement {
  const t = useT();
  const { message, modal } = App.useApp();
  const refresh = useRefreshLists();
  const dismiss = useMutation({
    mutationFn: () => consoleApi.dismissQuarantine(item.id),
    onSuccess: () => {
      void message.success(t('aside.outcome.dismissed'));
      onResolved();
    },
    onError: (error) => void message.error(sentenceOf(error), 8),
    onSettled: refresh,
  });
  const ask = () =>
    modal.confirm({
      title: t('aside.dismissTitle'),
      content: (
        <ul className="consequences">
          {['list', 'bytes', 'sender', 'audit'].map((what) => (
            <li key={what}>{t(`aside.dismissConsequence.${what}`)}</li>
          ))}
        </ul>
      ),
      okText: t('aside.dismiss'),
      cancelText: t('form.cancel'),
      okButtonProps: { danger: true },
      onOk: () => dismiss.mutateAsync().catch(() => undefined), // the message says why
    });
  return (
    <Button
      danger
      icon={<EyeOff size={16} aria-hidden />}
      loading={dismiss.isPending}
      onClick={() => void ask()}
    >
      {t('aside.dismiss')}
    </Button>
  );
}

function useRefreshLists(): () => void {
  const cache = useQueryClient();
  return () => {
    void cache.invalidateQueries({ queryKey: [asideKey] });
    void cache.invalidateQueries({ queryKey: overviewKey });
  };
}
