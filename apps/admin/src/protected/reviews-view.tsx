// What doctors opened in an emergency, to be judged by the end of the next day.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { GlassOpening, GlassReview } from '@yunying/api';
import { useT } from '@yunying/ui';
import { Button, Form, Input, Radio, Segmented, Tag } from 'antd';
import { type ReactElement, useState } from 'react';
import { useRefresh } from '../attended.ts';
import { FormDrawer } from '../form-drawer.tsx';
import { Moment } from '../moment.tsx';
import { type Column, RowList } from '../row-list.tsx';
import { useList } from '../use-list.ts';
import { protectedKey, protectionApi } from './protection-api.ts';
import { useAct } from './use-act.ts';

type State = 'waiting' | 'reviewed';

export function ReviewsView(): ReactElement {
  const t = useT();
  const { search, paging, go } = useList();
  const [state, setState] = useState<State>('waiting');
  const [judged, setJudged] = useState<GlassOpening | null>(null);
  const refetchInterval = useRefresh(30_000);
  const query = useQuery({
    queryKey: [protectedKey, 'openings', state, paging.cursor, paging.limit],
    queryFn: ({ signal }) => protectionApi.openings(state, paging, signal),
    placeholderData: keepPreviousData,
    refetchInterval,
  });
  return (
    <>
      <div className="filters">
        <Segmented<State>
          value={state}
          aria-label={t('protected.state')}
          onChange={(next) => {
            setState(next);
            const { after: _, ...first } = search;
            go(first, { replace: true });
          }}
          options={[
            { value: 'waiting', label: t('protected.waiting') },
            { value: 'reviewed', label: t('protected.showReviewed') },
          ]}
        />
      </div>
      <RowList
        label={t('protected.view.reviews')}
        columns={useColumns(setJudged)}
        query={query}
        empty={{ title: t('protected.empty.reviews'), text: t('protected.emptyText.reviews') }}
      />
      <ReviewForm opening={judged} onClose={() => setJudged(null)} />
    </>
  );
}

function useColumns(onReview: (row: GlassOpening) => void): Column<GlassOpening>[] {
  const t = useT();
  return [
    {
      key: 'who',
      title: t('protected.grantee'),
      width: 120,
      onCard: 'head',
      render: (row) => row.accountName,
    },
    { key: 'person', title: t('protected.person'), width: 110, render: (row) => row.personName },
    {
      key: 'why',
      title: t('protected.whyOpened'),
      render: (row) => (
        <>
          {t(`protected.why.${row.reasonCode}`)}
          <small className="cell-detail">{row.reason}</small>
        </>
      ),
    },
    { key: 'at', title: t('protected.openedAt'), width: 140, render: (row) => <Moment at={row.openedAt} /> },
    {
      key: 'told',
      title: t('protected.notified'),
      width: 130,
      render: (row) =>
        row.notifiedAt === null ? t('protected.notNotified') : <Moment at={row.notifiedAt} />,
    },
    {
      key: 'verdict',
      title: t('protected.verdict'),
      width: 130,
      onCard: 'foot',
      render: (row) =>
        row.verdict === null ? (
          <span className="actions">
            <Button size="small" type="primary" onClick={() => onReview(row)}>
              {t('protected.review')}
            </Button>
            {row.isOverdue && <Tag color="error">{t('protected.overdue')}</Tag>}
          </span>
        ) : (
          <span title={row.note ?? ''}>{t(`protected.verdict.${row.verdict}`)}</span>
        ),
    },
  ];
}

function ReviewForm(props: { opening: GlassOpening | null; onClose(): void }): ReactElement {
  const t = useT();
  const [form] = Form.useForm<GlassReview>();
  const { opening, onClose } = props;
  const review = useAct(
    (judged: GlassReview) => protectionApi.review(opening?.id ?? '0', judged),
    'protected.reviewed',
    () => {
      form.resetFields();
      onClose();
    },
  );
  return (
    <FormDrawer
      open={opening !== null}
      title={t('protected.reviewTitle')}
      name="review"
      form={form}
      initialValues={{ note: '' }}
      error={review.error}
      saving={review.isPending}
      saveLabel={t('protected.review')}
      onFinish={(judged) => review.mutate(judged)}
      onClose={onClose}
    >
      {opening !== null && (
        <p className="form-lead">
          {opening.accountName} → {opening.personName} · {t(`protected.why.${opening.reasonCode}`)} ·{' '}
          {opening.reason}
        </p>
      )}
      <Form.Item
        name="verdict"
        label={t('protected.verdict')}
        rules={[{ required: true, message: t('protected.verdictMissing') }]}
      >
        <Radio.Group
          options={(['justified', 'not_justified'] as const).map((one) => ({
            value: one,
            label: t(`protected.verdict.${one}`),
          }))}
        />
      </Form.Item>
      <Form.Item
        name="note"
        label={t('protected.note')}
        extra={t('protected.noteHelp')}
        rules={[{ required: true, whitespace: true, min: 2, message: t('protected.noteMissing') }]}
      >
        <Input.TextArea rows={3} maxLength={300} showCount />
      </Form.Item>
    </FormDrawer>
  );
}
