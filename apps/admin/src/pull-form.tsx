// Starting a pull: which archive, which days or which patient, and how.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { NewRoutingPull } from '@yunying/api';
import { useT } from '@yunying/ui';
import { App, Form, Input, Radio } from 'antd';
import { type ReactElement, useEffect } from 'react';
import { consoleApi } from './console-api.ts';
import { Day } from './day.tsx';
import { FormDrawer } from './form-drawer.tsx';
import { NodeSelect } from './node-select.tsx';
import { pullsKey } from './routing-keys.ts';

type Fields = {
  nodeId: string;
  by: 'days' | 'patient';
  from: string;
  to: string;
  patientId: string;
  method: 'move' | 'get';
};

const start = { by: 'days', from: '', to: '', patientId: '', method: 'move' } as const;

export function PullForm({ open, onClose }: { open: boolean; onClose: () => void }): ReactElement {
  const t = useT();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const by = Form.useWatch('by', form) ?? start.by;
  const save = useMutation({
    mutationFn: (pull: NewRoutingPull) => consoleApi.startRoutingPull(pull),
    onSuccess: (pull) => {
      void message.success(t('routing.pullStarted', { name: pull.nodeName }));
      void cache.invalidateQueries({ queryKey: pullsKey });
      onClose();
    },
  });
  const { reset } = save;
  useEffect(() => {
    if (!open) return;
    form.resetFields();
    reset();
  }, [open, form, reset]);
  const day = [{ required: true, message: t('routing.dayMissing') }];
  return (
    <FormDrawer
      open={open}
      title={t('routing.add.pulls')}
      name="pull"
      form={form}
      initialValues={start}
      error={save.error}
      saving={save.isPending}
      saveLabel={t('routing.start')}
      onFinish={(fields) => save.mutate(pullOf({ ...start, ...fields }))}
      onClose={onClose}
    >
      <NodeSelect label={t('routing.peer')} help={t('routing.peerHelp')} receivers={false} open={open} />
      <Form.Item name="by" label={t('routing.range')}>
        <Radio.Group
          options={[
            { value: 'days', label: t('routing.byDays') },
            { value: 'patient', label: t('routing.byPatient') },
          ]}
        />
      </Form.Item>
      {by === 'days' ? (
        <>
          <Form.Item name="from" label={t('routing.firstDay')} rules={day}>
            <Day />
          </Form.Item>
          <Form.Item name="to" label={t('routing.lastDay')} rules={day}>
            <Day />
          </Form.Item>
        </>
      ) : (
        <Form.Item
          name="patientId"
          label={t('routing.patientId')}
          rules={[{ required: true, whitespace: true, message: t('routing.patientMissing') }]}
        >
          <Input maxLength={64} autoComplete="off" />
        </Form.Item>
      )}
      <Form.Item name="method" label={t('routing.method')} extra={t('routing.methodHelp')}>
        <Radio.Group
          options={[
            { value: 'move', label: 'C-MOVE' },
            { value: 'get', label: 'C-GET' },
          ]}
        />
      </Form.Item>
    </FormDrawer>
  );
}

function pullOf(fields: Fields): NewRoutingPull {
  const { nodeId, method } = fields;
  return fields.by === 'days'
    ? { nodeId, method, from: fields.from, to: fields.to, patientId: null }
    : { nodeId, method, from: null, to: null, patientId: fields.patientId.trim() };
}
