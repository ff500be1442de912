// The words of a report, plain and large: the impression first, as that is what a person looks for.
import type { ReportVersion } from '@yunying/api';
import { formatDateTime, useT } from '@yunying/ui';
import type { ReactElement } from 'react';

export function ReportText({ report }: { report: ReportVersion }): ReactElement {
  const t = useT();
  const hasParts = report.impression !== null || report.findings !== null;
  const isWithdrawn = report.state === 'withdrawn';
  return (
    <article className="card report-text" data-withdrawn={isWithdrawn ? '' : undefined}>
      {report.state === 'corrected' && (
        <div className="banner" data-kind="warning">
          <strong>{t('exam.corrected')}</strong>
          <span>{t('exam.correctedText')}</span>
        </div>
      )}
      {report.impression !== null && (
        <section className="impression">
          <h2>{t('exam.impression')}</h2>
          <p className="report-words">{report.impression}</p>
        </section>
      )}
      {report.findings !== null && (
        <section>
          <h2>{t('exam.findings')}</h2>
          <p className="report-words">{report.findings}</p>
        </section>
      )}
      {!hasParts && (
        <section>
          <h2>{report.title === '' ? t('exam.body') : report.title}</h2>
          {report.body !== null && <p className="report-words">{report.body}</p>}
        </section>
      )}
      <footer className="soft">
        <Signature report={report} />
        {report.reportedAt !== null && (
          <p>{t('exam.reportedAt', { time: formatDateTime(report.reportedAt) })}</p>
        )}
      </footer>
    </article>
  );
}

function Signature({ report }: { report: ReportVersion }): ReactElement | null {
  const t = useT();
  if (report.author === null) return null;
  if (report.verifier === null) return <p>{t('exam.author', { author: report.author })}</p>;
  return <p>{t('exam.signed', { author: report.author, verifier: report.verifier })}</p>;
}
