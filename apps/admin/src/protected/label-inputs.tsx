// What a label says: tag, level, restriction; with a sentence that says what the chosen restriction means.
import { type ProtectionRestriction, protectionRestrictions, protectionTags } from '@yunying/api';
import { useT } from '@yunying/ui';
import { Form, type FormInstance, InputNumber, Select } from 'antd';
import type { ReactElement } from 'react';

export function LabelInputs<T extends { restriction: ProtectionRestriction }>(props: {
  form: FormInstance<T>;
}): ReactElement {
  const t = useT();
  const chosen = Form.useWatch<ProtectionRestriction | undefined>('restriction', props.form as FormInstance);
  return (
    <>
      <Form.Item name="tag" label={t('protected.tag')}>
        <Select options={protectionTags.map((one) => ({ value: one, label: t(`protected.tag.${one}`) }))} />
      </Form.Item>
      <Form.Item name="level" label={t('protected.levelField')} extra={t('protected.levelHelp')}>
        <InputNumber min={1} max={5} style={{ width: 160 }} />
      </Form.Item>
      <Form.Item
        name="restriction"
        label={t('protected.restriction')}
        extra={t(`protected.restrictionHelp.${chosen ?? 'break_glass'}`)}
      >
        <Select
          options={protectionRestrictions.map((one) => ({
            value: one,
            label: t(`protected.restriction.${one}`),
          }))}
        />
      </Form.Item>
    </>
  );
}
