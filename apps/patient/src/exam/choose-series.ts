// Which series of an exam a person is led to first, and how a series is called. Pure.
import type { SeriesSummary, StudySummary } from '@yunying/api';

export type SeriesPlace = { studyInstanceUid: string; seriesInstanceUid: string };

/** The first series with pictures to scroll, else any that can be shown; null when there is none. */
export function firstSeries(
  studies: readonly {
    studyInstanceUid: string;
    series: readonly Pick<SeriesSummary, 'seriesInstanceUid' | 'kind' | 'frameCount'>[];
  }[],
): SeriesPlace | null {
  for (const wanted of [isFilm, () => true]) {
    for (const study of studies) {
      const found = study.series.find(wanted);
      if (found !== undefined)
        return { studyInstanceUid: study.studyInstanceUid, seriesInstanceUid: found.seriesInstanceUid };
    }
  }
  return null;
}

function isFilm(series: Pick<SeriesSummary, 'kind' | 'frameCount'>): boolean {
  return (series.kind === 'stack' || series.kind === 'multiframe') && series.frameCount > 0;
}

/** "3 AX T1", or null when the device gave the series no name: its number says more than the code of its modality. */
export function seriesName(series: Pick<SeriesSummary, 'description'>): string | null {
  const description = series.description?.trim() ?? '';
  return description === '' ? null : description;
}

export function pictureCount(studies: readonly Pick<StudySummary, 'frameCount'>[]): number {
  return studies.reduce((sum, study) => sum + study.frameCount, 0);
}

export function isPreparing(studies: readonly Pick<StudySummary, 'mediaState'>[]): boolean {
  return studies.some((study) => study.mediaState === 'preparing');
}
