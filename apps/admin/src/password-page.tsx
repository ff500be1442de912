// The change that a one-time or outdated password asks for. The rules stand there before anything is typed; the
// server judges, and every rule it found broken is marked in the same list.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Me } from '@yunying/api';
import { problemOf, useT } from '@yunying/ui';
import { Alert, Button, Form, Input } from 'antd';
import type { ReactElement } from 'react';
import { consoleApi } from './console-api.ts';
import { meKey } from './console-cache.ts';
import { refusalOf } from './log-in-page.tsx';
import { Mark } from './mark.tsx';
import './door.css';

type Fields = { oldPassword: string; newPassword: string; again: string };

const rules = ['too-short', 'too-few-classes', 'run-of-four', 'holds-login-name', 'weak-word', 'used-before'];

export function PasswordPage({ me }: { me: Me }): ReactElement {
  const t = useT();
  const cache = useQueryClient();
  const change = useMutation({
    mutationFn: (fields: Fields) => consoleApi.changePassword(fields.oldPassword, fields.newPassword),
    onSuccess: () => cache.invalidateQueries({ queryKey: meKey }),
  });
  const leave = useMutation({
    mutationFn: consoleApi.logOut,
    onSettled: () => cache.setQueryData(meKey, null),
  });
  const faults = faultsOf(change.error);
  return (
    <div className="door">
      <main className="door-card">
        <h1>
          <Mark size={36} />
          {t('password.title')}
        </h1>
        <p className="door-lead">{t('password.lead', { name: me.displayName })}</p>
        <Form
          layout="vertical"
          requiredMark={false}
          onFinish={(fields: Fields) => change.mutate(fields)}
          disabled={change.isPending}
        >
          <Form.Item
            name="oldPassword"
            label={t('password.old')}
            rules={[required(t('password.oldMissing'))]}
          >
            <Input.Password autoFocus autoComplete="current-password" maxLength={200} />
          </Form.Item>
          <Form.Item
            name="newPassword"
            label={t('password.new')}
            rules={[required(t('password.newMissing')), { min: 12, message: t('password.fault.too-short') }]}
          >
            <Input.Password autoComplete="new-password" maxLength={200} aria-describedby="password-rules" />
          </Form.Item>
          <ul className="door-rules" id="password-rules">
            {rules.map((rule) => (
              <li key={rule} data-broken={faults.includes(rule)}>
                {t(`password.fault.${rule}`)}
              </li>
            ))}
          </ul>
          <Form.Item
            name="again"
            label={t('password.again')}
            dependencies={['newPassword']}
            rules={[
              required(t('password.againMissing')),
              ({ getFieldValue }) => ({
                validator: (_, value: string | undefined) =>
                  !value || value === getFieldValue('newPassword')
                    ? Promise.resolve()
                    : Promise.reject(new Error(t('password.differs'))),
              }),
            ]}
          >
            <Input.Password autoComplete="new-password" maxLength={200} />
          </Form.Item>
          {change.isError && (
            <Alert
              className="door-refusal"
              type="error"
              showIcon
              role="alert"
              title={refusalOf(change.error, t)}
            />
          )}
          <Button type="primary" htmlType="submit" block size="large" loading={change.isPending}>
            {t('password.save')}
          </Button>
        </Form>
        <Button type="link" className="door-leave" onClick={() => leave.mutate()}>
          {t('session.leave')}
        </Button>
      </main>
    </div>
  );
}

const required = (message: string) => ({ required: true, message });

function faultsOf(error: unknown): readonly string[] {
  const faults = problemOf(error)?.details?.faults;
  return Array.isArray(faults) ? faults.filter((fault) => typeof fault === 'string') : [];
}
