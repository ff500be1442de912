// A label rule: what makes it hold, and the label that it sets. Numbers of a list are written, never read back.
import type {
  NewProtectionRule,
  ProtectionCondition,
  ProtectionRestriction,
  ProtectionRule,
  ProtectionTag,
} from '@yunying/api';
import { useT } from '@yunying/ui';
import { Alert, Form, Input, InputNumber, Radio, Select, Switch } from 'antd';
import { type ReactElement, useEffect } from 'react';
import { FormDrawer } from '../form-drawer.tsx';
import { LabelInputs } from './label-inputs.tsx';
import { protectionApi } from './protection-api.ts';
import { useAct } from './use-act.ts';

const kinds = ['numbers', 'under_age', 'department', 'item', 'report_word', 'diagnosis_word'] as const;
type Kind = (typeof kinds)[number];
type Fields = {
  name: string;
  kind: Kind;
  lines: string;
  years: number;
  tag: ProtectionTag;
  level: number;
  restriction: ProtectionRestriction;
  target: 'person' | 'exam';
  enabled: boolean;
};
const standard: Fields = {
  name: '',
  kind: 'numbers',
  lines: '',
  years: 14,
  tag: 'vip',
  level: 5,
  restriction: 'break_glass',
  target: 'person',
  enabled: true,
};

export function RuleForm(props: {
  /** 'new', an id, or null while nothing is asked for. */
  item: string | null;
  rule: ProtectionRule | null;
  onClose(): void;
}): ReactElement {
  const t = useT();
  const { item, rule, onClose } = props;
  const [form] = Form.useForm<Fields>();
  const open = item === 'new' || rule !== null;
  const save = useAct(
    (written: NewProtectionRule) => protectionApi.saveRule(rule?.id ?? null, written),
    'protected.ruleSaved',
    onClose,
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: filled when a rule is opened; a list read anew undoes nothing that was typed
  useEffect(() => {
    if (!open) return;
    form.resetFields();
    if (rule !== null) form.setFieldsValue(fieldsOf(rule));
  }, [open, item, form]);
  return (
    <FormDrawer
      open={open}
      title={t(rule === null ? 'protected.addRule' : 'protected.editRule')}
      name="protection-rule"
      form={form}
      initialValues={standard}
      notes={<Alert type="info" showIcon title={t('protected.rulesNote')} />}
      error={save.error}
      saving={save.isPending}
      saveLabel={t('form.save')}
      onFinish={(fields) => save.mutate(ruleOf(fields))}
      onClose={onClose}
    >
      <Form.Item
        name="name"
        label={t('protected.ruleName')}
        rules={[{ required: true, whitespace: true, message: t('protected.ruleNameMissing') }]}
      >
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="kind" label={t('protected.kind')}>
        <Select options={kinds.map((one) => ({ value: one, label: t(`protected.kind.${one}`) }))} />
      </Form.Item>
      <ConditionInputs kept={rule?.condition ?? null} />
      <LabelInputs form={form} />
      <Form.Item name="enabled" label={t('protected.enabled')} valuePropName="checked">
        <Switch />
      </Form.Item>
    </FormDrawer>
  );
}

function ConditionInputs({ kept }: { kept: ProtectionCondition | null }): ReactElement {
  const t = useT();
  const form = Form.useFormInstance<Fields>();
  const kind = Form.useWatch('kind', form) ?? 'numbers';
  if (kind === 'under_age')
    return (
      <Form.Item
        name="years"
        label={t('protected.years')}
        extra={t('protected.yearsHelp')}
        rules={[{ required: true, message: t('protected.years') }]}
      >
        <InputNumber min={1} max={21} style={{ width: 160 }} />
      </Form.Item>
    );
  if (kind === 'numbers') {
    const count = kept?.kind === 'numbers' ? (kept.count ?? 0) : 0;
    return (
      <Form.Item
        name="lines"
        label={t('protected.numbers')}
        extra={t(count > 0 ? 'protected.numbersKept' : 'protected.numbersHelp', { count })}
        rules={[{ required: count === 0, whitespace: true, message: t('protected.numbersMissing') }]}
      >
        <Input.TextArea rows={5} autoComplete="off" />
      </Form.Item>
    );
  }
  return (
    <>
      <Form.Item
        name="lines"
        label={t('protected.terms')}
        extra={t('protected.termsHelp')}
        rules={[{ required: true, whitespace: true, message: t('protected.termsMissing') }]}
      >
        <Input.TextArea rows={4} />
      </Form.Item>
      <Form.Item name="target" label={t('protected.target')}>
        <Radio.Group
          options={(['person', 'exam'] as const).map((one) => ({
            value: one,
            label: t(`protected.target.${one}`),
          }))}
        />
      </Form.Item>
    </>
  );
}

function fieldsOf(rule: ProtectionRule): Fields {
  const { condition, ...same } = rule;
  return {
    ...standard,
    name: same.name,
    tag: same.tag,
    level: same.level,
    restriction: same.restriction,
    target: same.target,
    enabled: same.enabled,
    kind: condition.kind,
    lines: 'terms' in condition ? condition.terms.join('\n') : '',
    ...(condition.kind === 'under_age' ? { years: condition.years } : {}),
  };
}

function ruleOf(fields: Fields): NewProtectionRule {
  const { kind, lines, years, target, ...rest } = { ...standard, ...fields };
  const list = lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const condition: ProtectionCondition =
    kind === 'under_age'
      ? { kind, years }
      : kind === 'numbers'
        ? { kind, ...(list.length === 0 ? {} : { numbers: list }) }
        : { kind, terms: list };
  return { ...rest, target, condition };
}
