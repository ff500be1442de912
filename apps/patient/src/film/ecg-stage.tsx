// An ECG on the film page: the traces on millimetre paper. Until the view is there, and where it cannot be fetched, the
// page that the server drew is shown.
import type { ManifestSeries } from '@yunying/api';
import { currentLanguage } from '@yunying/ui';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { PageViewer } from '../pages/page-viewer.tsx';

export function EcgStage({ title, series }: { title: string; series: ManifestSeries }): ReactElement {
  const root = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<'opening' | 'open' | 'failed'>('opening');
  const urls = series.waveforms ?? [];
  const key = urls.join(' ');
  useEffect(() => {
    let close: (() => void) | null = null;
    let isLeft = false;
    import('@yunying/viewer/ecg')
      .then(({ openEcg }) => {
        if (isLeft || root.current === null) return;
        const view = openEcg(root.current, {
          urls: key.split(' '),
          language: currentLanguage(),
          screen: window.innerWidth < 900 ? 'phone' : 'desktop',
          title,
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
  }, [key, title]);
  if (state === 'failed' && series.pages.length > 0) return <PageViewer title={title} pages={series.pages} />;
  return <div ref={root} className="ecg-stage" data-state={state} />;
}
