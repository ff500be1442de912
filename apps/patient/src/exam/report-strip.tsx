// The pages of a report as small pictures; a tap opens that page.
import type { ReportVersion } from '@yunying/api';
import { Skeleton, useT } from '@yunying/ui';
import type { ReactElement } from 'react';
import { Link } from '../navigation/link.tsx';
import { pathTo } from '../navigation/routes.ts';

export function ReportStrip({ examId, report }: { examId: string; report: ReportVersion }): ReactElement {
  const t = useT();
  const { pages } = report;
  return (
    <section className="card">
      <div className="strip-head">
        <h2>{t('exam.report')}</h2>
        {pages.length > 0 && <span className="soft">{t('exam.reportPages', { count: pages.length })}</span>}
      </div>
      {pages.length === 0 ? (
        <div className="strip-wait" role="status">
          <Skeleton width={96} height={136} />
          <p className="soft">{t('exam.pagesPreparing')}</p>
        </div>
      ) : (
        <ul className="strip">
          {pages.map((page) => (
            <li key={page.page}>
              <Link
                to={`${pathTo.report(examId, report.reportId)}?page=${page.page}`}
                className="sheet-picture"
                label={t('exam.page', { page: page.page })}
              >
                <img
                  src={page.url}
                  alt=""
                  width={page.width}
                  height={page.height}
                  loading="lazy"
                  decoding="async"
                />
                <span>{page.page}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
