// Everything about one protected person: labels and why, who may see, grants, openings, accesses; and the acts on them.
import { useMutation, useQuery } from '@tanstack/react-query';
import type { ProtectedPersonDetail, ProtectionLabel } from '@yunying/api';
import { Problem, Skeleton, SkeletonGroup, sentenceOf, useT } from '@yunying/ui';
import { App, Button, Drawer, Input, Popconfirm, Tag } from 'antd';
import { type ReactElement, type ReactNode, useState } from 'react';
import { formatMoment } from '../measure.ts';
import { useNarrow } from '../narrow.ts';
import { GrantForm, LabelForm } from './person-forms.tsx';
import { protectedKey, protectionApi } from './protection-api.ts';
import { useAct } from './use-act.ts';

export function PersonDrawer(props: { personId: string | null; onClose(): void }): ReactElement {
  const t = useT();
  const narrow = useNarrow('drawer');
  const { personId, onClose } = props;
  const query = useQuery({
    queryKey: [protectedKey, 'person', personId],
    queryFn: ({ signal }) => protectionApi.person(personId ?? '0', signal),
    enabled: personId !== null,
  });
  const [form, setForm] = useState<'label' | 'grant' | null>(null);
  const name = query.data?.person.name ?? '';
  const closeForm = () => setForm(null);
  return (
    <Drawer
      open={personId !== null}
      onClose={onClose}
      title={t('protected.one')}
      size={narrow ? '100%' : 620}
      footer={
        query.data === undefined ? null : (
          <div className="actions">
            <Button type="primary" onClick={() => setForm('label')}>
              {t('protected.setLabel')}
            </Button>
            <Button onClick={() => setForm('grant')}>{t('protected.askGrant')}</Button>
          </div>
        )
      }
    >
      {query.error !== null && query.data === undefined ? (
        <Problem error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <SkeletonGroup>
          <Skeleton height={24} width={160} />
          <Skeleton height={120} />
        </SkeletonGroup>
      ) : (
        <PersonFacts key={query.data.person.id} detail={query.data} />
      )}
      {personId !== null && (
        <>
          <LabelForm open={form === 'label'} personId={personId} name={name} onClose={closeForm} />
          <GrantForm open={form === 'grant'} personId={personId} name={name} onClose={closeForm} />
        </>
      )}
    </Drawer>
  );
}

function PersonFacts({ detail }: { detail: ProtectedPersonDetail }): ReactElement {
  const t = useT();
  const { person, labels, readers, grants, openings, accesses } = detail;
  return (
    <>
      <FullName personId={person.id} masked={`${person.name} · ${person.patientNumber}`} />
      <Section title={t('protected.section.labels')} count={labels.length}>
        {labels.map((label) => (
          <LabelLine key={label.id} label={label} />
        ))}
      </Section>
      <Section title={t('protected.section.readers')} count={readers.length} none={t('protected.noReaders')}>
        {readers.map((reader) => (
          <Line key={`${reader.accountName} ${reader.by}`} term={reader.accountName}>
            {['protection-grant', 'break-glass'].includes(reader.by)
              ? t(`protected.by.${reader.by}`)
              : reader.by}
          </Line>
        ))}
      </Section>
      <Section title={t('protected.section.grants')} count={grants.length}>
        {grants.map((grant) => (
          <Line key={grant.id} term={grant.accountName}>
            {t(`protected.grantState.${grant.state}`)} ·{' '}
            {t('protected.until', { time: formatMoment(grant.validTo) })} · {grant.reason}
          </Line>
        ))}
      </Section>
      <Section title={t('protected.section.openings')} count={openings.length}>
        {openings.map((one) => (
          <Line key={one.id} term={one.accountName}>
            {formatMoment(one.openedAt)} · {t(`protected.why.${one.reasonCode}`)} · {one.reason} ·{' '}
            {t(one.verdict === null ? 'protected.waiting' : `protected.verdict.${one.verdict}`)}
          </Line>
        ))}
      </Section>
      <Section title={t('protected.section.accesses')} count={accesses.length}>
        {accesses.map((access, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of a trail have no other key here
          <Line key={index} term={formatMoment(access.at)}>
            {access.who} · {access.event} · {access.result}
          </Line>
        ))}
      </Section>
    </>
  );
}

function FullName({ personId, masked }: { personId: string; masked: string }): ReactElement {
  const t = useT();
  const { message } = App.useApp();
  const full = useMutation({
    mutationFn: () => protectionApi.unmask(personId),
    onError: (error) => void message.error(sentenceOf(error), 8),
  });
  if (full.data !== undefined) {
    const numbers = full.data.patients.map((one) => `${one.institutionName} ${one.patientId}`);
    return <h2 className="facts-title">{[full.data.name, ...numbers].join(' · ')}</h2>;
  }
  return (
    <div className="actions">
      <h2 className="facts-title">{masked}</h2>
      <Popconfirm
        title={t('protected.unmask')}
        description={<p className="confirm-text">{t('protected.unmaskText')}</p>}
        okText={t('protected.unmask')}
        onConfirm={() => full.mutate()}
      >
        <Button size="small" loading={full.isPending}>
          {t('protected.unmask')}
        </Button>
      </Popconfirm>
    </div>
  );
}

function LabelLine({ label }: { label: ProtectionLabel }): ReactElement {
  const t = useT();
  const why =
    label.source === 'rule'
      ? t('protected.byRule', { name: label.ruleName ?? '—' })
      : t('protected.byHand', { name: label.setBy ?? '—', reason: label.reason ?? '—' });
  return (
    <Line term={t(`protected.tag.${label.tag}`)}>
      {t('protected.level', { level: label.level })} · {t(`protected.restriction.${label.restriction}`)}
      {label.examId !== null && ` · ${t('protected.onExam')}`}
      <br />
      {why} ·{' '}
      {label.validTo === null
        ? t('protected.forever')
        : t('protected.until', { time: formatMoment(label.validTo) })}{' '}
      {label.removedAt === null ? (
        <RemoveLabel id={label.id} />
      ) : (
        <Tag title={label.removedReason ?? ''}>{t('protected.removed')}</Tag>
      )}
    </Line>
  );
}

function RemoveLabel({ id }: { id: string }): ReactElement {
  const t = useT();
  const [reason, setReason] = useState('');
  const remove = useAct((why: string) => protectionApi.removeLabel(id, why), 'protected.labelRemoved');
  const isShort = reason.trim().length < 5;
  return (
    <Popconfirm
      title={t('protected.removeTitle')}
      description={
        <>
          <p className="confirm-text">{t('protected.removeText')}</p>
          <Input
            value={reason}
            maxLength={200}
            aria-label={t('protected.reason')}
            placeholder={t('protected.reasonShort')}
            onChange={(event) => setReason(event.target.value)}
          />
        </>
      }
      okText={t('protected.removeLabel')}
      okButtonProps={{ danger: true, disabled: isShort }}
      onConfirm={() => remove.mutate(reason)}
    >
      <Button size="small" danger loading={remove.isPending}>
        {t('protected.removeLabel')}
      </Button>
    </Popconfirm>
  );
}

function Section(props: { title: string; count: number; none?: string; children: ReactNode }): ReactElement {
  const t = useT();
  return (
    <section className="facts-section">
      <h3>{props.title}</h3>
      {props.count === 0 ? (
        <p className="facts-detail">{props.none ?? t('protected.noneYet')}</p>
      ) : (
        <dl className="facts">{props.children}</dl>
      )}
    </section>
  );
}

function Line({ term, children }: { term: string; children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
