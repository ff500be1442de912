// The door to real pixels (layer 1). The reading room is fetched only here: on a tap, or ahead of it when the film is
// complete and the network is not metered. When it cannot be fetched the person stays on the film and is told.
import type { ManifestSeries, StudyManifest } from '@yunying/api';
import { currentLanguage, useT } from '@yunying/ui';
import type { ReadingEvent, ReadingRoom } from '@yunying/viewer';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { keepInAddress } from '../navigation/history.ts';
import { pathTo } from '../navigation/routes.ts';

/** `tool`, `view`: as the address says them. */
export type ReadingStart = { frameIndex: number; tool: string | null; view?: string | null };
export type SeenFrame = { frameIndex: number; seriesInstanceUid: string };

const importReading = () => import('@yunying/viewer');

export function prefetchReading(): void {
  const connection: unknown = 'connection' in navigator ? navigator.connection : null;
  if (typeof connection === 'object' && connection !== null) {
    if ('saveData' in connection && connection.saveData === true) return;
    if ('type' in connection && connection.type === 'cellular') return;
    if ('effectiveType' in connection && connection.effectiveType !== '4g') return;
  }
  const fetchAhead = () => void importReading().catch(() => undefined);
  if (typeof requestIdleCallback === 'function') requestIdleCallback(fetchAhead, { timeout: 5000 });
}

export function ReadingLayer(props: {
  examId: string;
  manifest: StudyManifest;
  series: ManifestSeries;
  start: ReadingStart;
  /** Every frame that was drawn: where the film goes on afterwards. */
  onSeen: (frame: SeenFrame) => void;
  onLeave: () => void;
}): ReactElement {
  const t = useT();
  const root = useRef<HTMLDivElement>(null);
  const first = useRef(props);
  const layer = useRef<HTMLElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [state, setState] = useState<'opening' | 'open' | 'failed'>('opening');
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: opened once, and again by the retry button
  useEffect(() => {
    const { manifest, series, start } = first.current;
    let room: ReadingRoom | null = null;
    let isLeft = false;
    let isReady = false;
    importReading()
      .then(({ isToolName, openReadingRoom }) => {
        if (isLeft || root.current === null) return;
        room = openReadingRoom(root.current, {
          manifest,
          seriesInstanceUid: series.seriesInstanceUid,
          frameIndex: start.frameIndex,
          ...(start.view == null ? {} : { viewCode: start.view }),
          language: currentLanguage(),
          tools: 'few',
          screen: window.innerWidth < 900 ? 'phone' : 'desktop',
          onExit: () => latest.current.onLeave(),
          onEvent: (event) => {
            if (event.type === 'frame') {
              const { index: frameIndex, seriesInstanceUid } = event;
              latest.current.onSeen({ frameIndex, seriesInstanceUid });
            }
            // What happens while the room is being opened is what the address said.
            if (isReady) keepState(event, latest.current);
          },
        });
        isReady = true;
        if (start.tool !== null && isToolName(start.tool)) room.tool(start.tool);
        setState('open');
      })
      .catch(() => {
        if (!isLeft) setState('failed');
      });
    return () => {
      isLeft = true;
      room?.close();
    };
  }, [attempt]);

  useEffect(() => layer.current?.focus({ preventScroll: true }), []);
  return (
    <section ref={layer} className="reading" aria-label={t('film.reading')} tabIndex={-1}>
      <div ref={root} className="reading-root" />
      {state === 'opening' && (
        <p className="reading-note" role="status">
          {t('film.opening')}
        </p>
      )}
      {state === 'failed' && (
        <div className="reading-note" role="alert">
          <p>{t('film.openFailed')}</p>
          <button
            type="button"
            className="yy-button"
            onClick={() => {
              setState('opening');
              setAttempt(attempt + 1);
            }}
          >
            {t('ui.retry')}
          </button>
          <button type="button" className="yy-button" onClick={props.onLeave}>
            {t('ui.back')}
          </button>
        </div>
      )}
    </section>
  );
}

/** Series, slice, window, zoom and tool stand in the address: a reload or a sent link opens the same view. */
function keepState(
  event: ReadingEvent,
  { examId, manifest }: { examId: string; manifest: StudyManifest },
): void {
  if (event.type === 'tool') keepInAddress({ tool: event.tool === 'scroll' ? '' : event.tool });
  if (event.type === 'view') keepInAddress({ view: event.code });
  if (event.type !== 'frame') return;
  const path = pathTo.images(examId, manifest.studyInstanceUid, event.seriesInstanceUid);
  keepInAddress({ frame: String(event.index + 1) }, path);
}
