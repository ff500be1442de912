// Whether the window is as narrow as a phone; follows turning and resizing.
import { useSyncExternalStore } from 'react';

const narrow = window.matchMedia('(max-width: 720px), (max-height: 500px) and (pointer: coarse)');

export function useIsPhone(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      narrow.addEventListener('change', onChange);
      return () => narrow.removeEventListener('change', onChange);
    },
    () => narrow.matches,
  );
}
