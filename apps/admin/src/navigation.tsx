// Navigation by task words, with the number of rows that wait for a person. Only what is built is here.
import { useT } from '@yunying/ui';
import { Drawer } from 'antd';
import {
  FileArchive,
  FilePenLine,
  LayoutDashboard,
  LayoutGrid,
  ListChecks,
  type LucideIcon,
  MessageSquareWarning,
  Network,
  Route,
  ShieldAlert,
  Unlink,
} from 'lucide-react';
import type { ReactElement } from 'react';
import { formatCount } from './measure.ts';
import { type Screen, ScreenLink } from './screen-link.tsx';
import { useOverview } from './use-overview.ts';

type Entry = { to: Screen; word: string; icon: LucideIcon };
type Waiting = Partial<Record<Entry['to'], number>>;

const groups: { word: string | null; entries: Entry[] }[] = [
  { word: null, entries: [{ to: '/', word: 'nav.overview', icon: LayoutDashboard }] },
  {
    word: 'nav.quality',
    entries: [
      { to: '/quarantine', word: 'nav.quarantine', icon: ShieldAlert },
      { to: '/unlinked', word: 'nav.unlinked', icon: Unlink },
      { to: '/messages', word: 'nav.messages', icon: MessageSquareWarning },
      { to: '/corrections', word: 'nav.corrections', icon: FilePenLine },
    ],
  },
  {
    word: 'nav.system',
    entries: [
      { to: '/jobs', word: 'nav.jobs', icon: ListChecks },
      { to: '/nodes', word: 'nav.nodes', icon: Network },
      { to: '/routing', word: 'nav.routing', icon: Route },
      { to: '/compression', word: 'nav.compression', icon: FileArchive },
      { to: '/hanging', word: 'nav.hanging', icon: LayoutGrid },
    ],
  },
];

export function SideNavigation(): ReactElement {
  return (
    <div className="side">
      <Navigation />
    </div>
  );
}

export function NavigationDrawer(props: { open: boolean; onClose: () => void }): ReactElement {
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
      <Navigation onChosen={props.onClose} />
    </Drawer>
  );
}

function Navigation({ onChosen }: { onChosen?: () => void }): ReactElement {
  const t = useT();
  const { data } = useOverview();
  const waiting: Waiting =
    data === undefined
      ? {}
      : { '/quarantine': data.quarantineOpen, '/unlinked': data.unlinked, '/jobs': data.deadJobs };
  return (
    <nav aria-label={t('nav.label')}>
      {groups.map((group) => (
        <div className="nav-group" key={group.word ?? 'first'}>
          {group.word !== null && <h2>{t(group.word)}</h2>}
          <ul>
            {group.entries.map(({ to, word, icon: Icon }) => (
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
