// A form at the side: fields above, and below them what saving will mean, what went wrong, and the two buttons.
import { sentenceOf, useT } from '@yunying/ui';
import { Alert, Button, Drawer, Form, type FormInstance } from 'antd';
import type { ReactElement, ReactNode } from 'react';
import { useNarrow } from './narrow.ts';

export function FormDrawer<T extends object>(props: {
  open: boolean;
  title: string;
  /** Begins the ids of the fields: two forms of a page may have fields of the same name. */
  name: string;
  form: FormInstance<T>;
  initialValues: Partial<T>;
  /** What saving will mean, said before it is done. */
  notes?: ReactNode;
  /** Why the last try failed; null when it did not, or when a note says it. */
  error: Error | null;
  saving: boolean;
  saveLabel: string;
  /** Saving takes something away. */
  danger?: boolean;
  onFinish(fields: T): void;
  onClose(): void;
  children: ReactNode;
}): ReactElement {
  const t = useT();
  const narrow = useNarrow('drawer');
  const { form, error, onClose } = props;
  return (
    <Drawer
      open={props.open}
      onClose={onClose}
      forceRender
      title={props.title}
      size={narrow ? '100%' : 480}
      footer={
        <div className="form-foot">
          {props.notes}
          {error !== null && <Alert type="error" showIcon role="alert" title={sentenceOf(error)} />}
          <div className="actions">
            <Button
              type="primary"
              danger={props.danger ?? false}
              loading={props.saving}
              onClick={() => form.submit()}
            >
              {props.saveLabel}
            </Button>
            <Button onClick={onClose}>{t('form.cancel')}</Button>
          </div>
        </div>
      }
    >
      <Form
        form={form}
        name={props.name}
        layout="vertical"
        requiredMark={false}
        initialValues={props.initialValues}
        onFinish={props.onFinish}
      >
        {props.children}
      </Form>
    </Drawer>
  );
}
