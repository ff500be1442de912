// Nothing is shown before the server has said who is signed in: log-in, then the change of a one-time password, then
// the screens. A session that ends while a screen is open leads back here, with the address kept.
import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { OfflineLine, Problem, Skeleton, SkeletonGroup } from '@yunying/ui';
import type { ReactElement } from 'react';
import { ChangePasswordPage } from './log-in/change-password-page.tsx';
import { LogInPage } from './log-in/log-in-page.tsx';
import { WrongRolePage } from './log-in/wrong-role-page.tsx';
import { meQuery, problemStatus } from './queries.ts';

export function SessionGate(): ReactElement {
  const me = useQuery(meQuery);
  if (me.error !== null && problemStatus(me.error) === 401) return <LogInPage />;
  if (me.error !== null && me.data === undefined) {
    return <Problem error={me.error} onRetry={() => void me.refetch()} />;
  }
  if (me.data === undefined) {
    return (
      <SkeletonGroup className="opening">
        <Skeleton width={220} height={20} />
        <Skeleton width={320} height={14} />
      </SkeletonGroup>
    );
  }
  if (me.data.kind !== 'staff') return <WrongRolePage />;
  if (me.data.mustChangePassword) return <ChangePasswordPage />;
  return (
    <>
      <OfflineLine />
      <Outlet />
    </>
  );
}
