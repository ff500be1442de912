// Every screen of the console in one table: its address, its place in the navigation, whose it is, and its code, fetched
// when it is opened. A screen that is not of somebody's role is not there for them: neither in the navigation nor by address.
import {
  FileArchive,
  FilePenLine,
  KeyRound,
  LayoutDashboard,
  LayoutGrid,
  ListChecks,
  type LucideIcon,
  MessageSquareWarning,
  Network,
  Route,
  ShieldAlert,
  ShieldUser,
  Unlink,
} from 'lucide-react';
import type { ComponentType } from 'react';

export type ConsoleRole = 'system_admin' | 'security_admin' | 'audit_admin';
export type ScreenGroup = 'quality' | 'security' | 'system';

export type ScreenEntry = {
  /** Key of its name. */
  word: string;
  icon: LucideIcon;
  /** Null: above the groups. */
  group: ScreenGroup | null;
  roles: readonly ConsoleRole[];
  load: () => Promise<ComponentType>;
};

const system: readonly ConsoleRole[] = ['system_admin'];

/** In the order of the navigation. */
export const screens = {
  '/': {
    word: 'nav.overview',
    icon: LayoutDashboard,
    group: null,
    roles: ['system_admin', 'security_admin', 'audit_admin'],
    load: async () => (await import('./home-page.tsx')).HomePage,
  },
  '/quarantine': {
    word: 'nav.quarantine',
    icon: ShieldAlert,
    group: 'quality',
    roles: system,
    load: async () => (await import('./quarantine-page.tsx')).QuarantinePage,
  },
  '/unlinked': {
    word: 'nav.unlinked',
    icon: Unlink,
    group: 'quality',
    roles: system,
    load: async () => (await import('./unlinked-page.tsx')).UnlinkedPage,
  },
  '/messages': {
    word: 'nav.messages',
    icon: MessageSquareWarning,
    group: 'quality',
    roles: system,
    load: async () => (await import('./messages-page.tsx')).MessagesPage,
  },
  '/corrections': {
    word: 'nav.corrections',
    icon: FilePenLine,
    group: 'quality',
    roles: system,
    load: async () => (await import('./corrections-page.tsx')).CorrectionsPage,
  },
  '/rights': {
    word: 'nav.rights',
    icon: KeyRound,
    group: 'security',
    roles: ['security_admin'],
    load: async () => (await import('./rights/rights-page.tsx')).RightsPage,
  },
  '/protected': {
    word: 'nav.protected',
    icon: ShieldUser,
    group: 'security',
    roles: ['security_admin'],
    load: async () => (await import('./protected/protected-page.tsx')).ProtectedPage,
  },
  '/jobs': {
    word: 'nav.jobs',
    icon: ListChecks,
    group: 'system',
    roles: system,
    load: async () => (await import('./jobs-page.tsx')).JobsPage,
  },
  '/nodes': {
    word: 'nav.nodes',
    icon: Network,
    group: 'system',
    roles: system,
    load: async () => (await import('./nodes-page.tsx')).NodesPage,
  },
  '/routing': {
    word: 'nav.routing',
    icon: Route,
    group: 'system',
    roles: system,
    load: async () => (await import('./routing-page.tsx')).RoutingPage,
  },
  '/compression': {
    word: 'nav.compression',
    icon: FileArchive,
    group: 'system',
    roles: system,
    load: async () => (await import('./compression-page.tsx')).CompressionPage,
  },
  '/hanging': {
    word: 'nav.hanging',
    icon: LayoutGrid,
    group: 'system',
    roles: system,
    load: async () => (await import('./hanging-page.tsx')).HangingPage,
  },
} as const satisfies Record<string, ScreenEntry>;

export type Screen = keyof typeof screens;
export const screenPaths = Object.keys(screens) as Screen[];

export function isConsoleRole(role: string | null): role is ConsoleRole {
  return role === 'system_admin' || role === 'security_admin' || role === 'audit_admin';
}

export function mayOpen(path: Screen, role: ConsoleRole): boolean {
  const entry: ScreenEntry = screens[path];
  return entry.roles.includes(role);
}
