// What this device may spend (viewer spec §6): memory for decoded frames, graphics contexts, connections, threads.
import type { SeriesBudget } from './pane/open-series.ts';

export type DeviceBudget = SeriesBudget & { contexts: number; decoders: number };

export function deviceBudget(screen: 'phone' | 'desktop'): DeviceBudget {
  const cores = navigator.hardwareConcurrency || 2;
  const gigabytes = 'deviceMemory' in navigator ? Number(navigator.deviceMemory) : null;
  const thrifty = isThrifty();
  const decoders = Math.max(1, Math.min(4, Math.floor(cores / 2)));
  const megabyte = 2 ** 20;
  if (screen === 'phone') {
    const bytes = (gigabytes !== null && gigabytes >= 6 ? 250 : 120) * megabyte;
    return { concurrency: 6, bytes, thrifty, contexts: 1, decoders };
  }
  const bytes = (gigabytes !== null && gigabytes >= 16 ? 2000 : 1000) * megabyte;
  return { concurrency: 12, bytes, thrifty, contexts: 4, decoders };
}

/** Metered lines and the reader's own wish to save bytes. */
function isThrifty(): boolean {
  if (!('connection' in navigator)) return false;
  const { connection } = navigator;
  if (typeof connection !== 'object' || connection === null) return false;
  const saves = 'saveData' in connection && connection.saveData === true;
  return saves || ('type' in connection && connection.type === 'cellular');
}

/** Two gigabytes or less: a volume and its copy on the graphics card would end the page. */
export function isShortOfMemory(): boolean {
  return 'deviceMemory' in navigator && Number(navigator.deviceMemory) <= 2;
}
