// What a person chose on this device: language and type size. Nothing about the person; storage that is switched
// off (private windows, some in-app browsers) only means that the choice is not remembered.
import { useSyncExternalStore } from 'react';

type Preference = 'language' | 'type';
export type TypeSize = 'normal' | 'large';

export function readPreference(name: Preference): string | null {
  try {
    return globalThis.localStorage?.getItem(`yunying.${name}`) ?? null;
  } catch {
    return null;
  }
}

export function writePreference(name: Preference, value: string): void {
  try {
    globalThis.localStorage?.setItem(`yunying.${name}`, value);
  } catch {
    // Not remembered; see above.
  }
}

const listeners = new Set<() => void>();

/** Call once before rendering, so that the first paint has the chosen size. */
export function applyTypeSize(
  size: TypeSize = readPreference('type') === 'large' ? 'large' : 'normal',
): void {
  if (size === 'large') document.documentElement.dataset.type = 'large';
  else delete document.documentElement.dataset.type;
}

export function setTypeSize(size: TypeSize): void {
  writePreference('type', size);
  applyTypeSize(size);
  for (const listener of listeners) listener();
}

export function useTypeSize(): TypeSize {
  return useSyncExternalStore(
    (onChange) => {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    () => (document.documentElement.dataset.type === 'large' ? 'large' : 'normal'),
  );
}

/** Whether the browser says it has a network. */
export function useOnline(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      window.addEventListener('online', onChange);
      window.addEventListener('offline', onChange);
      return () => {
        window.removeEventListener('online', onChange);
        window.removeEventListener('offline', onChange);
      };
    },
    () => navigator.onLine,
  );
}
