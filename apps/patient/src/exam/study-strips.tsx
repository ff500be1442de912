// The pictures of an exam: one strip of series per study, with counts; while they are being made, in numbers.
import { api, type ExamListItem, type SeriesSummary, type StudySummary } from '@yunying/api';
import { useT } from '@yunying/ui';
import type { ReactElement } from 'react';
import { Link } from '../navigation/link.tsx';
import { pathTo } from '../navigation/routes.ts';
import { Thumb } from '../parts/thumb.tsx';
import { useApi } from '../query.ts';
import { pictureCount, seriesName } from './choose-series.ts';

export function StudyStrips(props: { exam: ExamListItem; studies: StudySummary[] }): ReactElement {
  const t = useT();
  const { exam, studies } = props;
  const count = pictureCount(studies);
  return (
    <section className="card">
      <div className="strip-head">
        <h2>{t('exam.images')}</h2>
        {count > 0 && <span className="soft">{t('exam.imageCount', { count })}</span>}
      </div>
      {studies.every((study) => study.series.length === 0 && study.mediaState !== 'preparing') && (
        <p className="soft">{t('exam.noImages')}</p>
      )}
      {studies.map((study) => (
        <div key={study.studyInstanceUid} className="study">
          {studies.length > 1 && study.description !== null && <h3>{study.description}</h3>}
          {study.mediaState === 'preparing' && <Preparing study={study} />}
          {study.mediaState === 'partial' && <p className="notice">{t('exam.partial')}</p>}
          <ul className="strip">
            {study.series.map((series, at) => (
              <li key={series.seriesInstanceUid}>
                <SeriesTile exam={exam} study={study} series={series} number={at + 1} />
              </li>
            ))}
          </ul>
        </div>
      ))}
      {count > 0 && <p className="small-print">{t('exam.notForDiagnosis')}</p>}
    </section>
  );
}

function SeriesTile(props: {
  exam: ExamListItem;
  study: StudySummary;
  series: SeriesSummary;
  number: number;
}): ReactElement {
  const t = useT();
  const { exam, study, series, number } = props;
  const name = seriesName(series) ?? t('exam.series', { number });
  const count = series.frameCount > 0 ? t('exam.imageCount', { count: series.frameCount }) : '';
  return (
    <Link
      to={pathTo.images(exam.id, study.studyInstanceUid, series.seriesInstanceUid)}
      className="series-tile"
    >
      <span className="series-picture">
        <Thumb
          url={series.thumbnailUrl}
          {...(series.kind === 'document' || series.kind === 'sr' ? {} : { examType: exam.examType })}
        />
        {series.frameCount > 0 && <span className="series-count">{count}</span>}
      </span>
      <span className="series-name" title={name}>
        {name}
      </span>
    </Link>
  );
}

/** The manifest knows how far the pictures are. */
function Preparing({ study }: { study: StudySummary }): ReactElement {
  const t = useT();
  const manifest = useApi(
    ['manifest', study.studyInstanceUid],
    (signal) => api.getManifest(study.studyInstanceUid, { signal }),
    { everyMs: (data) => (data?.mediaState === 'ready' ? false : 3000) },
  );
  const done = manifest.data?.framesReady ?? 0;
  const total = manifest.data?.framesTotal ?? study.frameCount;
  return (
    <div className="preparing" role="status">
      <p>{total > 0 ? t('exam.preparingOf', { done, total }) : t('exam.preparing')}</p>
      {total > 0 && <progress max={total} value={done} aria-label={t('exam.preparing')} />}
    </div>
  );
}
