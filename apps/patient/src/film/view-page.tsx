// A deep link that names only the study (/view/…): finds its exam and goes on to the film; a study without an exam
// of this person is the server's to refuse.
import { api } from '@yunying/api';
import { EmptyState, useT } from '@yunying/ui';
import { type ReactElement, useEffect } from 'react';
import { navigate } from '../navigation/history.ts';
import { Link } from '../navigation/link.tsx';
import { pathTo } from '../navigation/routes.ts';
import { Page } from '../parts/page.tsx';
import { Refused } from '../parts/signed-out.tsx';
import { useApi } from '../query.ts';

export function ViewPage({ studyInstanceUid }: { studyInstanceUid: string }): ReactElement {
  const t = useT();
  const manifest = useApi(['manifest', studyInstanceUid], (signal) =>
    api.getManifest(studyInstanceUid, { signal }),
  );
  const examId = manifest.data?.examId ?? null;
  useEffect(() => {
    if (examId !== null) navigate(pathTo.images(examId, studyInstanceUid), { replace: true });
  }, [examId, studyInstanceUid]);
  return (
    <Page title={t('exam.images')} back={false} preferences>
      {manifest.error !== null && <Refused error={manifest.error} onRetry={manifest.retry} />}
      {manifest.data !== undefined && examId === null && (
        <EmptyState title={t('film.noSeries')}>
          <Link to={pathTo.exams} className="yy-button">
            {t('app.toExams')}
          </Link>
        </EmptyState>
      )}
      {manifest.error === null && manifest.data === undefined && <p role="status">{t('ui.loading')}</p>}
    </Page>
  );
}
