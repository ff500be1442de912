// The address bar as state. An own router of one file: eight flat routes do not pay for a router library inside the
// 150 KB that may come before the first picture. Every entry knows its depth, so that a page opened directly goes
// back to its parent and not out of the site.
import { useSyncExternalStore } from 'react';
import { withWords } from '../film/place.ts';
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
  forgetKept();
  if (options.replace === true) window.history.replaceState({ depth: depth() }, '', path);
  else window.history.pushState({ depth: depth() + 1 }, '', path);
  if (options.keepScroll !== true) window.scrollTo(0, 0);
  announce();
}

/** The browser's back when the last page was ours, else the page above this one. */
export function goBack(above: string = parentOf(routeOf(window.location.pathname))): void {
  forgetKept();
  if (depth() > 0) window.history.back();
  else navigate(above, { replace: true });
}

/** A page that lies over another and was opened directly: the browser's back leads to the one below. */
export function standAbove(below: string): void {
  if (depth() > 0) return;
  const { pathname, search } = window.location;
  window.history.replaceState({ depth: 0 }, '', below);
  window.history.pushState({ depth: 1 }, '', `${pathname}${search}`);
}

const keepAfterMs = 400;
let keeping = 0;
let kept: { path: string; words: Record<string, string> } = { path: '', words: {} };

/**
 * Where one is on this page: written when the hand rests, without a new entry and without anybody being told. What has
 * not been written when the page is left is forgotten.
 */
export function keepInAddress(
  words: Readonly<Record<string, string>>,
  path = window.location.pathname,
): void {
  const from = standing();
  kept = { path, words: { ...kept.words, ...words } };
  window.clearTimeout(keeping);
  keeping = window.setTimeout(() => {
    const { words: changed, path: to } = kept;
    kept = { path: '', words: {} };
    if (standing() !== from) return;
    window.history.replaceState(
      window.history.state,
      '',
      withWords(`${to}${window.location.search}`, changed),
    );
  }, keepAfterMs);
}

/** The page, and what lies over it: what is kept for one is not written to the other. */
function standing(): string {
  const { pathname, search } = window.location;
  return `${pathname} ${new URLSearchParams(search).get('read') ?? ''}`;
}

function forgetKept(): void {
  window.clearTimeout(keeping);
  kept = { path: '', words: {} };
}

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => window.location.pathname);
}

export function useSearch(): URLSearchParams {
  return new URLSearchParams(useSyncExternalStore(subscribe, () => window.location.search));
}
