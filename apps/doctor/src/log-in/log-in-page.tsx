// Log-in with name and password. Says how many tries are left and, when locked, for how long (spec AU-5).
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@yunying/api';
import { currentLanguage, useT } from '@yunying/ui';
import { Button, Form, Input } from 'antd';
import type { ReactElement } from 'react';
import { forgetPatients, meQuery } from '../queries.ts';
import { EntryCard, EntryRefusal } from './entry-card.tsx';
import { refusalSentence } from './refusal.ts';

type Fields = { loginName: string; password: string };

export function LogInPage(): ReactElement {
  const t = useT();
  const queries = useQueryClient();
  const entering = useMutation({
    mutationFn: ({ loginName, password }: Fields) =>
      api.logIn(loginName.trim(), password, { language: currentLanguage() }),
    onSuccess: (me) => {
      forgetPatients(queries);
      queries.setQueryData(meQuery.queryKey, me);
    },
  });
  return (
    <EntryCard title={t('logIn.title')} lead={t('logIn.lead')}>
      <Form<Fields>
        layout="vertical"
        requiredMark={false}
        size="large"
        onFinish={(fields) => entering.mutate(fields)}
      >
        <Form.Item
          name="loginName"
          label={t('logIn.name')}
          rules={[{ required: true, message: t('logIn.nameMissing') }]}
        >
          <Input autoComplete="username" autoFocus maxLength={64} autoCapitalize="none" spellCheck={false} />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('logIn.password')}
          rules={[{ required: true, message: t('logIn.passwordMissing') }]}
        >
          <Input.Password autoComplete="current-password" maxLength={200} />
        </Form.Item>
        <EntryRefusal text={entering.error === null ? null : refusalSentence(entering.error, t)} />
        <Button type="primary" htmlType="submit" block loading={entering.isPending}>
          {t('logIn.enter')}
        </Button>
      </Form>
      <p className="entry-foot">{t('logIn.foot')}</p>
    </EntryCard>
  );
}
