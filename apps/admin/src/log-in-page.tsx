// The log-in of the three administrators. The server says how many tries are left or how long the lock lasts; the
// name that was typed stays, the password does not.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { detailOf, LanguageToggle, problemOf, sentenceOf, type Translate, useT } from '@yunying/ui';
import { Alert, Button, Form, Input } from 'antd';
import type { ReactElement } from 'react';
import { consoleApi } from './console-api.ts';
import { meKey } from './console-cache.ts';
import { Mark } from './mark.tsx';
import './door.css';

type Fields = { loginName: string; password: string };

export function LogInPage(): ReactElement {
  const t = useT();
  const cache = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const enter = useMutation({
    mutationFn: ({ loginName, password }: Fields) => consoleApi.logIn(loginName.trim(), password),
    onSuccess: (me) => cache.setQueryData(meKey, me),
    onError: () => {
      form.setFieldValue('password', '');
      form.getFieldInstance('password')?.focus();
    },
  });
  return (
    <div className="door">
      <div className="door-language">
        <LanguageToggle />
      </div>
      <main className="door-card">
        <h1>
          <Mark size={36} />
          {t('app.name')}
        </h1>
        <Form form={form} layout="vertical" requiredMark={false} onFinish={(fields) => enter.mutate(fields)}>
          <Form.Item
            name="loginName"
            label={t('session.loginName')}
            rules={[{ required: true, whitespace: true, message: t('session.loginNameMissing') }]}
          >
            <Input
              autoFocus
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={64}
            />
          </Form.Item>
          <Form.Item
            name="password"
            label={t('session.password')}
            rules={[{ required: true, message: t('session.passwordMissing') }]}
          >
            <Input.Password autoComplete="current-password" maxLength={200} />
          </Form.Item>
          {enter.isError && (
            <Alert
              className="door-refusal"
              type="error"
              showIcon
              role="alert"
              title={refusalOf(enter.error, t)}
            />
          )}
          <Button type="primary" htmlType="submit" block size="large" loading={enter.isPending}>
            {t('session.enter')}
          </Button>
        </Form>
        <p className="door-note">{t('session.note')}</p>
      </main>
    </div>
  );
}

/** The server's sentence, and what is left to do: tries, or minutes to wait. */
export function refusalOf(error: unknown, t: Translate): string {
  const remaining = detailOf(error, 'remaining');
  const wait = detailOf(error, 'retryAfterSeconds');
  const sentence = sentenceOf(error);
  if (wait !== null && problemOf(error)?.status === 429)
    return t('session.locked', { minutes: Math.max(1, Math.ceil(wait / 60)) });
  return remaining === null ? sentence : `${sentence}${t('session.remaining', { count: remaining })}`;
}
