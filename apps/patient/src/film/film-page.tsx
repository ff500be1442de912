// The pictures of a study in the dark room: film at once (layer 0), pages where an object is a document, a sentence
// where there is nothing to show. Real pixels are opened over it by `reading` and leave back to the same slice.
import { api, type ManifestSeries, openingFrame, type StudyManifest } from '@yunying/api';
import { EmptyState, Skeleton, SkeletonGroup, useT } from '@yunying/ui';
import { dropFirstPicture, takeEarly } from '@yunying/ui/first-light';
import { ChevronLeft } from 'lucide-react';
import { type ReactElement, type ReactNode, useEffect, useRef, useState } from 'react';
import { firstSeries, seriesName } from '../exam/choose-series.ts';
import { goBack, navigate, standAbove, useSearch } from '../navigation/history.ts';
import { pathTo } from '../navigation/routes.ts';
import { PageViewer } from '../pages/page-viewer.tsx';
import { Refused } from '../parts/signed-out.tsx';
import { useApi } from '../query.ts';
import { EcgStage } from './ecg-stage.tsx';
import { FilmStage } from './film-stage.tsx';
import { hasKindView, KindStage } from './kind-stage.tsx';
import { frameOf, toolOf, viewOf } from './place.ts';
import { ReadingLayer, type ReadingStart, type SeenFrame } from './reading-layer.tsx';
import { SeriesStrip } from './series-strip.tsx';
import { mayBeVolume, VolumeLayer } from './volume-layer.tsx';

type Place = { examId: string; studyInstanceUid: string; seriesInstanceUid: string | null };

export function FilmPage(place: Place): ReactElement {
  const t = useT();
  const { studyInstanceUid } = place;
  const manifest = useApi(
    ['manifest', studyInstanceUid],
    (signal) =>
      takeEarly(`manifest ${studyInstanceUid}`, () => api.getManifest(studyInstanceUid, { signal })),
    { everyMs: (data) => (data?.mediaState === 'preparing' ? 3000 : false) },
  );
  // The page began with a picture: the film takes it away when it draws, whatever else stands here does at once.
  const hasNoFilm = manifest.error !== null || manifest.data?.series.some(isFilm) === false;
  useEffect(() => {
    if (hasNoFilm) dropFirstPicture();
  }, [hasNoFilm]);
  useEffect(() => dropFirstPicture, []);
  return (
    <main className="room" data-room="reading">
      {manifest.data === undefined ? (
        <>
          <RoomBar title={t('exam.images')} />
          {manifest.error === null ? (
            <SkeletonGroup className="room-skeleton">
              <Skeleton width="min(100vw, 60vh)" height="min(100vw, 60vh)" />
            </SkeletonGroup>
          ) : (
            <Refused error={manifest.error} onRetry={manifest.retry} />
          )}
        </>
      ) : (
        <Room place={place} manifest={manifest.data} />
      )}
    </main>
  );
}

function Room({ place, manifest }: { place: Place; manifest: StudyManifest }): ReactElement {
  const t = useT();
  const search = useSearch();
  const opened = search.get('read');
  const isReading = opened === '1';
  const [start, setStart] = useState<ReadingStart | null>(() => askedStart(search));
  const [showsStrip, setShowsStrip] = useState(true);
  const list = manifest.series;
  const first = firstSeries([
    {
      studyInstanceUid: manifest.studyInstanceUid,
      series: list.map((one) => ({ ...one, frameCount: one.frames.length })),
    },
  ]);
  const uid = place.seriesInstanceUid ?? first?.seriesInstanceUid;
  const at = Math.max(
    0,
    list.findIndex((one) => one.seriesInstanceUid === uid),
  );
  const series = list[at];
  const path = (one: ManifestSeries | undefined) =>
    pathTo.images(place.examId, place.studyInstanceUid, one?.seriesInstanceUid);
  const choose = (next: ManifestSeries | undefined) => {
    if (next === undefined || next === series) return;
    setStart(null);
    navigate(path(next), { replace: true, keepScroll: true });
  };
  const seen = useRef<SeenFrame | null>(null);
  // However the reading room was left (its own button, the browser's back), the film goes on where it was.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once each time the room is left
  useEffect(() => {
    const last = seen.current;
    if (isReading || last === null) return;
    seen.current = null;
    setStart({ frameIndex: last.frameIndex, tool: null });
    const other = list.find((one) => one.seriesInstanceUid === last.seriesInstanceUid);
    if (other !== undefined && other !== series) navigate(path(other), { replace: true, keepScroll: true });
  }, [isReading]);
  const read = (next: ReadingStart) => {
    setStart(next);
    navigate(`${path(series)}?read=1&frame=${next.frameIndex + 1}`, { keepScroll: true });
  };
  // A link that opens the room at once: back leads to the film below it, not out of the page.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for the page as it was opened
  useEffect(() => {
    if (opened !== null && series !== undefined) standAbove(path(series));
  }, []);
  if (series === undefined) {
    return (
      <>
        <RoomBar title={manifest.title} />
        <EmptyState title={t('film.noSeries')} />
      </>
    );
  }
  const name = seriesName(series);
  const seriesOf = t('film.seriesOf', { number: at + 1, count: list.length });
  const strip =
    list.length > 1 && showsStrip ? <SeriesStrip list={list} chosen={series} onChoose={choose} /> : null;
  const covered = isReading && isFilm(series);
  const isVolume = opened === 'volume' && mayBeVolume(series);
  return (
    <>
      <div className="room-film" inert={covered || isVolume}>
        <RoomBar title={manifest.title} note={name === null ? seriesOf : `${name} · ${seriesOf}`} />
        <SeriesContent
          key={series.seriesInstanceUid}
          manifest={manifest}
          series={series}
          startIndex={start?.frameIndex ?? null}
          strip={strip}
          hasStrip={list.length > 1}
          onStrip={() => setShowsStrip(!showsStrip)}
          onSwipe={(step) => choose(list[at + step])}
          onRead={read}
          onVolume={
            mayBeVolume(series) ? () => navigate(`${path(series)}?read=volume`, { keepScroll: true }) : null
          }
        />
      </div>
      {isVolume && <VolumeLayer manifest={manifest} series={series} onLeave={() => goBack(path(series))} />}
      {covered && (
        <ReadingLayer
          examId={place.examId}
          manifest={manifest}
          series={series}
          start={start ?? { frameIndex: openingFrame(series), tool: toolOf(search), view: viewOf(search) }}
          onSeen={(frame) => {
            seen.current = frame;
          }}
          onLeave={() => goBack(path(series))}
        />
      )}
    </>
  );
}

function SeriesContent(props: {
  manifest: StudyManifest;
  series: ManifestSeries;
  startIndex: number | null;
  strip: ReactNode;
  hasStrip: boolean;
  onStrip: () => void;
  onSwipe: (step: -1 | 1) => void;
  onRead: (start: ReadingStart) => void;
  onVolume: (() => void) | null;
}): ReactElement {
  const t = useT();
  const { manifest, series, strip } = props;
  if (isFilm(series) && series.frames.some((frame) => frame.filmUrl !== null)) {
    return <FilmStage {...props} startIndex={props.startIndex ?? openingFrame(series)} />;
  }
  if (hasKindView(series)) {
    return (
      <>
        <KindStage manifest={manifest} series={series} />
        {strip}
      </>
    );
  }
  if (series.kind === 'waveform' && series.waveforms !== undefined) {
    return (
      <>
        <EcgStage title={manifest.title} series={series} />
        {strip}
      </>
    );
  }
  if (series.pages.length > 0) {
    return (
      <>
        <PageViewer title={seriesName(series) ?? manifest.title} pages={series.pages} />
        {strip}
      </>
    );
  }
  const isComing = manifest.mediaState === 'preparing';
  const numbers = { done: manifest.framesReady, total: manifest.framesTotal };
  return (
    <>
      <div className="room-blank" role="status">
        {isComing ? (
          <EmptyState kind="time" title={t('film.preparing', numbers)} text={t('film.preparingText')}>
            <progress
              max={Math.max(1, numbers.total)}
              value={numbers.done}
              aria-label={t('exam.preparing')}
            />
          </EmptyState>
        ) : (
          <EmptyState title={t('film.notHere')} text={t('film.notHereText')} />
        )}
      </div>
      {strip}
    </>
  );
}

function RoomBar({ title, note }: { title: string; note?: string }): ReactElement {
  const t = useT();
  return (
    <header className="room-bar">
      <button type="button" className="icon-button" onClick={() => goBack()} aria-label={t('ui.back')}>
        <ChevronLeft aria-hidden="true" />
      </button>
      <div>
        <h1 title={title}>{title}</h1>
        {note !== undefined && <p title={note}>{note}</p>}
      </div>
    </header>
  );
}

/** What the address says, when the page is opened by it. */
function askedStart(search: URLSearchParams): ReadingStart | null {
  const frameIndex = frameOf(search);
  return frameIndex === null ? null : { frameIndex, tool: toolOf(search), view: viewOf(search) };
}

export function isFilm(series: ManifestSeries): boolean {
  return (series.kind === 'stack' || series.kind === 'multiframe') && series.frames.length > 0;
}
