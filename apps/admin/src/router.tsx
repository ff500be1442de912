// Addresses of the console, from the one table of screens. The screens of a role that may not see them are not there, so
// a copied address of another role ends on the overview, not on an error.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
} from '@tanstack/react-router';
import type { ComponentType, ReactElement } from 'react';
import { ConsoleFrame } from './console-frame.tsx';
import { parseSearch, readSearch, writeSearch } from './list-search.ts';
import { isConsoleRole, mayOpen, type Screen, screenPaths, screens } from './screens.ts';
import { useMe } from './use-me.ts';

const rootRoute = createRootRoute({
  component: ConsoleFrame,
  validateSearch: readSearch,
  notFoundComponent: () => <Navigate to="/" replace />,
});

const routes = screenPaths.map((path) =>
  createRoute({
    getParentRoute: () => rootRoute,
    path,
    component: lazyRouteComponent(async () => ({ default: ofRole(path, await screens[path].load()) })),
  }),
);

function ofRole(path: Screen, Page: ComponentType): ComponentType {
  return function OfRole(): ReactElement | null {
    const role = useMe()?.role ?? null;
    if (!isConsoleRole(role)) return null;
    return mayOpen(path, role) ? <Page /> : <Navigate to="/" replace />;
  };
}

export const router = createRouter({
  routeTree: rootRoute.addChildren(routes),
  parseSearch,
  stringifySearch: writeSearch,
  scrollRestoration: true,
});
