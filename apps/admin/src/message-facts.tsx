// One received message: why it had no effect, what helps, where it came from, and on request its content.
import type { MessageItem } from '@yunying/api';
import { useT } from '@yunying/ui';
import { Typography } from 'antd';
import type { ReactElement, ReactNode } from 'react';
import { formatMoment, formatSize } from './measure.ts';
import { MessageText } from './message-text.tsx';
import { messageAdvice, messageReason, messageSender, messageType } from './messages.ts';

export function MessageFacts({ item }: { item: MessageItem }): ReactElement {
  const t = useT();
  const isApplied = item.state === 'applied';
  const { words, detail } = messageReason(t, item);
  const advice = isApplied ? null : messageAdvice(t, item.errorCode);
  const told: [string, ReactNode] = [t('messages.asTold'), item.error];
  const lines: [string, ReactNode][] = [
    [t('col.state'), t(`messages.state.${item.state}`)],
    ...(item.error === null ? [] : [told]),
    [t('col.message'), messageType(t, item)],
    [t('col.sender'), messageSender(item)],
    [t('col.source'), item.source],
    [t('col.controlId'), <Copied key="control" value={item.controlId} />],
    [t('col.charset'), item.charset ?? '—'],
    [t('col.size'), formatSize(item.sizeBytes) || '—'],
    [t('col.received'), formatMoment(item.receivedAt)],
    [t('aside.number'), <Copied key="id" value={item.id} />],
  ];
  return (
    <>
      <h2 className="facts-title">{isApplied ? messageType(t, item) : words}</h2>
      {!isApplied && detail !== null && <p className="facts-detail">{detail}</p>}
      {advice !== null && (
        <section className="facts-advice">
          <h3>{t('aside.advice')}</h3>
          <p>{advice}</p>
        </section>
      )}
      <dl className="facts">
        {lines.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <MessageText id={item.id} />
    </>
  );
}

function Copied({ value }: { value: string | null }): ReactElement {
  if (value === null) return <>—</>;
  return (
    <Typography.Text copyable className="cell-code">
      {value}
    </Typography.Text>
  );
}
