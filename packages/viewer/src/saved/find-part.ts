// The image to go to for a segment or a structure: the middle one of those it lies on, by what it was made from, else by
// its place in the patient.
import type { ImageCatalog } from './image-catalog.ts';
import { distanceTo, patientPlane, type Vector } from './model/patient-plane.ts';
import type { ImageRef } from './model/saved-types.ts';
import type { SavedEntry } from './saved-content.ts';

type Spot = { sources: ImageRef[]; at: Vector | null };

export async function imageOfPart(
  entry: SavedEntry,
  number: number,
  catalog: ImageCatalog,
  shown: ImageRef | null,
): Promise<ImageRef | null> {
  const spots = spotsOf(entry, number);
  const middle = spots[Math.floor(spots.length / 2)];
  if (middle === undefined) return null;
  const source = middle.sources.find((ref) => catalog.place(ref) !== null);
  if (source !== undefined) return source;
  const referenced = entry.object.references.map((one) => ({
    sopInstanceUid: one.sopInstanceUid,
    frameNumber: one.frameNumbers[0] ?? 1,
  }));
  const near = referenced.find((ref) => catalog.place(ref) !== null) ?? shown;
  return near === null || middle.at === null ? null : nearest(catalog, near, middle.at);
}

function spotsOf({ content }: SavedEntry, number: number): Spot[] {
  if (content?.kind === 'segmentation') {
    const { frames, type } = content.segmentation;
    return frames
      .filter(({ segment }) => segment === number || type === 'labelmap')
      .map(({ sources, plane }) => ({ sources, at: plane?.position ?? null }));
  }
  if (content?.kind !== 'structures') return [];
  const structure = content.structures.structures.find((one) => one.number === number);
  return (structure?.contours ?? []).map(({ sopInstanceUid, points }) => ({
    sources: sopInstanceUid === null ? [] : [{ sopInstanceUid, frameNumber: 1 }],
    at: points[0] ?? null,
  }));
}

/** In the series of `near`. */
async function nearest(catalog: ImageCatalog, near: ImageRef, at: Vector): Promise<ImageRef | null> {
  const place = catalog.place(near);
  if (place === null) return null;
  let best: { ref: ImageRef; away: number } | null = null;
  for (const { sopInstanceUid, frameNumber } of place.series.frames) {
    const ref = { sopInstanceUid, frameNumber };
    const facts = await catalog.facts(ref);
    const plane = facts === null ? null : patientPlane(facts.imagePosition, facts.imageOrientation, [1, 1]);
    if (plane === null) continue;
    const away = Math.abs(distanceTo(plane, at));
    if (best === null || away < best.away) best = { ref, away };
  }
  return best?.ref ?? null;
}
