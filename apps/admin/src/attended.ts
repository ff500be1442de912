// Whether somebody is at the console. Pages refresh themselves only then: a console left alone must not keep its
// session alive by asking (GB/T 22239 8.1.4.1: an idle session ends).
import { useSyncExternalStore } from 'react';

const leftAfterMs = 4 * 60_000;
const signs = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;

let attended = true;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function set(value: boolean): void {
  if (attended === value) return;
  attended = value;
  for (const listener of listeners) listener();
}

function noteSign(): void {
  clearTimeout(timer);
  timer = setTimeout(() => set(false), leftAfterMs);
  set(true);
}

function subscribe(onChange: () => void): () => void {
  if (listeners.size === 0) {
    for (const sign of signs) window.addEventListener(sign, noteSign, { passive: true });
    noteSign();
  }
  listeners.add(onChange);
  return () => {
    listeners.delete(onChange);
    if (listeners.size > 0) return;
    for (const sign of signs) window.removeEventListener(sign, noteSign);
    clearTimeout(timer);
  };
}

/** For `refetchInterval`: the wait while attended, false while not. */
export function useRefresh(everyMs: number): number | false {
  const present = useSyncExternalStore(subscribe, () => attended);
  return present ? everyMs : false;
}
