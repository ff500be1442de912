// One thing kept aside, in full: why, what helps, where it came from, its UIDs to copy.
import type { QuarantineItem } from '@yunying/api';
import { useT } from '@yunying/ui';
import { Typography } from 'antd';
import type { ReactElement, ReactNode } from 'react';
import { formatMoment, formatSize } from './measure.ts';
import { asideAdvice, asideReason } from './reasons.ts';

export function AsideFacts({ item }: { item: QuarantineItem }): ReactElement {
  const t = useT();
  const { sentence, detail } = asideReason(t, item);
  const advice = asideAdvice(t, item.reasonCode);
  const lines: [string, ReactNode][] = [
    [t('col.kind'), t(`kind.${item.kind}`)],
    [t('col.source'), item.source],
    [t('col.size'), formatSize(item.sizeBytes) || '—'],
    [t('col.received'), formatMoment(item.receivedAt)],
    ['Study Instance UID', <Uid key="study" value={item.studyInstanceUid} />],
    ['SOP Instance UID', <Uid key="sop" value={item.sopInstanceUid} />],
    [t('aside.number'), <Uid key="id" value={item.id} />],
  ];
  return (
    <>
      <h2 className="facts-title">{sentence}</h2>
      {detail !== null && <p className="facts-detail">{detail}</p>}
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
    </>
  );
}

function Uid({ value }: { value: string | null }): ReactElement {
  if (value === null) return <>—</>;
  return (
    <Typography.Text copyable className="cell-code">
      {value}
    </Typography.Text>
  );
}
