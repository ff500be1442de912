// One series as film: the canvas, the edge strip, the badge and the bar. FilmView draws; these components read its
// snapshots and call its verbs.
import type { ManifestSeries, StudyManifest } from '@yunying/api';
import { formatBytes, useT } from '@yunying/ui';
import { Layers, MoreHorizontal, Pause, Play, Ruler, SlidersHorizontal } from 'lucide-react';
import { type ReactElement, type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { keepInAddress } from '../navigation/history.ts';
import { type FilmSnapshot, FilmView } from './film-view.ts';
import { MoreSheet } from './more-sheet.tsx';
import { prefetchReading, type ReadingStart } from './reading-layer.tsx';
import { ScrubBar } from './scrub-bar.tsx';

type StageProps = {
  manifest: StudyManifest;
  series: ManifestSeries;
  startIndex: number;
  strip: ReactNode;
  hasStrip: boolean;
  onStrip: () => void;
  onSwipe: (step: -1 | 1) => void;
  onRead: (start: ReadingStart) => void;
  /** null: a series that is no volume. */
  onVolume: (() => void) | null;
};

export function FilmStage(props: StageProps): ReactElement {
  const t = useT();
  const { film, canvas } = useFilm(props);
  useKeys(film);
  return (
    <>
      <div className="stage">
        <canvas ref={canvas} className="film" role="img" aria-label={t('film.canvas')} tabIndex={0} />
        {film !== null && <Overlay film={film} />}
      </div>
      {film !== null && <StageFoot film={film} {...props} />}
      {film !== null && <StageBar film={film} {...props} />}
      {props.strip}
    </>
  );
}

/** While pictures are being made, the one nearest to where one would begin. */
function nearestReady(series: ManifestSeries, wanted: number): number {
  let nearest = wanted;
  let far = Number.POSITIVE_INFINITY;
  series.frames.forEach(({ filmUrl }, index) => {
    if (filmUrl === null || Math.abs(index - wanted) >= far) return;
    nearest = index;
    far = Math.abs(index - wanted);
  });
  return nearest;
}

/** A FilmView as long as the canvas stands; new picture addresses of a study in preparation are handed on. */
function useFilm({ series, startIndex, onSwipe }: StageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [film, setFilm] = useState<FilmView | null>(null);
  const swipe = useRef(onSwipe);
  swipe.current = onSwipe;
  const openedAt = useRef(startIndex);
  const latest = useRef({ series, startIndex });
  latest.current = { series, startIndex };
  useEffect(() => {
    if (canvas.current === null) return;
    const opened = new FilmView(canvas.current, {
      urls: latest.current.series.frames.map((frame) => frame.filmUrl),
      index: nearestReady(latest.current.series, latest.current.startIndex),
      frameTimeMs: latest.current.series.frameTimeMs,
      onSwipe: (step) => swipe.current(step),
    });
    setFilm(opened);
    return () => opened.close();
  }, []);
  useEffect(() => {
    let known = film?.snapshot().index;
    return film?.subscribe(() => {
      const { index, isPlaying } = film.snapshot();
      if (index === known || isPlaying) return;
      known = index;
      // Under the reading room the address is the room's.
      if (document.querySelector('.reading') === null) keepInAddress({ frame: String(index + 1) });
    });
  }, [film]);
  useEffect(() => film?.setUrls(series.frames.map((frame) => frame.filmUrl)), [film, series]);
  useEffect(() => {
    // Back from the reading room: the slice that was looked at there.
    if (film !== null && startIndex !== openedAt.current) film.show(startIndex);
    openedAt.current = startIndex;
  }, [film, startIndex]);
  return { film, canvas };
}

/** Keys work from anywhere on the page, except on buttons and in a sheet. */
function useKeys(film: FilmView | null): void {
  useEffect(() => {
    if (film === null) return;
    const onKeyDown = (event: KeyboardEvent) => {
      const { target } = event;
      if (target instanceof Element && target.closest('button, a, dialog, .reading') !== null) return;
      // Under the reading room every key is the room's, wherever the focus is.
      if (document.querySelector('.reading') !== null) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (act(film, event.key)) event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [film]);
}

function act(film: FilmView, key: string): boolean {
  const steps: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10 };
  const step = steps[key];
  if (step !== undefined) film.step(step);
  else if (key === 'Home') film.show(0);
  else if (key === 'End') film.show(film.snapshot().count - 1);
  else if (key === ' ') film.play(!film.snapshot().isPlaying);
  else if (key === '+' || key === '=') film.zoomBy(1.25);
  else if (key === '-') film.zoomBy(0.8);
  else if (key === '0') film.fit();
  else return false;
  return true;
}

export function useSnapshot(film: FilmView): FilmSnapshot {
  return useSyncExternalStore(film.subscribe, film.snapshot);
}

/** What lies over the picture: the edge strip, and a word when the picture is not there. */
function Overlay({ film }: { film: FilmView }): ReactElement {
  const t = useT();
  const shot = useSnapshot(film);
  const { index, count } = shot;
  return (
    <>
      {count > 1 && <ScrubBar film={film} shot={shot} />}
      {shot.hasFailed && (
        <div className="stage-note" role="alert">
          <p>{t('film.failed')}</p>
          <button type="button" className="yy-button" onClick={() => film.retry()}>
            {t('film.retry')}
          </button>
        </div>
      )}
      {!shot.isShown && !shot.hasFailed && (
        <p className="stage-wait">{t('film.slice', { index: index + 1, count })}</p>
      )}
    </>
  );
}

/** How good the picture is, which one it is, and the way to real pixels. */
function StageFoot({ film, manifest, onRead }: StageProps & { film: FilmView }): ReactElement {
  const t = useT();
  const { index, count, loadedCount, bytes } = useSnapshot(film);
  const isAllHere = loadedCount >= count;
  useEffect(() => {
    if (isAllHere) prefetchReading();
  }, [isAllHere]);
  const isPreparing = manifest.mediaState === 'preparing';
  return (
    <div className="stage-foot">
      {isPreparing && (
        <p className="stage-line" role="status">
          {t('film.preparing', { done: manifest.framesReady, total: manifest.framesTotal })}
        </p>
      )}
      {!isAllHere && !isPreparing && (
        <p className="stage-line">{t('film.loading', { done: loadedCount, count })}</p>
      )}
      <div className="stage-row">
        <span className="badge">
          {t('film.preview')}
          {bytes !== null && ` · ${formatBytes(bytes)}`}
        </span>
        {count > 1 && <span className="stage-count">{t('film.slice', { index: index + 1, count })}</span>}
        <button
          type="button"
          className="full-button"
          onClick={() => onRead({ frameIndex: index, tool: null })}
        >
          {t('film.full')}
        </button>
      </div>
    </div>
  );
}

function StageBar(props: StageProps & { film: FilmView }): ReactElement {
  const t = useT();
  const { film, manifest, series, onRead, onVolume, hasStrip, onStrip } = props;
  const { index, count, isPlaying, speed } = useSnapshot(film);
  const [showsMore, setShowsMore] = useState(false);
  return (
    <div className="stage-bar">
      <BarButton
        word={t('film.window')}
        label={t('film.windowLabel')}
        icon={<SlidersHorizontal aria-hidden="true" />}
        onClick={() => onRead({ frameIndex: index, tool: 'window' })}
      />
      <BarButton
        word={t('film.measure')}
        label={t('film.measureLabel')}
        icon={<Ruler aria-hidden="true" />}
        onClick={() => onRead({ frameIndex: index, tool: 'length' })}
      />
      <BarButton
        word={t(isPlaying ? 'film.pause' : 'film.play')}
        icon={isPlaying ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
        disabled={count < 2}
        onClick={() => film.play(!isPlaying)}
      />
      <BarButton
        word={t('film.series')}
        icon={<Layers aria-hidden="true" />}
        disabled={!hasStrip}
        onClick={onStrip}
      />
      <BarButton
        word={t('film.more')}
        icon={<MoreHorizontal aria-hidden="true" />}
        onClick={() => setShowsMore(true)}
      />
      {showsMore && (
        <MoreSheet
          film={film}
          speed={speed}
          onVolume={onVolume}
          onClose={() => setShowsMore(false)}
          onKeep={async (what) => {
            // Fetched on the tap: the first picture does not wait for it.
            const { keepPicture } = await import('./keep-picture.ts');
            await keepPicture(manifest.studyInstanceUid, series, what, index);
          }}
        />
      )}
    </div>
  );
}

function BarButton(props: {
  word: string;
  label?: string;
  icon: ReactNode;
  disabled?: boolean;
  onClick: () => void;
}): ReactElement {
  return (
    <button type="button" disabled={props.disabled === true} onClick={props.onClick}>
      {props.icon}
      <span>{props.word}</span>
      {props.label !== undefined && <span className="yy-hidden">{props.label}</span>}
    </button>
  );
}
