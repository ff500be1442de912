// Asking to open a protected patient: exact number, occasion, reason. What follows is said before it is done. Afterwards
// the list shows the exams of that number.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, breakGlassReasons, type NewBreakGlass } from '@yunying/api';
import { sentenceOf, useT } from '@yunying/ui';
import { Alert, Form, Input, Modal, Select } from 'antd';
import { Siren } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { glassesQuery, mayBreakGlassQuery, problemStatus } from '../queries.ts';

export function GlassButton(): ReactElement | null {
  const t = useT();
  const may = useQuery(mayBreakGlassQuery);
  const [isOpen, setOpen] = useState(false);
  if (may.data !== true) return null;
  return (
    <>
      <button type="button" className="rail-glass" onClick={() => setOpen(true)}>
        <Siren size={16} aria-hidden />
        {t('glass.open')}
      </button>
      {isOpen && <GlassDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function GlassDialog({ onClose }: { onClose(): void }): ReactElement {
  const t = useT();
  const [form] = Form.useForm<NewBreakGlass>();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const opening = useMutation({
    mutationFn: (asked: NewBreakGlass) => api.breakGlass(asked),
    onSuccess: async (_glass, { number }) => {
      onClose();
      await queries.invalidateQueries({ queryKey: glassesQuery.queryKey });
      await queries.invalidateQueries({ queryKey: ['exams'] });
      await navigate({ to: '/doctor', search: { list: 'all', q: number.trim() } });
    },
  });
  return (
    <Modal
      open
      title={t('glass.title')}
      okText={t('glass.confirm')}
      cancelText={t('glass.cancel')}
      okButtonProps={{ danger: true }}
      confirmLoading={opening.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Alert type="warning" showIcon title={t('glass.lead')} style={{ marginBottom: 16 }} />
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ number: '', reasonCode: 'emergency', reason: '' }}
        onFinish={(asked) => opening.mutate(asked)}
      >
        <Form.Item
          name="number"
          label={t('glass.number')}
          extra={t('glass.numberHelp')}
          rules={[{ required: true, whitespace: true, message: t('glass.numberMissing') }]}
        >
          <Input maxLength={64} autoComplete="off" autoFocus />
        </Form.Item>
        <Form.Item name="reasonCode" label={t('glass.reasonCode')}>
          <Select options={breakGlassReasons.map((one) => ({ value: one, label: t(`glass.why.${one}`) }))} />
        </Form.Item>
        <Form.Item
          name="reason"
          label={t('glass.reason')}
          extra={t('glass.reasonHelp')}
          rules={[{ required: true, whitespace: true, min: 10, message: t('glass.reasonShort') }]}
        >
          <Input.TextArea rows={3} maxLength={200} showCount />
        </Form.Item>
      </Form>
      {opening.error !== null && (
        <Alert
          type="error"
          showIcon
          title={problemStatus(opening.error) === 404 ? t('glass.notFound') : sentenceOf(opening.error)}
        />
      )}
    </Modal>
  );
}
