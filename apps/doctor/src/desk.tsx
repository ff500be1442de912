// The screens that are built of antd, fetched together: before the reading room nobody waits for them.
import type { ReactElement } from 'react';
import { AntdFrame } from './antd-frame.tsx';
import { ChangePasswordPage } from './log-in/change-password-page.tsx';
import { LogInPage } from './log-in/log-in-page.tsx';
import { WrongRolePage } from './log-in/wrong-role-page.tsx';
import { WorklistPage } from './worklist/worklist-page.tsx';

export function Worklist(): ReactElement {
  return (
    <AntdFrame>
      <WorklistPage />
    </AntdFrame>
  );
}

export type EntryKind = 'log-in' | 'change-password' | 'wrong-role';

export function Entry({ kind }: { kind: EntryKind }): ReactElement {
  return (
    <AntdFrame>
      {kind === 'log-in' && <LogInPage />}
      {kind === 'change-password' && <ChangePasswordPage />}
      {kind === 'wrong-role' && <WrongRolePage />}
    </AntdFrame>
  );
}
