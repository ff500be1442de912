// What was drawn outlives a reload of the page: kept for the tab, by study, without anything that names the patient.
import { type Calibration, readMeasurement } from '../geometry/measurement.ts';
import type { DrawnState, Measurements } from './measurements.ts';

type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const keyOf = (studyInstanceUid: string) => `yunying.drawn.${studyInstanceUid}`;

/** Brings back what was kept, and keeps every settled change from now on. Returns how to stop. */
export function keepDrawn(
  measurements: Measurements,
  studyInstanceUid: string,
  shelf: Shelf | null,
): () => void {
  if (shelf === null) return () => undefined;
  const kept = readDrawn(shelf, studyInstanceUid);
  if (kept !== null && measurements.drawn().length === 0) measurements.restore(kept.items, kept.calibrations);
  return measurements.watchSettled((state) => {
    try {
      const isEmpty = state.items.length === 0 && state.calibrations.length === 0;
      if (isEmpty) shelf.removeItem(keyOf(studyInstanceUid));
      else shelf.setItem(keyOf(studyInstanceUid), JSON.stringify(state));
    } catch {
      // Full or forbidden storage: the drawings stay for as long as the page does.
    }
  });
}

/** The tab's storage; null where the browser forbids it. */
export function tabShelf(): Shelf | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

function readDrawn(shelf: Shelf, studyInstanceUid: string): DrawnState | null {
  try {
    const raw: unknown = JSON.parse(shelf.getItem(keyOf(studyInstanceUid)) ?? 'null');
    if (typeof raw !== 'object' || raw === null) return null;
    return {
      items: listOf(raw, 'items')
        .map(readMeasurement)
        .filter((item) => item !== null),
      calibrations: listOf(raw, 'calibrations')
        .map(readCalibration)
        .filter((item) => item !== null),
    };
  } catch {
    return null;
  }
}

function listOf(raw: object, name: string): unknown[] {
  const list: unknown = Reflect.get(raw, name);
  return Array.isArray(list) ? list.slice(0, 1000) : [];
}

function readCalibration(raw: unknown): Calibration | null {
  if (typeof raw !== 'object' || raw === null) return null;
  const seriesInstanceUid: unknown = Reflect.get(raw, 'seriesInstanceUid');
  const mmPerColumn: unknown = Reflect.get(raw, 'mmPerColumn');
  const mmPerRow: unknown = Reflect.get(raw, 'mmPerRow');
  const isSize = (value: unknown): value is number => typeof value === 'number' && value > 0 && value < 1e4;
  if (typeof seriesInstanceUid !== 'string' || !isSize(mmPerColumn) || !isSize(mmPerRow)) return null;
  return { seriesInstanceUid, mmPerColumn, mmPerRow };
}
