// Roles: the built-in ones to read and to copy, the hospital's own to change and remove.
import { useQuery } from '@tanstack/react-query';
import { type RoleItem, roleWords } from '@yunying/api';
import { Problem, Skeleton, SkeletonGroup, useT } from '@yunying/ui';
import { Button, Checkbox, Form, Input, Popconfirm, Table, Tag } from 'antd';
import { type ReactElement, useEffect, useState } from 'react';
import { FormDrawer } from '../form-drawer.tsx';
import { permissionWord, roleParts } from './permission-words.ts';
import { inLanguage, rightsApi, rightsKey } from './rights-api.ts';
import { useAct } from './use-act.ts';

type Fields = { name: string; title: string; permissions: (typeof roleParts)[number][] };
type Draft = { from: RoleItem; isCopy: boolean };

export function RolesView(): ReactElement {
  const t = useT();
  const [draft, setDraft] = useState<Draft | null>(null);
  const query = useQuery({
    queryKey: [rightsKey, 'roles'],
    queryFn: ({ signal }) => rightsApi.roles(signal),
  });
  if (query.data === undefined)
    return query.error === null ? (
      <SkeletonGroup>
        <Skeleton height={280} />
      </SkeletonGroup>
    ) : (
      <Problem error={query.error} onRetry={() => void query.refetch()} />
    );
  return (
    <div className="rows">
      <Table<RoleItem>
        size="middle"
        aria-label={t('rights.view.roles')}
        rowKey="name"
        dataSource={query.data}
        pagination={false}
        scroll={{ x: 900 }}
        columns={[
          {
            title: t('rights.role'),
            width: 200,
            render: (_, role) => (
              <>
                {titleOf(role)} <Tag>{t(role.isBuiltIn ? 'rights.builtIn' : 'rights.ownRole')}</Tag>
              </>
            ),
          },
          {
            title: t('rights.may'),
            render: (_, role) => role.permissions.map((one) => permissionWord(t, one)).join(' · '),
          },
          { title: t('rights.inUse'), width: 100, render: (_, role) => role.grants },
          {
            title: t('col.action'),
            width: 220,
            render: (_, role) => <RoleActs role={role} onDraft={setDraft} />,
          },
        ]}
      />
      <RoleDrawer draft={draft} onClose={() => setDraft(null)} />
    </div>
  );
}

function titleOf(role: RoleItem): string {
  const words = roleWords[role.name];
  return words === undefined ? role.title : inLanguage(words);
}

function RoleActs({ role, onDraft }: { role: RoleItem; onDraft(draft: Draft): void }): ReactElement {
  const t = useT();
  const remove = useAct(rightsApi.removeRole, () => 'rights.roleRemoved');
  return (
    <div className="actions">
      <Button size="small" onClick={() => onDraft({ from: role, isCopy: true })}>
        {t('rights.copy')}
      </Button>
      {!role.isBuiltIn && (
        <Button size="small" onClick={() => onDraft({ from: role, isCopy: false })}>
          {t('rights.change')}
        </Button>
      )}
      {!role.isBuiltIn && (
        <Popconfirm title={t('rights.removeRole')} onConfirm={() => remove.mutate(role.name)}>
          <Button size="small" danger disabled={role.grants > 0} loading={remove.isPending}>
            {t('rights.remove')}
          </Button>
        </Popconfirm>
      )}
    </div>
  );
}

function RoleDrawer({ draft, onClose }: { draft: Draft | null; onClose(): void }): ReactElement {
  const t = useT();
  const [form] = Form.useForm<Fields>();
  const save = useAct(
    ({ name, title, permissions }: Fields) => rightsApi.saveRole(name, { title: title.trim(), permissions }),
    () => 'rights.roleSaved',
    onClose,
  );
  useEffect(() => {
    if (draft === null) return;
    const { from, isCopy } = draft;
    form.setFieldsValue({
      name: isCopy ? '' : from.name,
      title: isCopy ? '' : from.title,
      permissions: roleParts.filter((one) => from.permissions.includes(one)),
    });
  }, [draft, form]);
  return (
    <FormDrawer
      open={draft !== null}
      title={t(draft?.isCopy === false ? 'rights.change' : 'rights.newRole')}
      name="role"
      form={form}
      initialValues={{}}
      error={save.error}
      saving={save.isPending}
      saveLabel={t('form.save')}
      onFinish={(fields) => save.mutate(fields)}
      onClose={onClose}
    >
      <Form.Item
        name="title"
        label={t('rights.roleTitle')}
        rules={[{ required: true, whitespace: true, message: t('rights.roleTitleMissing') }]}
      >
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item
        name="name"
        label={t('rights.roleName')}
        extra={t('rights.roleNameHelp')}
        rules={[{ required: true, pattern: /^[a-z][a-z0-9_]{1,40}$/, message: t('rights.roleNameHelp') }]}
      >
        <Input maxLength={41} disabled={draft?.isCopy === false} />
      </Form.Item>
      <Form.Item
        name="permissions"
        label={t('rights.may')}
        extra={t('rights.roleEffect')}
        rules={[{ required: true, message: t('rights.mayMissing') }]}
      >
        <Checkbox.Group options={roleParts.map((one) => ({ value: one, label: permissionWord(t, one) }))} />
      </Form.Item>
    </FormDrawer>
  );
}
