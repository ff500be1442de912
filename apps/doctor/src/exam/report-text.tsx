// Reports as text, with their rendered pages below; several versions or kinds one after the other. A withdrawn report
// says so before anything else.
import type { ReportVersion } from '@yunying/api';
import { formatDateTime, useT } from '@yunying/ui';
import { FileText } from 'lucide-react';
import { type ReactElement, useState } from 'react';

export function ReportText(props: { reports: readonly ReportVersion[]; isWithdrawn: boolean }): ReactElement {
  const t = useT();
  if (props.reports.length === 0) {
    return <p className="report-none">{t(props.isWithdrawn ? 'report.withdrawnAll' : 'report.none')}</p>;
  }
  return (
    <div className="reports">
      {props.reports.map((report) => (
        <Report key={report.reportId} report={report} />
      ))}
    </div>
  );
}

function Report({ report }: { report: ReportVersion }): ReactElement {
  const t = useT();
  const parts = [
    { title: t('report.impression'), text: report.impression, isMain: true },
    { title: t('report.findings'), text: report.findings, isMain: false },
    { title: '', text: report.body, isMain: false },
  ].filter((part) => part.text !== null && part.text.trim() !== '');
  return (
    <article className="report">
      <header>
        <h3>{report.title}</h3>
        <span className="status" data-status={report.state}>
          {t(`reportState.${report.state}`)}
          {report.version > 1 ? ` ${t('report.version', { version: report.version })}` : ''}
        </span>
      </header>
      {parts.map((part) => (
        <section key={part.title} data-main={part.isMain}>
          {part.title !== '' && <h4>{part.title}</h4>}
          <p>{part.text}</p>
        </section>
      ))}
      {parts.length === 0 && report.pages.length === 0 && <p className="soft">{t('report.pagesComing')}</p>}
      <Pages report={report} />
      <footer className="soft">
        {[
          report.author === null ? '' : t('report.author', { name: report.author }),
          report.verifier === null ? '' : t('report.verifier', { name: report.verifier }),
          report.reportedAt === null ? '' : formatDateTime(report.reportedAt),
        ]
          .filter((part) => part !== '')
          .join(' · ')}
      </footer>
      {report.pdfUrl !== null && (
        <a className="report-pdf" href={report.pdfUrl} target="_blank" rel="noreferrer">
          <FileText size={16} aria-hidden /> {t('report.pdf')}
        </a>
      )}
    </article>
  );
}

/** Pages load only when asked for: the text is what is read first. */
function Pages({ report }: { report: ReportVersion }): ReactElement | null {
  const t = useT();
  const [isOpen, setOpen] = useState(
    report.findings === null && report.impression === null && report.body === null,
  );
  if (report.pages.length === 0) return null;
  if (!isOpen) {
    return (
      <button type="button" className="report-pages-toggle" onClick={() => setOpen(true)}>
        {t('report.showPages', { count: report.pages.length })}
      </button>
    );
  }
  return (
    <div className="report-pages">
      {report.pages.map(({ page, url, width, height }) => (
        <a key={page} href={url} target="_blank" rel="noreferrer">
          <img src={url} width={width} height={height} loading="lazy" alt={t('report.page', { page })} />
        </a>
      ))}
    </div>
  );
}
