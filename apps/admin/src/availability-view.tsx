// Which nodes are told that a study is available (PS3.4 annex R): a RIS that waits for pictures, another archive. One
// rule for a node; without modalities it holds for every study.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ListedAvailabilityRule } from '@yunying/api';
import { sentenceOf, useT } from '@yunying/ui';
import { Alert, App, Button, Form, Popconfirm, Select } from 'antd';
import { type ReactElement, useEffect } from 'react';
import { useRefresh } from './attended.ts';
import { consoleApi } from './console-api.ts';
import { FormDrawer } from './form-drawer.tsx';
import { Moment } from './moment.tsx';
import { NodeSelect } from './node-select.tsx';
import { modalityChoices, noticesKey } from './routing-keys.ts';
import { type Column, RowList } from './row-list.tsx';
import { useList } from './use-list.ts';

type Row = ListedAvailabilityRule & { id: string };

export function AvailabilityRules(): ReactElement {
  const t = useT();
  const { search, go } = useList();
  const query = useQuery({
    queryKey: noticesKey,
    queryFn: ({ signal }) => consoleApi.availabilityRules(signal),
    // At most one for each node: they come whole and stand on one page.
    select: (rules) => ({
      items: rules.map((rule): Row => ({ ...rule, id: rule.nodeId })),
      nextCursor: null,
      total: rules.length,
    }),
    refetchInterval: useRefresh(30_000),
  });
  return (
    <RowList
      label={t('routing.view.notices')}
      columns={useColumns((id) => go({ ...search, item: id }, { replace: true }))}
      query={query}
      empty={{ title: t('routing.empty.notices'), text: t('routing.emptyText.notices') }}
    />
  );
}

function useColumns(onEdit: (id: string) => void): Column<Row>[] {
  const t = useT();
  return [
    {
      key: 'node',
      title: t('routing.toldNode'),
      onCard: 'head',
      render: (row) => <span className="cell-code cell-title">{row.nodeName}</span>,
    },
    {
      key: 'modalities',
      title: t('routing.conditions'),
      render: (row) => (row.modalities.length === 0 ? t('routing.everything') : row.modalities.join(' ')),
    },
    {
      key: 'last',
      title: t('routing.lastTold'),
      width: 180,
      render: (row) => (row.lastSentAt === null ? t('nodes.never') : <Moment at={row.lastSentAt} />),
    },
    {
      key: 'action',
      title: t('col.action'),
      width: 150,
      onCard: 'foot',
      render: (row) => <RuleActions rule={row} onEdit={onEdit} />,
    },
  ];
}

function RuleActions({ rule, onEdit }: { rule: Row; onEdit: (id: string) => void }): ReactElement {
  const t = useT();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () => consoleApi.removeAvailabilityRule(rule.nodeId),
    onError: (error) => void message.error(sentenceOf(error), 8),
    onSettled: () => cache.invalidateQueries({ queryKey: noticesKey }),
  });
  return (
    <div className="actions">
      <Button size="small" onClick={() => onEdit(rule.nodeId)}>
        {t('routing.edit')}
      </Button>
      <Popconfirm
        title={t('routing.removeNoticeTitle', { name: rule.nodeName })}
        description={<p className="confirm-text">{t('routing.removeNoticeText')}</p>}
        okText={t('routing.remove')}
        okButtonProps={{ danger: true }}
        onConfirm={() => remove.mutate()}
      >
        <Button size="small" danger loading={remove.isPending}>
          {t('routing.remove')}
        </Button>
      </Popconfirm>
    </div>
  );
}

type Fields = { nodeId: string; modalities: string[] };
const empty = { modalities: [] };

/** `item`: 'new', the id of a node that has a rule, or null for closed. */
export function AvailabilityForm({
  item,
  onClose,
}: {
  item: string | null;
  onClose: () => void;
}): ReactElement {
  const t = useT();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const modalities = Form.useWatch('modalities', form) ?? [];
  const nodeId = Form.useWatch('nodeId', form);
  const rules = useQuery({
    queryKey: noticesKey,
    queryFn: ({ signal }) => consoleApi.availabilityRules(signal),
    enabled: item !== null,
  });
  const rule = rules.data?.find((one) => one.nodeId === item);
  const replaced = rule === undefined ? rules.data?.find((one) => one.nodeId === nodeId) : undefined;
  const save = useMutation({
    mutationFn: (fields: Fields) =>
      consoleApi.saveAvailabilityRule(fields.nodeId, wordsOf(fields.modalities)),
    onSuccess: () => {
      void message.success(t('routing.noticeSaved'));
      void cache.invalidateQueries({ queryKey: noticesKey });
      onClose();
    },
  });
  const { reset } = save;
  useEffect(() => {
    if (item === null) return;
    form.resetFields();
    if (rule !== undefined) form.setFieldsValue(rule);
    reset();
  }, [item, rule, form, reset]);
  const what = modalities.length === 0 ? t('routing.everything') : wordsOf(modalities).join(' ');
  return (
    <FormDrawer
      open={item !== null}
      title={t(rule === undefined ? 'routing.add.notices' : 'routing.editNotice')}
      name="notice"
      form={form}
      initialValues={empty}
      notes={
        <Alert
          type={replaced === undefined ? 'info' : 'warning'}
          showIcon
          title={
            replaced === undefined
              ? t('routing.noticeConsequence', { what })
              : t('routing.noticeReplaces', { name: replaced.nodeName })
          }
        />
      }
      error={save.error}
      saving={save.isPending}
      saveLabel={t('form.save')}
      onFinish={(fields) => save.mutate({ ...empty, ...fields })}
      onClose={onClose}
    >
      <NodeSelect
        label={t('routing.toldNode')}
        help={t('routing.toldNodeHelp')}
        receivers={false}
        open={item !== null}
      />
      <Form.Item name="modalities" label={t('routing.modalities')} extra={t('routing.emptyMeansAll')}>
        <Select mode="tags" options={modalityChoices} />
      </Form.Item>
    </FormDrawer>
  );
}

function wordsOf(modalities: readonly string[]): string[] {
  return modalities.map((one) => one.trim().toUpperCase());
}
