// What a room shows first when it is not opened as it was left: the asked series, at the asked frame or its middle; and
// beside it the series of the prior examination that is most like it.
import { initialPresentation } from './pane/presentation.ts';
import { matchingSeries, type RoomSeries } from './room-series.ts';
import type { PaneState, ReadingOptions } from './types.ts';

export function firstView(options: ReadingOptions, series: RoomSeries): PaneState[] {
  const { seriesInstanceUid, frameIndex, compare, manifest, place } = options;
  const wanted = series.find(seriesInstanceUid)?.series ?? manifest.series[0];
  if (wanted === undefined) return [];
  const shown: PaneState = {
    studyInstanceUid: manifest.studyInstanceUid,
    seriesInstanceUid: wanted.seriesInstanceUid,
    index: frameIndex ?? middleOf(wanted.frames),
    presentation: { ...initialPresentation },
    ...(place === undefined ? {} : { place }),
  };
  const prior = compare?.[0];
  const match = prior === undefined ? null : matchingSeries(prior, wanted);
  if (prior === undefined || match === null) return [shown];
  return [
    shown,
    {
      studyInstanceUid: prior.studyInstanceUid,
      seriesInstanceUid: match.seriesInstanceUid,
      index: middleOf(match.frames),
      presentation: { ...initialPresentation },
    },
  ];
}

const middleOf = (frames: readonly unknown[]): number => Math.floor((frames.length - 1) / 2);
