// "Send this study to …": a node that may be sent to, and below it where the study went before and how far it is.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { sentenceOf, useT } from '@yunying/ui';
import { Alert, App, Button, Drawer, Form } from 'antd';
import type { ReactElement } from 'react';
import { consoleApi } from './console-api.ts';
import { Moment } from './moment.tsx';
import { useNarrow } from './narrow.ts';
import { NodeSelect } from './node-select.tsx';
import { sendsKey } from './routing-keys.ts';
import { SendAction, SendError, SendState } from './send-columns.tsx';

const shown = { cursor: null, limit: 50 } as const;

export function SendStudy(props: {
  studyInstanceUid: string;
  count: number | null;
  onClose: () => void;
}): ReactElement {
  const t = useT();
  const narrow = useNarrow('drawer');
  const { message } = App.useApp();
  const cache = useQueryClient();
  const { studyInstanceUid } = props;
  const sends = useQuery({
    queryKey: [...sendsKey, 'of', studyInstanceUid],
    queryFn: ({ signal }) => consoleApi.routingSends(shown, signal, studyInstanceUid),
    refetchInterval: (found) =>
      found.state.data?.items.some((one) => one.state === 'waiting' || one.state === 'sending')
        ? 1_000
        : 10_000,
  });
  const send = useMutation({
    mutationFn: (nodeId: string) => consoleApi.sendStudy(studyInstanceUid, nodeId),
    onSuccess: (row) => void message.success(t('routing.sendAsked', { name: row.nodeName })),
    onSettled: () => cache.invalidateQueries({ queryKey: sendsKey }),
  });
  return (
    <Drawer open onClose={props.onClose} title={t('routing.sendTo')} size={narrow ? '100%' : 480}>
      <Form
        layout="vertical"
        requiredMark={false}
        name="send"
        onFinish={({ nodeId }: { nodeId: string }) => send.mutate(nodeId)}
      >
        <NodeSelect label={t('routing.node')} help={t('routing.nodeHelp')} receivers open />
        {send.error !== null && <Alert type="error" showIcon role="alert" title={sentenceOf(send.error)} />}
        <Button type="primary" htmlType="submit" loading={send.isPending}>
          {t('routing.sendNow', { count: props.count ?? 0 })}
        </Button>
      </Form>
      <h3 className="send-history-title">{t('routing.sendHistory')}</h3>
      {sends.data === undefined && sends.error !== null && <p role="alert">{sentenceOf(sends.error)}</p>}
      {sends.data?.items.length === 0 && <p className="corrections-soft">{t('routing.neverSent')}</p>}
      <ul className="edit-list" aria-live="polite">
        {sends.data?.items.map((one) => (
          <li key={one.id}>
            <div className="edit-line">
              <span className="edit-what cell-code cell-title">{one.nodeName}</span>
              <SendAction send={one} />
            </div>
            <SendState send={one} />
            <p className="cell-detail">
              {t(`routing.by.${one.origin}`)} · <Moment at={one.finishedAt ?? one.createdAt} />
              {one.lastError !== null && (
                <>
                  {' · '}
                  <SendError error={one.lastError} />
                </>
              )}
            </p>
          </li>
        ))}
      </ul>
    </Drawer>
  );
}
