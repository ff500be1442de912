// The report as the hospital printed it: pages to swipe and zoom, and the PDF to keep. The page number lives in the
// address without adding to the history, so that back leaves the report at once.
import { EmptyState, Skeleton, SkeletonGroup, useT } from '@yunying/ui';
import { Download } from 'lucide-react';
import type { ReactElement } from 'react';
import { useExam } from '../exam/exam-page.tsx';
import { navigate, useSearch } from '../navigation/history.ts';
import { Link } from '../navigation/link.tsx';
import { pathTo } from '../navigation/routes.ts';
import { PageViewer } from '../pages/page-viewer.tsx';
import { Page } from '../parts/page.tsx';
import { Refused } from '../parts/signed-out.tsx';

export function ReportPage({ examId, reportId }: { examId: string; reportId: string }): ReactElement {
  const t = useT();
  const exam = useExam(examId);
  const asked = Number(useSearch().get('page') ?? '1');
  const report = exam.data?.reports.find((one) => one.reportId === reportId);
  const title = exam.data?.exam.itemName ?? t('exam.report');
  const path = pathTo.report(examId, reportId);
  return (
    <div className="full">
      <Page title={title}>
        {exam.error !== null && <Refused error={exam.error} onRetry={exam.retry} />}
        {exam.error === null && exam.data === undefined && (
          <SkeletonGroup className="pages-skeleton">
            <Skeleton width="min(86vw, 560px)" height="70vh" />
          </SkeletonGroup>
        )}
        {exam.data !== undefined && report === undefined && (
          <EmptyState title={t('pages.gone')} text={t('pages.goneText')}>
            <Link to={pathTo.exam(examId)} replace className="yy-button">
              {t('ui.back')}
            </Link>
          </EmptyState>
        )}
        {report !== undefined && report.pages.length === 0 && (
          <EmptyState kind="time" title={t('pages.none')} text={t('pages.noneText')} />
        )}
        {report !== undefined && report.pages.length > 0 && (
          <PageViewer
            key={`${reportId}.${report.version}`}
            title={title}
            pages={report.pages}
            page={Number.isInteger(asked) && asked > 0 ? asked - 1 : 0}
            onPage={(page) => navigate(`${path}?page=${page + 1}`, { replace: true, keepScroll: true })}
            action={
              report.pdfUrl === null ? undefined : (
                <a className="word-button" href={report.pdfUrl} download>
                  <Download aria-hidden="true" />
                  {t('exam.download')}
                </a>
              )
            }
          />
        )}
      </Page>
    </div>
  );
}
