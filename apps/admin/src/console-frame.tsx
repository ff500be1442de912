// What stands around every screen: who is signed in decides it. Nobody: log-in. A one-time password: the change of
// it. An administrator: the console with the screens of the role. Anybody else: where they belong.
import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import type { Me } from '@yunying/api';
import { OfflineLine, Problem } from '@yunying/ui';
import { type ReactElement, useState } from 'react';
import { consoleApi } from './console-api.ts';
import { meKey } from './console-cache.ts';
import { LogInPage } from './log-in-page.tsx';
import { NavigationDrawer, SideNavigation } from './navigation.tsx';
import { PasswordPage } from './password-page.tsx';
import { RolePage } from './role-page.tsx';
import { isConsoleRole } from './screens.ts';
import { TopBar } from './top-bar.tsx';

export function ConsoleFrame(): ReactElement {
  const me = useQuery({ queryKey: meKey, queryFn: ({ signal }) => consoleApi.me(signal), staleTime: 60_000 });
  if (me.data === undefined) {
    if (me.error !== null) return <Problem error={me.error} onRetry={() => void me.refetch()} />;
    return <Opening />;
  }
  if (me.data === null) return <LogInPage />;
  if (me.data.mustChangePassword) return <PasswordPage me={me.data} />;
  return <Console me={me.data} />;
}

function Console({ me }: { me: Me }): ReactElement {
  const [open, setOpen] = useState(false);
  const role = isConsoleRole(me.role) ? me.role : null;
  return (
    <div className="console" data-navigation={role !== null}>
      <TopBar me={me} {...(role === null ? {} : { onMenu: () => setOpen(true) })} />
      {role !== null && <SideNavigation role={role} />}
      {role !== null && <NavigationDrawer role={role} open={open} onClose={() => setOpen(false)} />}
      <main className="screen" id="screen" tabIndex={-1}>
        <OfflineLine />
        {role === null ? <RolePage role={me.role} /> : <Outlet />}
      </main>
    </div>
  );
}

/** The shape of the console while the session is looked up: a moment, without words. */
function Opening(): ReactElement {
  return (
    <div className="console" data-navigation="true" aria-busy="true">
      <header className="top-bar" />
      <div className="side" />
      <main className="screen" />
    </div>
  );
}
