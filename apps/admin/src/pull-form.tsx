// Starting a pull: which archive, which days or which patient, and how.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { NewRoutingPull } from '@yunying/api';
import { sentenceOf, useT } from '@yunying/ui';
import { Alert, App, Button, Drawer, Form, Input, Radio } from 'antd';
import { type ReactElement, useEffect } from 'react';
import { consoleApi } from './console-api.ts';
import { useNarrow } from './narrow.ts';
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
  const narrow = useNarrow('drawer');
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
    <Drawer
      open={open}
      onClose={onClose}
      forceRender
      title={t('routing.add.pulls')}
      size={narrow ? '100%' : 480}
      footer={
        <div className="form-foot">
          {save.isError && <Alert type="error" showIcon role="alert" title={sentenceOf(save.error)} />}
          <div className="actions">
            <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
              {t('routing.start')}
            </Button>
            <Button onClick={onClose}>{t('form.cancel')}</Button>
          </div>
        </div>
      }
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={start}
        onFinish={(fields) => save.mutate(pullOf({ ...start, ...fields }))}
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
              <Input type="date" />
            </Form.Item>
            <Form.Item name="to" label={t('routing.lastDay')} rules={day}>
              <Input type="date" />
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
      </Form>
    </Drawer>
  );
}

function pullOf(fields: Fields): NewRoutingPull {
  const { nodeId, method } = fields;
  return fields.by === 'days'
    ? { nodeId, method, from: fields.from, to: fields.to, patientId: null }
    : { nodeId, method, from: null, to: null, patientId: fields.patientId.trim() };
}
