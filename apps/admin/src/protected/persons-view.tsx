// Who is protected: masked names, their labels, and a drawer with everything about one of them.
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { type ProtectedPerson, type ProtectionTag, protectionTags } from '@yunying/api';
import { sentenceOf, useT } from '@yunying/ui';
import { Alert, Button, Form, Input, Modal, Select, Tag } from 'antd';
import { Plus } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { type Column, RowList } from '../row-list.tsx';
import { useList } from '../use-list.ts';
import { PersonDrawer } from './person-drawer.tsx';
import { protectedKey, protectionApi } from './protection-api.ts';

export function PersonsView(): ReactElement {
  const t = useT();
  const { search, paging, go } = useList();
  const [tag, setTag] = useState<ProtectionTag | null>(null);
  const query = useQuery({
    queryKey: [protectedKey, 'persons', tag, paging.cursor, paging.limit],
    queryFn: ({ signal }) => protectionApi.persons(tag, paging, signal),
    placeholderData: keepPreviousData,
  });
  const open = (row: ProtectedPerson) => go({ ...search, item: row.id }, { replace: true });
  const { item, ...closed } = search;
  return (
    <>
      <div className="filters">
        <Select<ProtectionTag | ''>
          value={tag ?? ''}
          aria-label={t('protected.labels')}
          style={{ width: 180 }}
          onChange={(next) => {
            setTag(next === '' ? null : next);
            const { after: _, ...first } = search;
            go(first, { replace: true });
          }}
          options={[
            { value: '', label: t('protected.allTags') },
            ...protectionTags.map((one) => ({ value: one, label: t(`protected.tag.${one}`) })),
          ]}
        />
      </div>
      <RowList
        label={t('protected.view.persons')}
        columns={useColumns(open)}
        query={query}
        onOpen={open}
        empty={{ title: t('protected.empty.persons'), text: t('protected.emptyText.persons') }}
      />
      <PersonDrawer personId={item ?? null} onClose={() => go(closed, { replace: true })} />
    </>
  );
}

function useColumns(open: (row: ProtectedPerson) => void): Column<ProtectedPerson>[] {
  const t = useT();
  return [
    {
      key: 'name',
      title: t('protected.person'),
      onCard: 'head',
      render: (row) => (
        <button type="button" className="cell-open" onClick={() => open(row)}>
          {row.name}
        </button>
      ),
    },
    {
      key: 'number',
      title: t('protected.number'),
      width: 150,
      render: (row) => <span className="cell-code">{row.patientNumber}</span>,
    },
    {
      key: 'labels',
      title: t('protected.labels'),
      render: (row) => (
        <span className="tags">
          {row.tags.map((tag) => (
            <Tag key={tag} variant="filled">
              {t(`protected.tag.${tag}`)}
            </Tag>
          ))}
        </span>
      ),
    },
    {
      key: 'level',
      title: t('protected.levelField'),
      width: 90,
      render: (row) => t('protected.level', { level: row.level }),
    },
    {
      key: 'restriction',
      title: t('protected.restriction'),
      width: 130,
      render: (row) => t(`protected.restriction.${row.restriction}`),
    },
    { key: 'grants', title: t('protected.grantCount'), width: 100, render: (row) => row.grantCount },
    {
      key: 'open',
      title: t('col.action'),
      width: 90,
      onCard: 'foot',
      render: (row) => (
        <Button size="small" onClick={() => open(row)}>
          {t('protected.open')}
        </Button>
      ),
    },
  ];
}

/** Finds somebody by an exact number and opens the drawer, where labels are set. */
export function AddPerson(): ReactElement {
  const t = useT();
  const { search, go } = useList();
  const [isOpen, setOpen] = useState(false);
  const [form] = Form.useForm<{ number: string }>();
  const find = useMutation({
    mutationFn: ({ number }: { number: string }) => protectionApi.find(number),
    onSuccess: (person) => {
      setOpen(false);
      form.resetFields();
      go({ ...search, item: person.id }, { replace: true });
    },
  });
  return (
    <>
      <Button type="primary" icon={<Plus size={16} aria-hidden />} onClick={() => setOpen(true)}>
        {t('protected.add')}
      </Button>
      <Modal
        open={isOpen}
        title={t('protected.find')}
        okText={t('protected.find')}
        cancelText={t('form.cancel')}
        confirmLoading={find.isPending}
        onOk={() => form.submit()}
        onCancel={() => setOpen(false)}
      >
        <Form form={form} layout="vertical" requiredMark={false} onFinish={(asked) => find.mutate(asked)}>
          <Form.Item
            name="number"
            label={t('protected.findNumber')}
            extra={t('protected.findHelp')}
            rules={[{ required: true, whitespace: true, message: t('protected.findNumber') }]}
          >
            <Input maxLength={64} autoComplete="off" />
          </Form.Item>
        </Form>
        {find.error !== null && <Alert type="error" showIcon title={sentenceOf(find.error)} />}
      </Modal>
    </>
  );
}
