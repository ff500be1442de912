// Puts the viewer's room into the page and takes it out again. The engine's code is fetched here, once; where that
// fails, the reader is told and can try again.
import { api, type ManifestSeries, openingSeries, type StudyManifest } from '@yunying/api';
import { Problem, useLanguage, useT } from '@yunying/ui';
import { dropFirstPicture, hasFirstPicture } from '@yunying/ui/first-light';
import type { ReadingOptions, ReadingRoom } from '@yunying/viewer';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { FirstPicture, filmOf } from './first-picture.tsx';

type Props = {
  manifest: StudyManifest;
  compare: StudyManifest[];
  seriesInstanceUid: string | null;
  /** 1 first, as in the address. */
  frameNumber: number | null;
  viewCode: string | null;
  /** Where in a slide or video. */
  place: string | null;
  /** Layout, links and what stands in each viewport. */
  deskCode: string | null;
  /** In the room's second window. */
  isSecond: boolean;
  screen: 'phone' | 'desktop';
  onExit(): void;
  /** The open room, null when it is left: for what lies beside it. */
  onRoom?(room: ReadingRoom | null): void;
};

export function RoomMount(props: Props): ReactElement {
  const t = useT();
  const language = useLanguage();
  const root = useRef<HTMLDivElement>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  const latest = useRef(props);
  latest.current = props;
  const first = seriesOf(props);
  // The page began with that picture: it stays until there is something better.
  const [isAhead] = useState(hasFirstPicture);
  const [hasPicture, setHasPicture] = useState(
    isAhead || first === null || filmOf(first, props.frameNumber) === null,
  );
  const [isReal, setIsReal] = useState(false);
  useEffect(() => {
    if (isReal) dropFirstPicture();
  }, [isReal]);
  useEffect(() => dropFirstPicture, []);
  // Who opens a study mostly reads it, but the picture goes before the code on a thin line.
  useEffect(() => {
    const timer = window.setTimeout(() => setHasPicture(true), mostFilmWaitMs);
    return () => window.clearTimeout(timer);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new study remounts by key; an attempt opens again
  useEffect(() => {
    if (!hasPicture) return;
    let close: (() => void) | null = null;
    let isGone = false;
    void import('@yunying/viewer').then(
      ({ openReadingRoom }) => {
        if (isGone || root.current === null) return;
        const { manifest, compare, seriesInstanceUid, frameNumber, viewCode, place, screen, deskCode } =
          latest.current;
        const room = openReadingRoom(root.current, {
          manifest,
          compare,
          seriesInstanceUid: seriesInstanceUid ?? openingSeries(manifest.series)?.seriesInstanceUid ?? '',
          ...(frameNumber === null ? {} : { frameIndex: frameNumber - 1 }),
          ...(viewCode === null ? {} : { viewCode }),
          ...(place === null ? {} : { place }),
          ...(deskCode === null ? {} : { deskCode }),
          language,
          screen,
          ...(screen === 'phone' ? {} : { secondWindow: secondWindowOf(latest.current) }),
          saved: true,
          hang: seriesInstanceUid === null,
          keepKeys: (keys) => api.saveReaderPreferences({ keys }),
          onExit: () => latest.current.onExit(),
          onEvent: (event) => {
            const shows = event.type === 'quality' || event.type === 'frame' ? event.quality : 'none';
            if (shows !== 'none' || event.type === 'degraded') setIsReal(true);
            if (event.type === 'frame' && event.pane === 0)
              keepPlace({ series: event.seriesInstanceUid, frame: String(event.index + 1) });
            if (event.type === 'view' && event.pane === 0) keepPlace({ view: event.code });
            if (event.type === 'desk') keepPlace({ desk: event.code });
            if (event.type === 'place' && event.pane === 0)
              keepPlace({ series: event.seriesInstanceUid, place: event.place });
          },
        });
        latest.current.onRoom?.(room);
        takeKeys(room);
        close = () => {
          latest.current.onRoom?.(null);
          room.close();
        };
      },
      (error: unknown) => setFailure(error),
    );
    return () => {
      isGone = true;
      window.clearTimeout(placeTimer);
      pending = {};
      close?.();
    };
  }, [language, attempt, hasPicture]);

  if (failure !== null) {
    const again = () => {
      setFailure(null);
      setAttempt((before) => before + 1);
    };
    return <Problem error={failure} onRetry={again} />;
  }
  return (
    <>
      <div className="room-mount" ref={root} role="application" aria-label={t('reading.title')} />
      {first !== null && !isReal && !isAhead && (
        <FirstPicture series={first} frameNumber={props.frameNumber} onSettled={() => setHasPicture(true)} />
      )}
    </>
  );
}

/** Of the reader's account; without an answer the usual keys hold. */
function takeKeys(room: ReadingRoom): void {
  void api.readerPreferences().then(
    ({ keys = {} }) => room.keys(keys),
    () => undefined,
  );
}

/** After that the viewer is opened without a picture to look at meanwhile. */
const mostFilmWaitMs = 4000;

/** Of the room's first viewport. */
function seriesOf({ manifest, seriesInstanceUid }: Props): ManifestSeries | null {
  const asked = manifest.series.find((one) => one.seriesInstanceUid === seriesInstanceUid);
  return asked ?? openingSeries(manifest.series);
}

/** Its own address: the same studies, without the report, with a layout of its own. */
function secondWindowOf({ isSecond, compare }: Props): NonNullable<ReadingOptions['secondWindow']> {
  return {
    role: isSecond ? 'second' : 'first',
    url: (seriesInstanceUid) => {
      const params = new URLSearchParams({ screen: '2', report: 'off' });
      if (seriesInstanceUid !== null) params.set('series', seriesInstanceUid);
      const prior = compare[0]?.studyInstanceUid;
      if (prior !== undefined) params.set('compare', prior);
      return `${window.location.pathname}?${params}`;
    },
  };
}

let placeTimer = 0;
let pending: Record<string, string> = {};

/** The frame and how it is shown stand in the address, so that a reload comes back to it; written when scrolling has stopped. */
function keepPlace(change: Record<string, string>): void {
  pending = { ...pending, ...change };
  window.clearTimeout(placeTimer);
  placeTimer = window.setTimeout(() => {
    const url = new URL(window.location.href);
    for (const [name, value] of Object.entries(pending)) {
      if (value === '') url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    pending = {};
    window.history.replaceState(window.history.state, '', url);
  }, 400);
}
