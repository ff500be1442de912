// What is chosen of a study: whole series, and single pictures of others. Nothing chosen means the study.
import type { StudyToEdit } from '@yunying/api';

export type Chosen = {
  series: readonly string[];
  pictures: readonly { series: string; picture: string }[];
  /** Pictures of the series in which single ones were chosen, so that a mixed choice can be named one by one. */
  known: Readonly<Record<string, readonly string[]>>;
};

export const nothingChosen: Chosen = { series: [], pictures: [], known: {} };

export function toggleSeries(chosen: Chosen, series: string): Chosen {
  const isChosen = chosen.series.includes(series);
  return {
    ...chosen,
    series: isChosen ? chosen.series.filter((one) => one !== series) : [...chosen.series, series],
    pictures: chosen.pictures.filter((one) => one.series !== series),
  };
}

export function togglePicture(chosen: Chosen, series: string, picture: string): Chosen {
  const isChosen = chosen.pictures.some((one) => one.picture === picture);
  return {
    ...chosen,
    series: chosen.series.filter((one) => one !== series),
    pictures: isChosen
      ? chosen.pictures.filter((one) => one.picture !== picture)
      : [...chosen.pictures, { series, picture }],
  };
}

export function learnPictures(chosen: Chosen, series: string, pictures: readonly string[]): Chosen {
  return { ...chosen, known: { ...chosen.known, [series]: pictures } };
}

/** null: the whole study. */
export function chosenCount(chosen: Chosen, study: Pick<StudyToEdit, 'series'>): number | null {
  if (chosen.series.length === 0 && chosen.pictures.length === 0) return null;
  const inSeries = study.series
    .filter((one) => chosen.series.includes(one.seriesInstanceUid))
    .reduce((sum, one) => sum + (one.instanceCount ?? 0), 0);
  return inSeries + chosen.pictures.length;
}

/** As an edit takes it: series, or pictures one by one as soon as there is a single one. */
export function selectionOf(chosen: Chosen): { seriesInstanceUids?: string[]; sopInstanceUids?: string[] } {
  if (chosen.pictures.length === 0)
    return chosen.series.length === 0 ? {} : { seriesInstanceUids: [...chosen.series] };
  const ofSeries = chosen.series.flatMap((one) => chosen.known[one] ?? []);
  return { sopInstanceUids: [...ofSeries, ...chosen.pictures.map((one) => one.picture)] };
}

/** Series chosen whole beside single pictures, whose pictures have to be asked for first. */
export function unknownSeries(chosen: Chosen): string[] {
  return chosen.pictures.length === 0 ? [] : chosen.series.filter((one) => chosen.known[one] === undefined);
}
