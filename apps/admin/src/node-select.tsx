// A registered DICOM node with an address, to be chosen in a form.
import { useQuery } from '@tanstack/react-query';
import { useT } from '@yunying/ui';
import { Form, Select } from 'antd';
import type { ReactElement } from 'react';
import { consoleApi } from './console-api.ts';
import { nodesKey } from './nodes.ts';

export function NodeSelect(props: {
  label: string;
  help: string;
  receivers: boolean;
  open: boolean;
}): ReactElement {
  const t = useT();
  const nodes = useQuery({
    queryKey: nodesKey,
    queryFn: ({ signal }) => consoleApi.nodes(signal),
    enabled: props.open,
  });
  const options = (nodes.data ?? [])
    .filter(
      (node) => node.kind === 'dicom' && node.host !== null && node.port !== null && node.disabledAt === null,
    )
    .filter((node) => !props.receivers || node.may.split(' ').includes('send'))
    .map((node) => ({ value: node.id, label: `${node.name}  ${node.host}:${node.port}` }));
  return (
    <Form.Item
      name="nodeId"
      label={props.label}
      extra={props.help}
      rules={[{ required: true, message: t('routing.nodeMissing') }]}
    >
      <Select options={options} loading={nodes.isPending} />
    </Form.Item>
  );
}
