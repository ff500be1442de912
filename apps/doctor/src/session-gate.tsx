// Nothing is shown before the server has said who is signed in: log-in, then the change of a one-time password, then
// the screens. A session that ends while a screen is open leads back here, with the address kept.
import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { OfflineLine, Problem, Skeleton, SkeletonGroup } from '@yunying/ui';
import { dropFirstPicture } from '@yunying/ui/first-light';
import { lazy, type ReactElement, Suspense, useEffect } from 'react';
import { GlassBar } from './break-glass/glass-bar.tsx';
import type { EntryKind } from './desk.tsx';
import { meQuery, problemStatus } from './queries.ts';

const Entry = lazy(() => import('./desk.tsx').then((desk) => ({ default: desk.Entry })));

export function SessionGate(): ReactElement {
  const me = useQuery(meQuery);
  if (me.error !== null && problemStatus(me.error) === 401) return <Closed kind="log-in" />;
  if (me.error !== null && me.data === undefined) {
    return <Problem error={me.error} onRetry={() => void me.refetch()} />;
  }
  if (me.data === undefined) return <Opening />;
  if (me.data.kind !== 'staff') return <Closed kind="wrong-role" />;
  if (me.data.mustChangePassword) return <Closed kind="change-password" />;
  return (
    <>
      <OfflineLine />
      <GlassBar displayName={me.data.displayName ?? ''} />
      <Outlet />
    </>
  );
}

function Closed({ kind }: { kind: EntryKind }): ReactElement {
  useEffect(dropFirstPicture, []);
  return (
    <Suspense fallback={<Opening />}>
      <Entry kind={kind} />
    </Suspense>
  );
}

function Opening(): ReactElement {
  return (
    <SkeletonGroup className="opening">
      <Skeleton width={220} height={20} />
      <Skeleton width={320} height={14} />
    </SkeletonGroup>
  );
}
