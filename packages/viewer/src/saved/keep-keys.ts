// Marks of key images that are not saved yet outlive a reload and the turning of a phone: kept for the tab, by study, by
// UIDs alone.
import type { ImageRef } from './model/saved-types.ts';

type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export type KeptKeys = {
  /** null: nothing was left unsaved. */
  read(): ImageRef[] | null;
  write(keys: readonly ImageRef[] | null): void;
};

const mostKeys = 500;

export function keepKeys(studyInstanceUid: string, shelf: Shelf | null): KeptKeys {
  const name = `yunying.keys.${studyInstanceUid}`;
  return {
    read() {
      try {
        const raw: unknown = JSON.parse(shelf?.getItem(name) ?? 'null');
        return Array.isArray(raw) ? raw.slice(0, mostKeys).flatMap(readRef) : null;
      } catch {
        return null;
      }
    },
    write(keys) {
      try {
        if (keys === null) shelf?.removeItem(name);
        else shelf?.setItem(name, JSON.stringify(keys.slice(0, mostKeys)));
      } catch {
        // Full or forbidden storage: the marks stay for as long as the page does.
      }
    },
  };
}

function readRef(raw: unknown): ImageRef[] {
  if (typeof raw !== 'object' || raw === null) return [];
  const sopInstanceUid: unknown = Reflect.get(raw, 'sopInstanceUid');
  const frameNumber: unknown = Reflect.get(raw, 'frameNumber');
  const isRef =
    typeof sopInstanceUid === 'string' &&
    /^[\d.]{1,64}$/.test(sopInstanceUid) &&
    Number.isInteger(frameNumber);
  return isRef ? [{ sopInstanceUid, frameNumber: Number(frameNumber) }] : [];
}
