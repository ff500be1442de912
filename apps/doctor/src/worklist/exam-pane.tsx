// The chosen exam: key picture, series, report, other exams of the same person. Beside the rows on a desk, a page of
// its own on a phone.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ExamDetail } from '@yunying/api';
import {
  currentLanguage,
  formatAge,
  formatDateTime,
  Problem,
  Skeleton,
  SkeletonGroup,
  useT,
} from '@yunying/ui';
import { ArrowLeft, Images } from 'lucide-react';
import { Fragment, type ReactElement } from 'react';
import { Picture } from '../exam/picture.tsx';
import { PriorList } from '../exam/prior-list.tsx';
import { ReportText } from '../exam/report-text.tsx';
import { SendStudy } from '../exam/send-study.tsx';
import { SeriesStrip } from '../exam/series-strip.tsx';
import { examQuery } from '../queries.ts';

type Props = { examId: string; onBack?(): void; onChoose(examId: string): void };

export function ExamPane(props: Props): ReactElement {
  const t = useT();
  const exam = useQuery(examQuery(props.examId));
  return (
    <section className="exam">
      {props.onBack !== undefined && (
        <button type="button" className="yy-toggle exam-back" onClick={props.onBack}>
          <ArrowLeft size={20} aria-hidden /> {t('worklist.title')}
        </button>
      )}
      {exam.error !== null && exam.data === undefined ? (
        <Problem error={exam.error} onRetry={() => void exam.refetch()} />
      ) : exam.data === undefined ? (
        <ExamSkeleton />
      ) : (
        <ExamBody detail={exam.data} onChoose={props.onChoose} />
      )}
    </section>
  );
}

function ExamBody(props: { detail: ExamDetail; onChoose(examId: string): void }): ReactElement {
  const t = useT();
  const { detail } = props;
  const { exam } = detail;
  const firstStudy = detail.studies.find((study) => study.series.length > 0) ?? detail.studies[0];
  const sex = exam.patientSex === '1' || exam.patientSex === '2' ? t(`sex.${exam.patientSex}`) : '';
  return (
    <>
      <header className="exam-head">
        <h2>
          {exam.patientName}{' '}
          <small>
            {sex} {formatAge(exam.patientAge ?? '', currentLanguage())}
          </small>
        </h2>
        <p>{exam.itemName}</p>
        <p className="soft">
          {formatDateTime(exam.examAt)} · {exam.patientId}
          {exam.accessionNumber === null ? '' : ` · ${exam.accessionNumber}`}
        </p>
      </header>
      {firstStudy === undefined ? (
        <p className="exam-nothing">{t('exam.noImages')}</p>
      ) : (
        <Link
          className="exam-picture"
          to="/doctor/view/$studyInstanceUid"
          params={{ studyInstanceUid: firstStudy.studyInstanceUid }}
        >
          <Picture url={exam.keyImageUrl} alt={t('exam.keyPicture')} otherwise={null} />
          <span className="yy-button" data-look="primary">
            <Images size={18} aria-hidden />
            {exam.imageCount > 0 ? t('exam.read', { count: exam.imageCount }) : t('exam.open')}
          </span>
        </Link>
      )}
      {detail.studies.map((study) => (
        <Fragment key={study.studyInstanceUid}>
          <SeriesStrip study={study} />
          <SendStudy study={study} />
        </Fragment>
      ))}
      <ReportText reports={detail.reports} isWithdrawn={detail.withdrawn} />
      <PriorList priors={detail.priors} onChoose={(prior) => props.onChoose(prior.id)} />
    </>
  );
}

function ExamSkeleton(): ReactElement {
  return (
    <SkeletonGroup className="exam-skeleton">
      <Skeleton width="60%" height={22} />
      <Skeleton width="80%" />
      <Skeleton height={180} />
      <Skeleton />
      <Skeleton />
      <Skeleton width="70%" />
    </SkeletonGroup>
  );
}
