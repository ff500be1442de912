// Whether the window is too narrow: for a drawer beside the page (phone), or for a table (then rows become cards).
import { useSyncExternalStore } from 'react';

/** The same limits stand in console.css. */
const limits = { drawer: '(max-width: 760px)', table: '(max-width: 1023px)' };

export function useNarrow(what: keyof typeof limits): boolean {
  const query = limits[what];
  return useSyncExternalStore(
    (onChange) => {
      const list = window.matchMedia(query);
      list.addEventListener('change', onChange);
      return () => list.removeEventListener('change', onChange);
    },
    () => window.matchMedia(query).matches,
  );
}
