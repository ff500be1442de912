// Registering a node, or changing one: label above, help below, and before saving one sentence that says what the node will be able to
// do. A name that is registered already is changed only after that was said and confirmed.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type NewNode, type NodeItem, nodeMays } from '@yunying/api';
import { problemOf, useT } from '@yunying/ui';
import { Alert, App, Checkbox, Form, Input, InputNumber, Radio, Select } from 'antd';
import { type ReactElement, useEffect } from 'react';
import { consoleApi } from './console-api.ts';
import { FormDrawer } from './form-drawer.tsx';
import {
  consequenceOf,
  fieldsToNode,
  mayWord,
  type NodeFields,
  nodeToFields,
  standardFields,
} from './node-fields.ts';
import { NodeRuleInputs } from './node-rule-inputs.tsx';
import { nodesKey, sameNode } from './nodes.ts';

export function NodeForm({
  item,
  onClose,
}: {
  /** 'new', the id of the node to change, or undefined while nothing is asked for. */
  item: string | undefined;
  onClose: () => void;
}): ReactElement {
  const t = useT();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [form] = Form.useForm<NodeFields>();
  const watched = Form.useWatch([], form);
  const fields: NodeFields = {
    ...standardFields,
    ...watched,
    rules: { ...standardFields.rules, ...watched?.rules },
  };
  const nodes = useQuery({
    queryKey: nodesKey,
    queryFn: ({ signal }) => consoleApi.nodes(signal),
    enabled: item !== undefined,
  });
  const edited = nodes.data?.find((node) => node.id === item);
  const open = item === 'new' || edited !== undefined;
  const save = useMutation({
    mutationFn: (node: NewNode) => consoleApi.saveNode(node),
    onSuccess: (node) => {
      void message.success(t('nodes.saved', { name: node.name }));
      void cache.invalidateQueries({ queryKey: nodesKey });
      onClose();
    },
  });
  const { reset } = save;
  // biome-ignore lint/correctness/useExhaustiveDependencies: filled when a node is opened; a list read anew undoes nothing that was typed
  useEffect(() => {
    if (!open) return;
    form.resetFields();
    if (edited !== undefined) form.setFieldsValue(nodeToFields(edited));
    reset();
  }, [open, item, form, reset]);
  // Known from the list, or because the server just said so.
  const replaces =
    edited === undefined &&
    (sameNode(nodes.data ?? [], fields) !== undefined || problemOf(save.error)?.code === 'nodes.registered');
  const consequence = consequenceOf(fields, t);
  return (
    <FormDrawer
      open={open}
      title={edited === undefined ? t('nodes.add') : t('nodes.edit', { name: edited.name })}
      name="node"
      form={form}
      initialValues={standardFields}
      notes={
        <>
          {consequence !== null && <Alert type="info" showIcon title={consequence} />}
          {replaces && <Alert type="warning" showIcon title={t('nodes.replaces')} />}
          {edited !== undefined && edited.disabledAt !== null && (
            <Alert type="warning" showIcon title={t('nodes.editEnables')} />
          )}
        </>
      }
      error={problemOf(save.error)?.code === 'nodes.registered' ? null : save.error}
      saving={save.isPending}
      saveLabel={t(replaces ? 'nodes.replace' : 'form.save')}
      danger={replaces}
      onFinish={() => save.mutate(fieldsToNode(fields, replaces || edited !== undefined, edited))}
      onClose={onClose}
    >
      <NodeInputs fields={fields} edited={edited} />
    </FormDrawer>
  );
}

function NodeInputs(props: { fields: NodeFields; edited: NodeItem | undefined }): ReactElement {
  const { fields, edited } = props;
  const isNamed = edited !== undefined; // the name is what it is known by: another name is another node
  const t = useT();
  const isDicom = fields.kind === 'dicom';
  return (
    <>
      <Form.Item name="kind" label={t('col.kind')}>
        <Radio.Group
          disabled={isNamed}
          options={[
            { value: 'dicom', label: t('nodes.kindLong.dicom') },
            { value: 'hl7', label: t('nodes.kindLong.hl7') },
          ]}
        />
      </Form.Item>
      <Form.Item
        name="name"
        label={t(isDicom ? 'nodes.aeTitle' : 'nodes.application')}
        extra={t(isDicom ? 'nodes.aeTitleHelp' : 'nodes.applicationHelp')}
        rules={[
          { required: true, whitespace: true, message: t('nodes.nameMissing') },
          isDicom
            ? { pattern: /^[\x20-\x5b\x5d-\x7e]{1,16}$/, message: t('nodes.aeTitleWrong') }
            : { pattern: /^[^\r\n|]{1,180}$/, message: t('nodes.applicationWrong') },
        ]}
      >
        <Input
          maxLength={isDicom ? 16 : 180}
          disabled={isNamed}
          autoComplete="off"
          spellCheck={false}
          className="cell-code"
        />
      </Form.Item>
      {!isDicom && (
        <Form.Item name="facility" label={t('nodes.facility')} extra={t('nodes.facilityHelp')}>
          <Input maxLength={180} disabled={isNamed} autoComplete="off" spellCheck={false} />
        </Form.Item>
      )}
      <div className="form-pair">
        <Form.Item
          name="host"
          label={t('nodes.host')}
          extra={t('nodes.hostHelp')}
          rules={[{ pattern: /^[A-Za-z0-9._:-]{1,253}$/, message: t('nodes.hostWrong') }]}
        >
          <Input maxLength={253} autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Form.Item name="port" label={t('nodes.port')} extra={t('nodes.portHelp')}>
          <InputNumber min={1} max={65_535} precision={0} controls={false} />
        </Form.Item>
      </div>
      {isDicom && (
        <Form.Item
          name="may"
          label={t('col.may')}
          rules={[{ type: 'array', min: 1, message: t('nodes.mayMissing') }]}
        >
          <Checkbox.Group
            options={nodeMays.map((may) => ({ value: may, label: t(mayWord('dicom', may)) }))}
          />
        </Form.Item>
      )}
      <Form.Item name="charset" label={t('nodes.charset')} extra={t('nodes.charsetHelp')}>
        <Select
          options={[
            { value: '', label: t('nodes.charsetDeclared') },
            { value: 'GB18030', label: 'GB18030 / GBK' },
            { value: 'UTF-8', label: 'UTF-8' },
          ]}
        />
      </Form.Item>
      {isDicom && (
        <Form.Item name="onConflict" label={t('nodes.onConflict')} extra={t('nodes.onConflictHelp')}>
          <Radio.Group
            options={[
              { value: 'refuse', label: t('nodes.conflict.refuse') },
              { value: 'accept', label: t('nodes.conflict.accept') },
            ]}
          />
        </Form.Item>
      )}
      {isDicom && <NodeRuleInputs rules={fields.rules} known={edited} />}
    </>
  );
}
