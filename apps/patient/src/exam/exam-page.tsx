// One examination: what the doctor says first, then the report pages and the pictures; the three things to do stand
// under the thumb. Refreshes by itself while pictures or report pages are still being made.
import { api, type ExamDetail } from '@yunying/api';
import {
  currentLanguage,
  EmptyState,
  formatAge,
  formatDateTime,
  Skeleton,
  SkeletonGroup,
  TypeSizeToggle,
  useT,
} from '@yunying/ui';
import { Download, FileText, Images } from 'lucide-react';
import { type ReactElement, useEffect } from 'react';
import { ExamCards } from '../exams/exam-list-page.tsx';
import { Link } from '../navigation/link.tsx';
import { pathTo } from '../navigation/routes.ts';
import { Page } from '../parts/page.tsx';
import { Refused } from '../parts/signed-out.tsx';
import { queryClient, useApi } from '../query.ts';
import { firstSeries, isPreparing } from './choose-series.ts';
import { ReportStrip } from './report-strip.tsx';
import { ReportText } from './report-text.tsx';
import { StudyStrips } from './study-strips.tsx';

export function ExamPage({ examId }: { examId: string }): ReactElement {
  const t = useT();
  const exam = useExam(examId);
  const wasNew = exam.data?.exam.isNew === true;
  useEffect(() => {
    // It has been opened now: the list asks again when it is next seen.
    if (wasNew) void queryClient.invalidateQueries({ queryKey: ['exams'], refetchType: 'none' });
  }, [wasNew]);
  return (
    <Page
      title={exam.data?.exam.itemName ?? t('app.title')}
      corner={<TypeSizeToggle />}
      foot={exam.data === undefined ? undefined : <Actions detail={exam.data} />}
      wide
    >
      {exam.error !== null && <Refused error={exam.error} onRetry={exam.retry} />}
      {exam.error === null && exam.data === undefined && <ExamSkeleton />}
      {exam.data !== undefined && <ExamContent detail={exam.data} />}
    </Page>
  );
}

export function useExam(examId: string) {
  return useApi(['exam', examId], (signal) => api.getExam(examId, { signal }), {
    everyMs: (detail) => (detail !== undefined && isUnfinished(detail) ? 3000 : false),
  });
}

function isUnfinished(detail: ExamDetail): boolean {
  return isPreparing(detail.studies) || detail.reports.some((report) => report.pages.length === 0);
}

function ExamContent({ detail }: { detail: ExamDetail }): ReactElement {
  const t = useT();
  const { exam, reports, studies, priors, withdrawn } = detail;
  const place = exam.departmentName ?? exam.institutionName;
  return (
    <>
      <div className="exam-head">
        <p>{formatDateTime(exam.examAt)}</p>
        <p>
          {place}
          {exam.patientName !== '' && (
            <>
              {' · '}
              <span className="whole">{exam.patientName}</span>
            </>
          )}
          {exam.patientAge !== null && ` · ${formatAge(exam.patientAge, currentLanguage())}`}
        </p>
      </div>
      {withdrawn && (
        <div className="banner" data-kind="critical" role="status">
          <strong>{t('exam.withdrawn')}</strong>
          <span>{t('exam.withdrawnText')}</span>
        </div>
      )}
      <div className="exam-columns">
        <div>
          {!withdrawn && reports.length === 0 && (
            <section className="card">
              <EmptyState kind="time" title={t('exam.noReportTitle')} text={t('exam.noReport')} />
            </section>
          )}
          {reports.map((report) => (
            <ReportText key={report.reportId} report={report} />
          ))}
        </div>
        <div>
          {reports.map((report) => (
            <ReportStrip key={report.reportId} examId={exam.id} report={report} />
          ))}
          <StudyStrips exam={exam} studies={studies} />
          {priors.length > 0 && (
            <section className="priors">
              <h2>{t('exam.others')}</h2>
              <ExamCards exams={priors.slice(0, 3)} />
              <Link to={pathTo.exams} className="text-button">
                {t('app.toExams')}
              </Link>
            </section>
          )}
        </div>
      </div>
    </>
  );
}

function Actions({ detail }: { detail: ExamDetail }): ReactElement | undefined {
  const t = useT();
  const report = detail.reports.find((one) => one.pages.length > 0);
  const pdfUrl = detail.reports.find((one) => one.pdfUrl !== null)?.pdfUrl ?? null;
  const series = firstSeries(detail.studies);
  if (report === undefined && pdfUrl === null && series === null) return undefined;
  return (
    <nav className="actions" aria-label={t('exam.actions')}>
      {report !== undefined && (
        <Link to={pathTo.report(detail.exam.id, report.reportId)} className="yy-button" look="primary">
          <FileText aria-hidden="true" />
          {t('exam.openReport')}
        </Link>
      )}
      {series !== null && (
        <Link
          to={pathTo.images(detail.exam.id, series.studyInstanceUid, series.seriesInstanceUid)}
          className="yy-button"
          look="primary"
        >
          <Images aria-hidden="true" />
          {t('exam.openImages')}
        </Link>
      )}
      {pdfUrl !== null && (
        <a className="yy-button" href={pdfUrl} download>
          <Download aria-hidden="true" />
          {t('exam.download')}
        </a>
      )}
    </nav>
  );
}

function ExamSkeleton(): ReactElement {
  return (
    <SkeletonGroup className="exam-skeleton">
      <Skeleton width="60%" height={18} />
      <div className="card">
        <Skeleton width="30%" height={20} />
        <Skeleton height={18} />
        <Skeleton height={18} />
        <Skeleton width="70%" height={18} />
      </div>
      <div className="card">
        <Skeleton width="30%" height={20} />
        <div className="strip">
          <Skeleton width={96} height={136} />
          <Skeleton width={96} height={136} />
        </div>
      </div>
    </SkeletonGroup>
  );
}
