// The report and the priors beside the images, 300 pixels, dark like the room.
import type { UseQueryResult } from '@tanstack/react-query';
import type { ExamDetail, ExamListItem } from '@yunying/api';
import { formatDateTime, Problem, Skeleton, SkeletonGroup, useT } from '@yunying/ui';
import { Columns2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { PriorList } from '../exam/prior-list.tsx';
import { ReportText } from '../exam/report-text.tsx';

type Props = {
  detail: UseQueryResult<ExamDetail>;
  compared: string | null;
  onSwitch(studyInstanceUid: string): void;
  /** Null ends the comparison. */
  onCompare(studyInstanceUid: string | null): void;
};

export function ReportPanel(props: Props): ReactElement {
  const t = useT();
  const { detail, compared } = props;
  return (
    <aside className="report-panel" aria-label={t('reading.report')}>
      {detail.error !== null && detail.data === undefined ? (
        <Problem error={detail.error} onRetry={() => void detail.refetch()} />
      ) : detail.data === undefined ? (
        <SkeletonGroup className="exam-skeleton">
          <Skeleton width="70%" />
          <Skeleton />
          <Skeleton />
          <Skeleton width="50%" />
        </SkeletonGroup>
      ) : (
        <>
          <header className="report-panel-head">
            <h2>{detail.data.exam.itemName}</h2>
            <p className="soft">{formatDateTime(detail.data.exam.examAt)}</p>
          </header>
          <ReportText reports={detail.data.reports} isWithdrawn={detail.data.withdrawn} />
          <PriorList
            priors={detail.data.priors.filter(hasImages)}
            onChoose={(prior) => switchTo(prior, props.onSwitch)}
            extra={(prior) => {
              const uid = prior.studyInstanceUids[0] ?? null;
              const isCompared = uid !== null && uid === compared;
              return (
                <button
                  type="button"
                  className="prior-compare"
                  aria-pressed={isCompared}
                  title={t(isCompared ? 'reading.endCompare' : 'reading.compare')}
                  onClick={() => props.onCompare(isCompared ? null : uid)}
                >
                  <Columns2 size={16} aria-hidden />
                  <span>{t(isCompared ? 'reading.endCompare' : 'reading.compare')}</span>
                </button>
              );
            }}
          />
        </>
      )}
    </aside>
  );
}

function hasImages(prior: ExamListItem): boolean {
  return prior.studyInstanceUids.length > 0 && prior.imageCount > 0;
}

function switchTo(prior: ExamListItem, open: (uid: string) => void): void {
  const [uid] = prior.studyInstanceUids;
  if (uid !== undefined) open(uid);
}
