// A whole slide or a video on the film page: the viewer's own view of that kind, without its graphics engine. Where one
// is in it stands in the address.
import type { ManifestSeries, StudyManifest } from '@yunying/api';
import { currentLanguage, useT } from '@yunying/ui';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { keepInAddress } from '../navigation/history.ts';
import { placeOf } from './place.ts';

export function hasKindView(series: ManifestSeries): boolean {
  return (series.kind === 'slide' && series.slideUrl !== undefined) || series.kind === 'video';
}

export function KindStage(props: { manifest: StudyManifest; series: ManifestSeries }): ReactElement {
  const t = useT();
  const root = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<'opening' | 'open' | 'failed'>('opening');
  const [attempt, setAttempt] = useState(0);
  const first = useRef(props);

  // biome-ignore lint/correctness/useExhaustiveDependencies: opened once for a series, and again by the retry button
  useEffect(() => {
    const { manifest, series } = first.current;
    let close: (() => void) | null = null;
    let isLeft = false;
    import('@yunying/viewer/kinds')
      .then(({ openKind }) => {
        if (isLeft || root.current === null) return;
        const view = openKind(root.current, {
          series,
          studyInstanceUid: manifest.studyInstanceUid,
          language: currentLanguage(),
          screen: window.innerWidth < 900 ? 'phone' : 'desktop',
          place: placeOf(new URLSearchParams(window.location.search)) ?? '',
          onPlace: (place) => keepInAddress({ place }),
        });
        close = () => view?.close();
        setState('open');
      })
      .catch(() => {
        if (!isLeft) setState('failed');
      });
    return () => {
      isLeft = true;
      close?.();
    };
  }, [attempt]);

  return (
    <div ref={root} className="kind-stage" data-state={state}>
      {state === 'opening' && (
        <p className="stage-wait" role="status">
          {t('ui.loading')}
        </p>
      )}
      {state === 'failed' && (
        <div className="stage-note" role="alert">
          <p>{t('film.kindFailed')}</p>
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
        </div>
      )}
    </div>
  );
}
