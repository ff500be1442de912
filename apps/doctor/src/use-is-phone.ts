// How much room the window has; follows turning and resizing. A phone gets the room's own bar and no report beside the
// picture; a narrow window (a tablet held upright too) one column instead of table and pane.
import { useSyncExternalStore } from 'react';

const phone = window.matchMedia('(max-width: 720px), (max-height: 500px) and (pointer: coarse)');
const narrow = window.matchMedia('(max-width: 1000px), (max-height: 500px) and (pointer: coarse)');

function useMatches(query: MediaQueryList): boolean {
  return useSyncExternalStore(
    (onChange) => {
      query.addEventListener('change', onChange);
      return () => query.removeEventListener('change', onChange);
    },
    () => query.matches,
  );
}

export const useIsPhone = (): boolean => useMatches(phone);
export const useIsNarrow = (): boolean => useMatches(narrow);
