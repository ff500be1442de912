// A one-time password must be replaced before anything else (spec AU-2). The server decides what is strong enough and
// names every broken rule; here the rules are only told beforehand.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@yunying/api';
import { problemOf, type Translate, useT } from '@yunying/ui';
import { Button, Form, Input } from 'antd';
import type { ReactElement } from 'react';
import { endSession, meQuery } from '../queries.ts';
import { EntryCard, EntryRefusal } from './entry-card.tsx';
import { refusalSentence } from './refusal.ts';

type Fields = { oldPassword: string; newPassword: string; again: string };

export function ChangePasswordPage(): ReactElement {
  const t = useT();
  const queries = useQueryClient();
  const changing = useMutation({
    mutationFn: ({ oldPassword, newPassword }: Fields) => api.changePassword(oldPassword, newPassword),
    onSuccess: () => queries.invalidateQueries(meQuery),
  });
  const leaving = useMutation({
    mutationFn: () => api.logOut(),
    onSettled: () => endSession(queries),
  });
  return (
    <EntryCard title={t('password.title')} lead={t('password.rules')}>
      <Form<Fields>
        layout="vertical"
        requiredMark={false}
        size="large"
        onFinish={(fields) => changing.mutate(fields)}
      >
        <Form.Item
          name="oldPassword"
          label={t('password.old')}
          rules={[{ required: true, message: t('password.missing') }]}
        >
          <Input.Password autoComplete="current-password" maxLength={200} autoFocus />
        </Form.Item>
        <Form.Item
          name="newPassword"
          label={t('password.new')}
          rules={[{ required: true, min: 10, message: t('password.tooShort') }]}
        >
          <Input.Password autoComplete="new-password" maxLength={200} />
        </Form.Item>
        <Form.Item
          name="again"
          label={t('password.again')}
          dependencies={['newPassword']}
          rules={[
            ({ getFieldValue }) => ({
              validator: (_rule, value: unknown) =>
                value === getFieldValue('newPassword')
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('password.differs'))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" maxLength={200} />
        </Form.Item>
        <EntryRefusal text={changing.error === null ? null : weakness(changing.error, t)} />
        <Button type="primary" htmlType="submit" block loading={changing.isPending}>
          {t('password.save')}
        </Button>
        <Button type="link" block onClick={() => leaving.mutate()}>
          {t('app.logOut')}
        </Button>
      </Form>
    </EntryCard>
  );
}

function weakness(error: unknown, t: Translate): string {
  const faults = problemOf(error)?.details?.faults;
  if (!Array.isArray(faults)) return refusalSentence(error, t);
  const named = faults
    .filter((fault): fault is string => typeof fault === 'string')
    .map((fault) => t(`password.fault.${fault}`));
  return `${refusalSentence(error, t)} ${named.join(' ')}`;
}
