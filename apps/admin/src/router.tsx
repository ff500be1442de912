// Addresses of the console. One route per screen; the screens of a role that may not see them are not there, so a
// copied address of another role ends on the overview, not on an error.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
} from '@tanstack/react-router';
import { ConsoleFrame } from './console-frame.tsx';
import { parseSearch, readSearch, writeSearch } from './list-search.ts';
import { OverviewPage } from './overview-page.tsx';

const rootRoute = createRootRoute({
  component: ConsoleFrame,
  validateSearch: readSearch,
  notFoundComponent: () => <Navigate to="/" replace />,
});
const getParentRoute = () => rootRoute;

const routes = [
  createRoute({ getParentRoute, path: '/', component: OverviewPage }),
  createRoute({
    getParentRoute,
    path: '/quarantine',
    component: lazyRouteComponent(() => import('./quarantine-page.tsx'), 'QuarantinePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/unlinked',
    component: lazyRouteComponent(() => import('./unlinked-page.tsx'), 'UnlinkedPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/messages',
    component: lazyRouteComponent(() => import('./messages-page.tsx'), 'MessagesPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/corrections',
    component: lazyRouteComponent(() => import('./corrections-page.tsx'), 'CorrectionsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/jobs',
    component: lazyRouteComponent(() => import('./jobs-page.tsx'), 'JobsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/nodes',
    component: lazyRouteComponent(() => import('./nodes-page.tsx'), 'NodesPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/routing',
    component: lazyRouteComponent(() => import('./routing-page.tsx'), 'RoutingPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/compression',
    component: lazyRouteComponent(() => import('./compression-page.tsx'), 'CompressionPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/hanging',
    component: lazyRouteComponent(() => import('./hanging-page.tsx'), 'HangingPage'),
  }),
] as const;

export const router = createRouter({
  routeTree: rootRoute.addChildren(routes),
  parseSearch,
  stringifySearch: writeSearch,
  scrollRestoration: true,
});
