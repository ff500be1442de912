// The series as a volume, drawn by the server: works on every phone that shows pictures. Fetched only on a tap; where
// it cannot be fetched the person stays on the film.
import type { ManifestSeries, StudyManifest } from '@yunying/api';
import { currentLanguage, useT } from '@yunying/ui';
import { type ReactElement, useEffect, useRef, useState } from 'react';

const sliced = new Set(['CT', 'MR', 'PT', 'NM']);
/** Fewer slices make no picture in depth; whether the rest are a volume the server says. */
const fewestFrames = 8;

export function mayBeVolume({ modality, frames }: ManifestSeries): boolean {
  return modality !== null && sliced.has(modality) && frames.length >= fewestFrames;
}

export function VolumeLayer(props: {
  manifest: StudyManifest;
  series: ManifestSeries;
  onLeave: () => void;
}): ReactElement {
  const t = useT();
  const root = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [state, setState] = useState<'opening' | 'open' | 'failed'>('opening');
  const { seriesInstanceUid } = props.series;
  const { studyInstanceUid, title, notForDiagnosis } = props.manifest;
  useEffect(() => {
    let close: (() => void) | null = null;
    let isLeft = false;
    import('@yunying/viewer/server-volume')
      .then(({ openServerVolume }) => {
        if (isLeft || root.current === null) return;
        const view = openServerVolume(root.current, {
          studyInstanceUid,
          seriesInstanceUid,
          title,
          notForDiagnosis,
          language: currentLanguage(),
          onExit: () => latest.current.onLeave(),
        });
        close = () => view.close();
        setState('open');
      })
      .catch(() => {
        if (!isLeft) setState('failed');
      });
    return () => {
      isLeft = true;
      close?.();
    };
  }, [studyInstanceUid, seriesInstanceUid, title, notForDiagnosis]);
  return (
    <section className="reading" aria-label={t('film.volume')}>
      <div ref={root} className="reading-root" />
      {state !== 'open' && (
        <div className="reading-note" role={state === 'failed' ? 'alert' : 'status'}>
          <p>{t(state === 'failed' ? 'film.openFailed' : 'film.opening')}</p>
          {state === 'failed' && (
            <button type="button" className="yy-button" onClick={props.onLeave}>
              {t('ui.back')}
            </button>
          )}
        </div>
      )}
    </section>
  );
}
