// Forms of the drawer: a label by hand, and a request that lets a named doctor see the person for a time.
import type { NewProtectionGrant, ProtectionRestriction, ProtectionTag } from '@yunying/api';
import { useT } from '@yunying/ui';
import { Alert, Form, Input, InputNumber } from 'antd';
import type { ReactElement } from 'react';
import { FormDrawer } from '../form-drawer.tsx';
import { LabelInputs } from './label-inputs.tsx';
import { protectionApi } from './protection-api.ts';
import { useAct } from './use-act.ts';

type Props = { open: boolean; personId: string; name: string; onClose(): void };
type LabelFields = {
  tag: ProtectionTag;
  level: number;
  restriction: ProtectionRestriction;
  reason: string;
  days: number | null;
};

export function LabelForm({ open, personId, name, onClose }: Props): ReactElement {
  const t = useT();
  const [form] = Form.useForm<LabelFields>();
  const set = useAct(
    ({ days, ...label }: LabelFields) =>
      protectionApi.setLabel(personId, {
        ...label,
        validTo: days == null ? null : new Date(Date.now() + days * 86_400_000).toISOString(),
      }),
    'protected.labelSet',
    () => {
      form.resetFields();
      onClose();
    },
  );
  return (
    <FormDrawer
      open={open}
      title={t('protected.setLabelFor', { name })}
      name="label"
      form={form}
      initialValues={{ tag: 'vip', level: 5, restriction: 'break_glass', reason: '', days: null }}
      error={set.error}
      saving={set.isPending}
      saveLabel={t('protected.setLabel')}
      onFinish={(fields) => set.mutate(fields)}
      onClose={onClose}
    >
      <LabelInputs form={form} />
      <Form.Item name="days" label={t('protected.validDays')} extra={t('protected.validDaysHelp')}>
        <InputNumber min={1} max={3650} style={{ width: 160 }} />
      </Form.Item>
      <ReasonInput />
    </FormDrawer>
  );
}

export function GrantForm({ open, personId, name, onClose }: Props): ReactElement {
  const t = useT();
  const [form] = Form.useForm<NewProtectionGrant>();
  const ask = useAct(
    (grant: NewProtectionGrant) => protectionApi.askGrant(personId, grant),
    'protected.grantAsked',
    () => {
      form.resetFields();
      onClose();
    },
  );
  return (
    <FormDrawer
      open={open}
      title={t('protected.askGrantFor', { name })}
      name="grant"
      form={form}
      initialValues={{ loginName: '', hours: 24, reason: '' }}
      notes={<Alert type="info" showIcon title={t('protected.grantNote')} />}
      error={ask.error}
      saving={ask.isPending}
      saveLabel={t('protected.askGrant')}
      onFinish={(fields) => ask.mutate(fields)}
      onClose={onClose}
    >
      <Form.Item
        name="loginName"
        label={t('protected.doctor')}
        extra={t('protected.doctorHelp')}
        rules={[{ required: true, whitespace: true, message: t('protected.doctorMissing') }]}
      >
        <Input maxLength={64} autoComplete="off" />
      </Form.Item>
      <Form.Item
        name="hours"
        label={t('protected.hours')}
        extra={t('protected.hoursHelp')}
        rules={[{ required: true, message: t('protected.hoursHelp') }]}
      >
        <InputNumber min={1} max={2160} style={{ width: 160 }} />
      </Form.Item>
      <ReasonInput />
    </FormDrawer>
  );
}

function ReasonInput(): ReactElement {
  const t = useT();
  return (
    <Form.Item
      name="reason"
      label={t('protected.reason')}
      extra={t('protected.reasonHelp')}
      rules={[{ required: true, whitespace: true, min: 5, message: t('protected.reasonShort') }]}
    >
      <Input.TextArea rows={3} maxLength={200} showCount />
    </Form.Item>
  );
}
