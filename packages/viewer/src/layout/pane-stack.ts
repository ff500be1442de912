// A viewport as layouts see it: its slices as planes. Planes are worked out once per series and kept with it.
import type { OpenSeries } from '../pane/open-series.ts';
import type { Pane } from '../pane/pane.ts';
import type { Stack } from './follow-slice.ts';
import { planeOf, type SlicePlane } from './planes.ts';

const known = new WeakMap<OpenSeries, (SlicePlane | null)[]>();

export function planesOf(opened: OpenSeries): readonly (SlicePlane | null)[] {
  const kept = known.get(opened);
  if (kept !== undefined) return kept;
  const planes = Array.from({ length: opened.count }, (_, index) => planeOf(opened.facts(index)));
  // Before the metadata came there is nothing to keep.
  if (opened.metadataState === 'ready') known.set(opened, planes);
  return planes;
}

export function stackOf(pane: Pane): Stack | null {
  const { opened } = pane;
  return opened === null || pane.count === 0 ? null : { index: pane.index, planes: planesOf(opened) };
}

export function planeShown(pane: Pane): SlicePlane | null {
  const { opened } = pane;
  return opened === null ? null : (planesOf(opened)[pane.index] ?? null);
}
