// A refused read as a page content: signed out means a way back in, everything else the server's sentence.
import { EmptyState, Problem, useT } from '@yunying/ui';
import type { ReactElement } from 'react';
import { lastEntryCode } from '../entry/last-entry.ts';
import { Link } from '../navigation/link.tsx';
import { pathTo } from '../navigation/routes.ts';
import { isSignedOut } from '../query.ts';

export function Refused(props: {
  error: unknown;
  onRetry: () => void;
  /** The way on from here; null where this is the top. */
  to?: 'exams' | 'home' | null;
}): ReactElement {
  const t = useT();
  const { error, onRetry, to = 'exams' } = props;
  if (isSignedOut(error)) return <SignedOut />;
  return (
    <Problem error={error} onRetry={onRetry}>
      {to !== null && (
        <Link to={pathTo[to]} className="text-button">
          {t(to === 'home' ? 'app.toHome' : 'app.toExams')}
        </Link>
      )}
    </Problem>
  );
}

export function SignedOut(): ReactElement {
  const t = useT();
  const code = lastEntryCode();
  return (
    <EmptyState kind="lock" title={t('home.signedOutTitle')} text={t('home.signedOutText')}>
      <Link to={code === null ? pathTo.home : pathTo.entry(code)} className="yy-button" look="primary">
        {t(code === null ? 'app.toHome' : 'home.again')}
      </Link>
    </EmptyState>
  );
}
