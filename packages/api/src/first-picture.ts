// Which picture of a study is on screen first when its address names no other: asked by the server, which sends it
// before the manifest is known, and by the screens that go on from there. Both must choose alike. Pure.
import type { ManifestSeries, StudyManifest } from './exams.ts';

type Pictured = Pick<ManifestSeries, 'frames' | 'seriesInstanceUid'>;

/** The series that is opened unasked: the one with most pictures. */
export function openingSeries<T extends Pictured>(series: readonly T[]): T | null {
  return [...series].sort((a, b) => b.frames.length - a.frames.length)[0] ?? null;
}

/** A stack opens in its middle, where there is something to see; a cine at its start. 0 first. */
export function openingFrame(series: Pick<ManifestSeries, 'frames' | 'kind' | 'frameTimeMs'>): number {
  if (series.kind === 'multiframe' && series.frameTimeMs !== null) return 0;
  return Math.max(0, Math.floor((series.frames.length - 1) / 2));
}

/** Where the server sends that picture; `frame` 1 first, as in addresses. */
export function firstPictureUrl(
  studyInstanceUid: StudyManifest['studyInstanceUid'],
  at: { series?: string | null | undefined; frame?: number | null | undefined },
): string {
  const query = new URLSearchParams();
  if (at.series != null) query.set('series', at.series);
  if (at.frame != null) query.set('frame', String(at.frame));
  const text = query.toString();
  return `/api/studies/${studyInstanceUid}/first-picture${text === '' ? '' : `?${text}`}`;
}
