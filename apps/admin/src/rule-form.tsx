// A routing rule: which studies, to which node. Before saving one sentence says what it will do.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { NewRoutingRule, RoutingRule } from '@yunying/api';
import { useT } from '@yunying/ui';
import { Alert, App, Checkbox, Form, Input, InputNumber, Select } from 'antd';
import { type ReactElement, useEffect } from 'react';
import { consoleApi } from './console-api.ts';
import { FormDrawer } from './form-drawer.tsx';
import { NodeSelect } from './node-select.tsx';
import { clockOf, conditionsOf, minuteOf, modalityChoices, rulesKey, wordsOf } from './routing-keys.ts';

type Fields = {
  name: string;
  nodeId: string;
  enabled: boolean;
  priority: number | null;
  modalities: string[];
  sources: string;
  classes: string;
  from: string;
  to: string;
  institutionId: string;
  departmentId: string;
  wantsCommitment: boolean;
};

const empty: Omit<Fields, 'nodeId'> = {
  name: '',
  enabled: true,
  priority: 0,
  modalities: [],
  sources: '',
  classes: '',
  from: '',
  to: '',
  institutionId: '',
  departmentId: '',
  wantsCommitment: false,
};
const clock = /^([01]?\d:[0-5]\d|2[0-3]:[0-5]\d|24:00)$/;

/** `item`: 'new', the id of a rule, or null for closed. */
export function RuleForm({ item, onClose }: { item: string | null; onClose: () => void }): ReactElement {
  const t = useT();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const watched: Partial<Fields> | undefined = Form.useWatch([], form);
  const fields: Fields = { nodeId: '', ...empty, ...watched };
  const rules = useQuery({
    queryKey: rulesKey,
    queryFn: ({ signal }) => consoleApi.routingRules(signal),
    enabled: item !== null,
  });
  const rule = rules.data?.find((one) => one.id === item);
  const save = useMutation({
    mutationFn: (wanted: NewRoutingRule) => consoleApi.saveRoutingRule(rule?.id ?? null, wanted),
    onSuccess: (saved) => {
      void message.success(t('routing.saved', { name: saved.name }));
      void cache.invalidateQueries({ queryKey: rulesKey });
      onClose();
    },
  });
  const { reset } = save;
  useEffect(() => {
    if (item === null) return;
    form.resetFields();
    if (rule !== undefined) form.setFieldsValue(fieldsOf(rule));
    reset();
  }, [item, rule, form, reset]);
  const wanted = ruleOf(fields);
  return (
    <FormDrawer
      open={item !== null}
      title={t(rule === undefined ? 'routing.add.rules' : 'routing.editTitle')}
      name="rule"
      form={form}
      initialValues={empty}
      notes={
        fields.enabled && (
          <Alert type="info" showIcon title={t('routing.consequence', { what: conditionsOf(wanted, t) })} />
        )
      }
      error={save.error}
      saving={save.isPending}
      saveLabel={t('form.save')}
      onFinish={() => save.mutate(wanted)}
      onClose={onClose}
    >
      <RuleInputs open={item !== null} />
    </FormDrawer>
  );
}

function RuleInputs({ open }: { open: boolean }): ReactElement {
  const t = useT();
  const time = { pattern: clock, message: t('routing.timeWrong') };
  return (
    <>
      <Form.Item
        name="name"
        label={t('routing.rule')}
        rules={[{ required: true, whitespace: true, message: t('nodes.nameMissing') }]}
      >
        <Input maxLength={100} autoComplete="off" />
      </Form.Item>
      <NodeSelect label={t('routing.node')} help={t('routing.nodeHelp')} receivers open={open} />
      <Form.Item name="modalities" label={t('routing.modalities')} extra={t('routing.emptyMeansAll')}>
        <Select mode="tags" options={modalityChoices} />
      </Form.Item>
      <Form.Item name="sources" label={t('routing.sources')} extra={t('routing.sourcesHelp')}>
        <Input autoComplete="off" spellCheck={false} className="cell-code" />
      </Form.Item>
      <div className="form-pair">
        <Form.Item name="from" label={t('routing.fromTime')} extra={t('routing.timeHelp')} rules={[time]}>
          <Input placeholder="20:00" autoComplete="off" />
        </Form.Item>
        <Form.Item name="to" label={t('routing.toTime')} rules={[time]}>
          <Input placeholder="06:00" autoComplete="off" />
        </Form.Item>
      </div>
      <Form.Item name="classes" label={t('routing.sopClasses')} extra={t('routing.sopClassesHelp')}>
        <Input autoComplete="off" spellCheck={false} className="cell-code" />
      </Form.Item>
      <Form.Item name="institutionId" label={t('routing.institutionId')} extra={t('routing.emptyMeansAll')}>
        <Input autoComplete="off" className="cell-code" />
      </Form.Item>
      <Form.Item name="departmentId" label={t('routing.departmentId')} extra={t('routing.emptyMeansAll')}>
        <Input autoComplete="off" className="cell-code" />
      </Form.Item>
      <Form.Item name="priority" label={t('routing.priority')} extra={t('routing.priorityHelp')}>
        <InputNumber min={-100} max={100} precision={0} />
      </Form.Item>
      <Form.Item name="wantsCommitment" valuePropName="checked">
        <Checkbox>{t('routing.wantsCommitment')}</Checkbox>
      </Form.Item>
      <Form.Item name="enabled" valuePropName="checked">
        <Checkbox>{t('routing.enabled')}</Checkbox>
      </Form.Item>
    </>
  );
}

function ruleOf(fields: Fields): NewRoutingRule {
  const [from, to] = [minuteOf(fields.from), minuteOf(fields.to)];
  const id = (text: string) => (text.trim() === '' ? null : text.trim());
  return {
    name: fields.name.trim(),
    nodeId: fields.nodeId,
    enabled: fields.enabled,
    priority: fields.priority ?? 0,
    modalities: fields.modalities.map((one) => one.trim().toUpperCase()),
    sourceAeTitles: wordsOf(fields.sources),
    sopClassUids: wordsOf(fields.classes),
    ...(from === null ? {} : { fromMinute: from }),
    ...(to === null ? {} : { toMinute: to }),
    institutionId: id(fields.institutionId),
    departmentId: id(fields.departmentId),
    wantsCommitment: fields.wantsCommitment,
  };
}

function fieldsOf(rule: RoutingRule): Fields {
  return {
    ...rule,
    sources: rule.sourceAeTitles.join(', '),
    classes: rule.sopClassUids.join(', '),
    from: rule.fromMinute === null ? '' : clockOf(rule.fromMinute),
    to: rule.toMinute === null ? '' : clockOf(rule.toMinute),
    institutionId: rule.institutionId ?? '',
    departmentId: rule.departmentId ?? '',
  };
}
