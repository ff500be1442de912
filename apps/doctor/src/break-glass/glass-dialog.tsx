// Asking to open a protected patient: at once, by break-glass, or for a time that a security administrator grants. Exact
// number and reason; what follows is said before it is done. After break-glass the list shows the exams of that number.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, breakGlassReasons, type NewBreakGlass } from '@yunying/api';
import { sentenceOf, useT } from '@yunying/ui';
import { Alert, Form, Input, InputNumber, Modal, Segmented, Select } from 'antd';
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

type Way = 'open' | 'ask';
type Fields = NewBreakGlass & { hours: number };

function GlassDialog({ onClose }: { onClose(): void }): ReactElement {
  const t = useT();
  const [form] = Form.useForm<Fields>();
  const [way, setWay] = useState<Way>('open');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const opening = useMutation({
    mutationFn: ({ hours, reasonCode, ...asked }: Fields): Promise<unknown> =>
      way === 'open' ? api.breakGlass({ ...asked, reasonCode }) : api.requestAccess({ ...asked, hours }),
    onSuccess: async (_glass, { number }) => {
      if (way === 'ask') return; // the dialog says that it was sent
      onClose();
      await queries.invalidateQueries({ queryKey: glassesQuery.queryKey });
      await queries.invalidateQueries({ queryKey: ['exams'] });
      await navigate({ to: '/doctor', search: { list: 'all', q: number.trim() } });
    },
  });
  if (way === 'ask' && opening.isSuccess)
    return (
      <Modal open title={t('glass.askTitle')} footer={null} onCancel={onClose}>
        <Alert type="success" showIcon role="status" title={t('glass.asked')} />
      </Modal>
    );
  return (
    <Modal
      open
      title={t(way === 'open' ? 'glass.title' : 'glass.askTitle')}
      okText={t(way === 'open' ? 'glass.confirm' : 'glass.ask')}
      cancelText={t('glass.cancel')}
      okButtonProps={{ danger: way === 'open' }}
      confirmLoading={opening.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Segmented<Way>
        block
        value={way}
        onChange={setWay}
        style={{ marginBottom: 12 }}
        options={(['open', 'ask'] as const).map((one) => ({ value: one, label: t(`glass.way.${one}`) }))}
      />
      <Alert
        type={way === 'open' ? 'warning' : 'info'}
        showIcon
        title={t(way === 'open' ? 'glass.lead' : 'glass.askLead')}
        style={{ marginBottom: 16 }}
      />
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ number: '', reasonCode: 'emergency', reason: '', hours: 24 }}
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
        {way === 'open' ? <OccasionInput /> : <HoursInput />}
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

function OccasionInput(): ReactElement {
  const t = useT();
  return (
    <Form.Item name="reasonCode" label={t('glass.reasonCode')}>
      <Select options={breakGlassReasons.map((one) => ({ value: one, label: t(`glass.why.${one}`) }))} />
    </Form.Item>
  );
}

function HoursInput(): ReactElement {
  const t = useT();
  return (
    <Form.Item
      name="hours"
      label={t('glass.hours')}
      extra={t('glass.hoursHelp')}
      rules={[{ required: true, message: t('glass.hoursHelp') }]}
    >
      <InputNumber min={1} max={720} style={{ width: 160 }} />
    </Form.Item>
  );
}
