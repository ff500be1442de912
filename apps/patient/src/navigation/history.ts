// The address bar as state. An own router of one file: eight flat routes do not pay for a router library inside the
// 150 KB that may come before the first picture. Every entry knows its depth, so that a page opened directly goes
// back to its parent and not out of the site.
import { useSyncExternalStore } from 'react';
import { parentOf, routeOf } from './routes.ts';

const listeners = new Set<() => void>();
const announce = () => {
  for (const listener of listeners) listener();
};

function subscribe(onChange: () => void): () => void {
  listeners.add(onChange);
  window.addEventListener('popstate', onChange);
  return () => {
    listeners.delete(onChange);
    window.removeEventListener('popstate', onChange);
  };
}

function depth(): number {
  const state: unknown = window.history.state;
  const known = typeof state === 'object' && state !== null && 'depth' in state;
  return known && typeof state.depth === 'number' ? state.depth : 0;
}

export function navigate(path: string, options: { replace?: boolean; keepScroll?: boolean } = {}): void {
  if (options.replace === true) window.history.replaceState({ depth: depth() }, '', path);
  else window.history.pushState({ depth: depth() + 1 }, '', path);
  if (options.keepScroll !== true) window.scrollTo(0, 0);
  announce();
}

/** The browser's back when the last page was ours, else the page above this one. */
export function goBack(above: string = parentOf(routeOf(window.location.pathname))): void {
  if (depth() > 0) window.history.back();
  else navigate(above, { replace: true });
}

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => window.location.pathname);
}

export function useSearch(): URLSearchParams {
  return new URLSearchParams(useSyncExternalStore(subscribe, () => window.location.search));
}
