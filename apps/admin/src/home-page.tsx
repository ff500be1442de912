// The first screen: today's numbers for the system administrator; the other two administrators find their own screens in
// the navigation.
import type { ReactElement } from 'react';
import { OverviewPage } from './overview-page.tsx';
import { RolePage } from './role-page.tsx';
import { useMe } from './use-me.ts';

export function HomePage(): ReactElement {
  const role = useMe()?.role ?? null;
  return role === 'system_admin' ? <OverviewPage /> : <RolePage role={role} />;
}
