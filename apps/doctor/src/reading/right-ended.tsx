// A right that ends while a study lies open: the room is taken out of the page with every picture it holds, and a
// sentence says so. Asked every 2.5 s (spec AC-6: open viewers within 5 s); a session that ended leads to the log-in.
import { useQueries, useQueryClient } from '@tanstack/react-query';
import { EmptyState, useT } from '@yunying/ui';
import { type ReactElement, useEffect, useState } from 'react';
import { forgetStudies, meQuery, stillOpenQuery } from '../queries.ts';

/** Of any of these studies. Once ended it stays so until the page is left. */
export function useEnded(studies: readonly string[]): boolean {
  const queries = useQueryClient();
  const answers = useQueries({ queries: studies.map(stillOpenQuery) });
  const hasEnded = answers.some(({ data }) => data === 'ended');
  const isSignedOut = answers.some(({ data }) => data === 'signed-out');
  const [stays, setStays] = useState<string | null>(null);
  const key = studies.join(' ');
  useEffect(() => {
    if (!hasEnded) return;
    setStays(key);
    forgetStudies(queries);
  }, [hasEnded, key, queries]);
  useEffect(() => {
    if (isSignedOut) void queries.resetQueries(meQuery);
  }, [isSignedOut, queries]);
  return hasEnded || stays === key;
}

export function RightEnded({ onExit }: { onExit(): void }): ReactElement {
  const t = useT();
  return (
    <div className="reading-blank" role="alert">
      <EmptyState title={t('ended.title')} text={t('ended.text')}>
        <button type="button" className="yy-button" onClick={onExit}>
          {t('notFound.toList')}
        </button>
      </EmptyState>
    </div>
  );
}
