// Navigation by task words, with the number of rows that wait for a person. Only what is built is here.
import { useT } from '@yunying/ui';
import { Drawer } from 'antd';
import type { ReactElement } from 'react';
import { formatCount } from './measure.ts';
import { ScreenLink } from './screen-link.tsx';
import {
  type ConsoleRole,
  mayOpen,
  type Screen,
  type ScreenEntry,
  type ScreenGroup,
  screenPaths,
  screens,
} from './screens.ts';
import { useOverview } from './use-overview.ts';

type Waiting = Partial<Record<Screen, number>>;

const groups: readonly (ScreenGroup | null)[] = [null, 'quality', 'security', 'system'];

function entriesOf(group: ScreenGroup | null, role: ConsoleRole): (ScreenEntry & { to: Screen })[] {
  return screenPaths
    .filter((to) => screens[to].group === group && mayOpen(to, role))
    .map((to) => ({ ...screens[to], to }));
}

export function SideNavigation({ role }: { role: ConsoleRole }): ReactElement {
  return (
    <div className="side">
      <Navigation role={role} />
    </div>
  );
}

export function NavigationDrawer(props: {
  role: ConsoleRole;
  open: boolean;
  onClose: () => void;
}): ReactElement {
  const t = useT();
  return (
    <Drawer
      open={props.open}
      onClose={props.onClose}
      placement="left"
      size={264}
      title={t('app.name')}
      styles={{ body: { padding: '8px 12px' } }}
    >
      <Navigation role={props.role} onChosen={props.onClose} />
    </Drawer>
  );
}

function Navigation({ role, onChosen }: { role: ConsoleRole; onChosen?: () => void }): ReactElement {
  const shown = groups.map((group) => ({ group, entries: entriesOf(group, role) }));
  const t = useT();
  const { data } = useOverview();
  const waiting: Waiting =
    data === undefined
      ? {}
      : { '/quarantine': data.quarantineOpen, '/unlinked': data.unlinked, '/jobs': data.deadJobs };
  return (
    <nav aria-label={t('nav.label')}>
      {shown.map(({ group, entries }) => (
        <div className="nav-group" key={group ?? 'first'} hidden={entries.length === 0}>
          {group !== null && <h2>{t(`nav.${group}`)}</h2>}
          <ul>
            {entries.map(({ to, word, icon: Icon }) => (
              <li key={to}>
                <ScreenLink to={to} {...(onChosen === undefined ? {} : { onFollow: onChosen })}>
                  <Icon size={18} aria-hidden />
                  <span className="nav-word">{t(word)}</span>
                  {(waiting[to] ?? 0) > 0 && <b className="nav-count">{formatCount(waiting[to] ?? 0)}</b>}
                </ScreenLink>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
