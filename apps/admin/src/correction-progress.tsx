// How far a correction has come: written, counted and linked again, done. The list behind it follows by itself.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { sentenceOf, useT } from '@yunying/ui';
import { Alert, Steps } from 'antd';
import { type ReactElement, useEffect } from 'react';
import { correctionApi } from './correction-api.ts';
import { correctionsKey } from './corrections.ts';
import { formatCount } from './measure.ts';
import { unlinkedReason } from './reasons.ts';

export function CorrectionProgress({ id, count }: { id: string; count: number | null }): ReactElement {
  const t = useT();
  const cache = useQueryClient();
  const query = useQuery({
    queryKey: [...correctionsKey, 'progress', id],
    queryFn: ({ signal }) => correctionApi.progress(id, signal),
    refetchInterval: (found) => (found.state.data?.done === true ? false : 1_000),
  });
  const isDone = query.data?.done === true;
  useEffect(() => {
    if (isDone) void cache.invalidateQueries({ queryKey: correctionsKey });
  }, [isDone, cache]);
  const shown = query.data?.studies.filter((study) => !study.hidden) ?? [];
  return (
    <div aria-live="polite">
      <Steps
        orientation="vertical"
        current={isDone ? 3 : 1}
        items={[
          {
            title: t('corrections.progress.written'),
            content:
              count === null ? '' : t('corrections.progress.writtenText', { count: formatCount(count) }),
          },
          { title: t('corrections.progress.following'), content: t('corrections.progress.followingText') },
          { title: t('corrections.progress.done') },
        ]}
      />
      {query.error !== null && <Alert type="warning" showIcon title={sentenceOf(query.error)} />}
      {isDone && (
        <ul className="consequences">
          {shown.map((study) => (
            <li key={study.studyInstanceUid}>
              {t('corrections.progress.study', { count: formatCount(study.instanceCount ?? 0) })}
              {study.linkState === 'linked'
                ? t('corrections.linkState.linked')
                : unlinkedReason(t, study.linkReason ?? '')}
              <small className="cell-detail cell-code">{study.studyInstanceUid}</small>
            </li>
          ))}
          {shown.length === 0 && <li>{t('corrections.progress.gone')}</li>}
        </ul>
      )}
    </div>
  );
}
