// The advanced part of the node form, closed until it is wanted: limits of its associations, what it may store and what
// it is sent, TLS and users in both directions.
import { type NodeItem, sendAsWords } from '@yunying/api';
import { useT } from '@yunying/ui';
import { Checkbox, Collapse, Form, Input, InputNumber, Radio, Select } from 'antd';
import type { ReactElement } from 'react';
import type { RuleFields } from './node-rule-fields.ts';

const knownSyntaxes = [
  ['1.2.840.10008.1.2', 'Implicit VR Little Endian'],
  ['1.2.840.10008.1.2.1', 'Explicit VR Little Endian'],
  ['1.2.840.10008.1.2.5', 'RLE Lossless'],
  ['1.2.840.10008.1.2.4.50', 'JPEG Baseline'],
  ['1.2.840.10008.1.2.4.70', 'JPEG Lossless'],
  ['1.2.840.10008.1.2.4.80', 'JPEG-LS Lossless'],
  ['1.2.840.10008.1.2.4.90', 'JPEG 2000 Lossless'],
  ['1.2.840.10008.1.2.4.91', 'JPEG 2000'],
  ['1.2.840.10008.1.2.4.201', 'HTJ2K Lossless'],
].map(([value, label]) => ({ value, label }));

export function NodeRuleInputs(props: { rules: RuleFields; known: NodeItem | undefined }): ReactElement {
  const t = useT();
  return (
    <Collapse
      ghost
      className="form-more"
      items={[
        {
          key: 'rules',
          label: t('nodes.advanced'),
          forceRender: true,
          children: (
            <>
              <Limits />
              <Objects rules={props.rules} />
              <Incoming />
              <Outgoing {...props} />
            </>
          ),
        },
      ]}
    />
  );
}

function Limits(): ReactElement {
  const t = useT();
  const numbers: [keyof RuleFields, number, number][] = [
    ['mostAssociations', 1, 200],
    ['kilobytesPerSecond', 17, 10_000_000],
    ['maxPduLength', 4_096, 1_048_576],
    ['associationSeconds', 1, 600],
    ['dimseSeconds', 1, 86_400],
    ['idleSeconds', 1, 86_400],
  ];
  return (
    <div className="form-numbers">
      {numbers.map(([name, min, max]) => (
        <Form.Item key={name} name={['rules', name]} label={t(`nodes.rule.${name}`)}>
          <InputNumber
            min={min}
            max={max}
            precision={0}
            controls={false}
            placeholder={t('nodes.rule.standard')}
          />
        </Form.Item>
      ))}
    </div>
  );
}

function Objects({ rules }: { rules: RuleFields }): ReactElement {
  const t = useT();
  return (
    <>
      <Form.Item name={['rules', 'sendAs']} label={t('nodes.rule.sendAs')} extra={t('nodes.rule.sendAsHelp')}>
        <Select options={sendAsWords.map((word) => ({ value: word, label: t(`sendAs.${word}`) }))} />
      </Form.Item>
      <Form.Item
        name={['rules', 'transferSyntaxes']}
        label={t('nodes.rule.transferSyntaxes')}
        extra={t('nodes.rule.transferSyntaxesHelp')}
      >
        <Select mode="tags" options={knownSyntaxes} />
      </Form.Item>
      <Form.Item name={['rules', 'privateClasses']} label={t('nodes.rule.privateClasses')}>
        <Radio.Group
          options={(['all', 'none', 'listed'] as const).map((value) => ({
            value,
            label: t(`nodes.private.${value}`),
          }))}
        />
      </Form.Item>
      <Form.Item name={['rules', 'listedClasses']} hidden={rules.privateClasses !== 'listed'}>
        <Select mode="tags" aria-label={t('nodes.private.listed')} open={false} />
      </Form.Item>
    </>
  );
}

function Incoming(): ReactElement {
  const t = useT();
  return (
    <>
      <Form.Item name={['rules', 'tlsRequired']} valuePropName="checked">
        <Checkbox>{t('nodes.rule.tlsRequired')}</Checkbox>
      </Form.Item>
      <Form.Item name={['rules', 'userIdentity']} label={t('nodes.rule.userIdentity')}>
        <Select
          options={(['', 'named', 'proven'] as const).map((value) => ({
            value,
            label: t(`nodes.identity.${value === '' ? 'none' : value}`),
          }))}
        />
      </Form.Item>
      <Form.Item
        name={['rules', 'queries']}
        label={t('nodes.rule.queries')}
        extra={t('nodes.rule.queriesHelp')}
      >
        <Select
          options={(['', 'narrow', 'any'] as const).map((value) => ({
            value,
            label: t(`nodes.queries.${value === '' ? 'usual' : value}`),
          }))}
        />
      </Form.Item>
    </>
  );
}

function Outgoing({ rules, known }: { rules: RuleFields; known: NodeItem | undefined }): ReactElement {
  const t = useT();
  const held = (holds: boolean | undefined) => (holds === true ? t('nodes.rule.held') : '');
  const plain = { autoComplete: 'off', spellCheck: false } as const;
  return (
    <>
      <Form.Item name={['rules', 'tls']} valuePropName="checked">
        <Checkbox>{t('nodes.rule.tls')}</Checkbox>
      </Form.Item>
      <div hidden={!rules.tls}>
        <Form.Item name={['rules', 'tlsCa']} label={t('nodes.rule.tlsCa')} extra={t('nodes.rule.tlsHelp')}>
          <Input.TextArea rows={3} className="cell-code" {...plain} />
        </Form.Item>
        <Form.Item name={['rules', 'tlsCertificate']} label={t('nodes.rule.tlsCertificate')}>
          <Input.TextArea rows={3} className="cell-code" {...plain} />
        </Form.Item>
        <Form.Item name={['rules', 'tlsKey']} label={t('nodes.rule.tlsKey')}>
          <Input.TextArea rows={3} className="cell-code" placeholder={held(known?.holds.tlsKey)} {...plain} />
        </Form.Item>
        <Form.Item name={['rules', 'tlsServerName']} label={t('nodes.rule.tlsServerName')}>
          <Input maxLength={253} {...plain} />
        </Form.Item>
      </div>
      <Form.Item
        name={['rules', 'userName']}
        label={t('nodes.rule.userName')}
        extra={t('nodes.rule.userHelp')}
      >
        <Input maxLength={128} {...plain} />
      </Form.Item>
      <div hidden={rules.userName.trim() === ''}>
        <Form.Item name={['rules', 'passcode']} label={t('nodes.rule.passcode')}>
          <Input.Password
            maxLength={256}
            autoComplete="new-password"
            placeholder={held(known?.holds.passcode)}
          />
        </Form.Item>
        <Form.Item name={['rules', 'userIsConfirmed']} valuePropName="checked">
          <Checkbox>{t('nodes.rule.userIsConfirmed')}</Checkbox>
        </Form.Item>
      </div>
    </>
  );
}
