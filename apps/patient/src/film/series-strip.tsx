// All series of the study along the lower edge; the chosen one is framed and scrolled into sight.
import type { ManifestSeries } from '@yunying/api';
import { useT } from '@yunying/ui';
import { type ReactElement, useEffect, useRef } from 'react';
import { seriesName } from '../exam/choose-series.ts';
import { Thumb } from '../parts/thumb.tsx';

export function SeriesStrip(props: {
  list: readonly ManifestSeries[];
  chosen: ManifestSeries;
  onChoose: (series: ManifestSeries) => void;
}): ReactElement {
  const t = useT();
  const { list, chosen } = props;
  const current = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (chosen !== undefined) current.current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [chosen]);
  return (
    <ul className="film-strip">
      {list.map((series, at) => {
        const isChosen = series === chosen;
        const name = seriesName(series) ?? t('exam.series', { number: at + 1 });
        return (
          <li key={series.seriesInstanceUid}>
            <button
              type="button"
              ref={isChosen ? current : null}
              aria-pressed={isChosen}
              onClick={() => props.onChoose(series)}
            >
              <Thumb url={series.thumbnailUrl} />
              <span className="film-strip-name" title={name}>
                {name}
              </span>
              {series.frames.length > 0 && (
                <span className="film-strip-count">
                  {t('exam.imageCount', { count: series.frames.length })}
                </span>
              )}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
