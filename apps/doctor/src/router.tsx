// Routes of the doctor app. The server sends this app for /doctor/… and for the deep link /view/…; everything a
// screen shows is in its address, so that it can be reloaded, kept and sent.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  parseSearchWith,
  stringifySearchWith,
} from '@tanstack/react-router';
import { NotFound } from './not-found.tsx';
import { readingSearch } from './reading/reading-search.ts';
import { SessionGate } from './session-gate.tsx';
import { worklistSearch } from './worklist/worklist-search.ts';

const root = createRootRoute({ component: SessionGate, notFoundComponent: NotFound });

const worklist = createRoute({
  getParentRoute: () => root,
  path: '/doctor',
  validateSearch: worklistSearch,
  component: lazyRouteComponent(() => import('./desk.tsx'), 'Worklist'),
});

const reading = createRoute({
  getParentRoute: () => root,
  path: '/doctor/view/$studyInstanceUid',
  validateSearch: readingSearch,
  component: lazyRouteComponent(() => import('./reading/reading-page.tsx'), 'ReadingPage'),
});

const deepLink = createRoute({
  getParentRoute: () => root,
  path: '/view/$studyInstanceUid',
  validateSearch: readingSearch,
  component: lazyRouteComponent(() => import('./reading/reading-page.tsx'), 'ReadingPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([worklist, reading, deepLink]),
  defaultPreload: false,
  trailingSlash: 'preserve',
  // Values stay the texts they are: an exam's id is longer than a number can hold.
  parseSearch: parseSearchWith((text) => text),
  stringifySearch: stringifySearchWith(String),
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
