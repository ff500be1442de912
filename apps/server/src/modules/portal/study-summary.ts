// A study inside the exam page: its series with picture and count, without the frames.
import type { SeriesSummary, StudySummary } from '@yunying/api';
import type { SeriesRow, StudyRow } from '../archive/index.ts';
import type { StudyMedia } from './study-media.ts';

export function summarizeStudy(study: StudyRow, rows: readonly SeriesRow[], media: StudyMedia): StudySummary {
  const counts = new Map(rows.map((row) => [row.series_instance_uid, row.instance_count]));
  const series = media.series.map(
    (one): SeriesSummary => ({
      seriesInstanceUid: one.seriesInstanceUid,
      modality: one.modality,
      seriesNumber: one.seriesNumber,
      description: one.description,
      kind: one.kind,
      frameCount: one.frames.length === 0 ? one.pages.length : one.frames.length,
      // Counted when the study settled; before that, what is shown is what there is.
      instanceCount:
        counts.get(one.seriesInstanceUid) ?? new Set(one.frames.map((frame) => frame.sopInstanceUid)).size,
      thumbnailUrl: one.thumbnailUrl,
    }),
  );
  return {
    studyInstanceUid: study.study_instance_uid,
    description: study.study_description,
    studyDate: dayOf(study.study_date),
    mediaState: mediaStateOf(study),
    frameCount: media.framesTotal,
    series,
  };
}

/** DA of PS3.5 to 2026-11-20; null when it is not one. */
export function dayOf(date: string | null): string | null {
  const found = /^(\d{4})[.-]?(\d{2})[.-]?(\d{2})$/.exec(date ?? '');
  return found === null ? null : `${found[1]}-${found[2]}-${found[3]}`;
}

export function mediaStateOf(study: Pick<StudyRow, 'media_state'>): StudySummary['mediaState'] {
  const states = ['none', 'preparing', 'ready', 'partial'] as const; // as the column's CHECK
  return states.find((state) => state === study.media_state) ?? 'none';
}
