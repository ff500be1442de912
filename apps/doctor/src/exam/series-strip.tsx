// The series of a study as thumbnails; each opens the reading room at itself. While pictures are being made, it says
// that in words.
import { Link } from '@tanstack/react-router';
import type { StudySummary } from '@yunying/api';
import { useT } from '@yunying/ui';
import type { ReactElement } from 'react';
import { Picture } from './picture.tsx';

export function SeriesStrip({ study }: { study: StudySummary }): ReactElement | null {
  const t = useT();
  if (study.series.length === 0) return null;
  return (
    <div className="strip-block">
      {study.mediaState === 'preparing' && <p className="soft">{t('exam.preparing')}</p>}
      {study.mediaState === 'partial' && <p className="warn">{t('exam.partial')}</p>}
      <div className="strip">
        {study.series.map((series) => {
          const name = series.description ?? `${t('exam.series')} ${series.seriesNumber ?? ''}`;
          return (
            <Link
              key={series.seriesInstanceUid}
              className="strip-entry"
              to="/doctor/view/$studyInstanceUid"
              params={{ studyInstanceUid: study.studyInstanceUid }}
              search={{ series: series.seriesInstanceUid }}
              title={name}
            >
              <Picture
                url={series.thumbnailUrl}
                alt=""
                otherwise={<span className="strip-blank">{series.modality}</span>}
              />
              <span className="strip-count">{series.frameCount}</span>
              <span className="strip-name" title={name}>
                {name}
              </span>
            </Link>
          );
        })}
      </div>
    </div>
  );
}
