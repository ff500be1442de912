// What a manifest needs to know of a study's pictures: series in order, frames in display order with their addresses,
// windows, pages. Callers: portal (manifest, exam page). Addresses are paths of this origin and never change meaning.
import type { ManifestFrame, ManifestSeries } from '@yunying/api';
import type { Db } from '../../db/index.ts';
import {
  getStudy,
  instancePath,
  isReadersReports,
  listInstances,
  listSeries,
  type PlacedInstance,
  type SeriesRow,
} from '../archive/index.ts';
import { inDisplayOrder, representative } from './display-order.ts';
import type { FrameEntry, ImageFacts, PageFacts, RenditionKind, StudyMedia } from './media-types.ts';
import { filmLongSidePx } from './prepare-image.ts';
import * as repo from './repo.ts';
import { isSlide } from './slide/open-slide.ts';
import { wholeOfSlide } from './slide/whole-of-slide.ts';
import { describeVideos } from './video/describe-videos.ts';

type Renditions = Partial<Record<RenditionKind, repo.RenditionRow>>;

export async function getStudyMedia(db: Db, studyId: string): Promise<StudyMedia> {
  const [study, series, instances, renditions] = await Promise.all([
    getStudy(db, { id: studyId }),
    listSeries(db, studyId),
    listInstances(db, { studyId }),
    repo.selectOfStudy(db, studyId),
  ]);
  const made = new Map<string, Renditions>();
  for (const row of renditions) {
    if (row.instance_id === null) continue;
    const known = made.get(row.instance_id) ?? {};
    known[row.kind] = row;
    made.set(row.instance_id, known);
  }
  const bySeries = Map.groupBy(instances, (one) => one.series_id);
  const images = instances.filter((one) => one.kind === 'image');
  const frames = (list: readonly PlacedInstance[]) =>
    list.reduce((sum, one) => sum + one.number_of_frames, 0);
  return {
    framesReady: frames(images.filter((one) => one.media_state !== 'waiting')),
    framesTotal: frames(images),
    series: series.flatMap((row) => {
      const own = inDisplayOrder(bySeries.get(row.id) ?? []);
      if (own.length === 0 || isReadersOwn(row, own)) return [];
      return [describeSeries(study.study_instance_uid, row, own, made)];
    }),
  };
}

/** What readers saved is listed by itself (archive/saved), not among the pictures; patients do not see it. */
function isReadersOwn(row: SeriesRow, instances: readonly PlacedInstance[]): boolean {
  return (
    instances.every((one) => one.kind === 'presentation' || one.kind === 'key-object') ||
    isReadersReports(row)
  );
}

function describeSeries(
  studyInstanceUid: string,
  row: SeriesRow,
  ordered: readonly PlacedInstance[],
  made: ReadonlyMap<string, Renditions>,
): ManifestSeries {
  const images = ordered.filter((one) => one.kind === 'image');
  const kind = seriesKind(ordered);
  const isSlideSeries = kind === 'slide';
  const own = isSlideSeries
    ? wholeOfSlide(images, (one) => made.get(one.id)?.thumbnail?.derived ?? null)
    : representative(images);
  const middle = own ?? ordered[0] ?? null;
  const address = `/dicom-web/studies/${studyInstanceUid}/series/${row.series_instance_uid}`;
  const facts = images.flatMap((one) => imageFacts(made.get(one.id)) ?? []);
  const shown = (middle === null ? null : imageFacts(made.get(middle.id))) ?? facts[0] ?? null;
  return {
    seriesInstanceUid: row.series_instance_uid,
    modality: row.modality,
    seriesNumber: row.series_number,
    description: row.series_description,
    kind,
    thumbnailUrl: middle === null ? null : thumbnailUrl(middle, made.get(middle.id)),
    metadataUrl: `${address}/metadata`,
    rows: shown?.rows ?? middle?.rows ?? null,
    columns: shown?.columns ?? middle?.columns ?? null,
    bitsStored: shown?.bitsStored ?? middle?.bits_stored ?? null,
    lossy: facts.some((one) => one.lossy),
    frameTimeMs: shown?.frameTimeMs ?? null,
    windows: shown?.windows ?? [],
    frames: isSlideSeries ? [] : images.flatMap((one) => framesOf(one, made.get(one.id))),
    pages: ordered
      .flatMap((one) => pagesOf(one, made.get(one.id)))
      .map((page, index) => ({ page: index + 1, ...page })),
    ...tracesOf(ordered),
    ...(isSlideSeries ? { slideUrl: `${address}/slide` } : {}),
    ...(kind === 'video'
      ? { videos: describeVideos(ordered, (one) => made.get(one.id)?.video ?? null) }
      : {}),
  };
}

function imageFacts(renditions: Renditions | undefined): ImageFacts | null {
  const row = renditions?.htj2k ?? renditions?.film;
  return row === undefined ? null : (JSON.parse(row.derived) as ImageFacts);
}

function seriesKind(instances: readonly PlacedInstance[]): ManifestSeries['kind'] {
  const kinds = new Set(instances.map((one) => one.kind));
  if (instances.some((one) => isSlide(one) && one.number_of_frames > 0)) return 'slide';
  // An image object that came without pixels has nothing to scroll through.
  if (instances.some((one) => one.kind === 'image' && one.number_of_frames > 0)) {
    const isMultiframe = instances.some((one) => one.kind === 'image' && one.number_of_frames > 1);
    return isMultiframe ? 'multiframe' : 'stack';
  }
  if (kinds.has('video')) return 'video';
  if (kinds.has('waveform')) return 'waveform';
  if (kinds.has('document')) return 'document';
  return kinds.has('sr') ? 'sr' : 'other';
}

/** An image that waits has an address too: its picture is made when it is asked for. */
function thumbnailUrl(instance: PlacedInstance, renditions: Renditions | undefined): string | null {
  const isComing = instance.kind === 'image' && instance.media_state === 'waiting';
  const isTile = instance.kind === 'video'; // video-placeholder.ts
  return renditions?.thumbnail !== undefined || isComing || isTile
    ? `${instancePath(instance)}/thumbnail`
    : null;
}

function framesOf(instance: PlacedInstance, renditions: Renditions | undefined): ManifestFrame[] {
  const film = entriesOf(renditions?.film);
  const htj2k = entriesOf(renditions?.htj2k);
  const isComing = instance.media_state === 'waiting';
  const base = `${instancePath(instance)}/frames`;
  return Array.from({ length: instance.number_of_frames }, (_, index): ManifestFrame => {
    const hasFilm = film[index] !== undefined ? film[index] !== null : isComing;
    const lengths = htj2k[index]?.[2];
    const filmBytes = film[index]?.[1];
    return {
      sopInstanceUid: instance.sop_instance_uid,
      frameNumber: index + 1,
      filmUrl: hasFilm ? `${base}/${index + 1}/rendered?viewport=${filmLongSidePx},${filmLongSidePx}` : null,
      ...(filmBytes === undefined ? {} : { filmBytes }),
      ...(lengths === undefined ? {} : { lengths }),
    };
  });
}

function pagesOf(
  instance: PlacedInstance,
  renditions: Renditions | undefined,
): { url: string; width: number; height: number }[] {
  const row = renditions?.['document-page'] ?? renditions?.['waveform-page'];
  if (row === undefined) return [];
  const { pages } = JSON.parse(row.derived) as PageFacts;
  const base = `${instancePath(instance)}/pages`;
  return pages.map(({ width, height }, index) => ({ url: `${base}/${index + 1}`, width, height }));
}

/** Waveforms are drawn by the viewer itself; the pages are for those without it. */
function tracesOf(ordered: readonly PlacedInstance[]): Pick<ManifestSeries, 'waveforms'> {
  const drawn = ordered.filter((one) => one.kind === 'waveform' && one.media_state !== 'none');
  return drawn.length === 0 ? {} : { waveforms: drawn.map((one) => `${instancePath(one)}/waveform`) };
}

function entriesOf(row: repo.RenditionRow | undefined): FrameEntry[] {
  return row === undefined ? [] : (JSON.parse(row.frame_index) as FrameEntry[]);
}
