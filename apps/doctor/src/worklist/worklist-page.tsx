// The worklist: saved lists at the left, filters and rows in the middle, the chosen exam at the right. On a phone
// these are three pages of the same address.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ExamListItem } from '@yunying/api';
import { EmptyState, Problem, useT } from '@yunying/ui';
import { Button } from 'antd';
import type { ReactElement } from 'react';
import { examsQuery } from '../queries.ts';
import { useIsNarrow } from '../use-is-phone.ts';
import { ExamPane } from './exam-pane.tsx';
import { Filters } from './filters.tsx';
import { Rail } from './rail.tsx';
import { useMinute } from './use-minute.ts';
import { WorklistRows, WorklistSkeleton } from './worklist-rows.tsx';
import { examQueryOf, isFiltered, type WorklistSearch } from './worklist-search.ts';

export function WorklistPage(): ReactElement {
  const t = useT();
  const isNarrow = useIsNarrow();
  const search = useSearch({ from: '/doctor' });
  const navigate = useNavigate();
  const now = useMinute();
  const list = useInfiniteQuery(examsQuery(examQueryOf(search, now)));
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const total = Math.max(list.data?.pages[0]?.total ?? 0, items.length);

  const change = (next: Partial<Record<keyof WorklistSearch, unknown>>, replace = true) =>
    void navigate({ to: '/doctor', search: (before) => clean({ ...before, ...next }), replace });
  const choose = (exam: ExamListItem) => change({ exam: exam.id }, !isNarrow);
  const read = (exam: ExamListItem) => {
    const [studyInstanceUid] = exam.studyInstanceUids;
    if (studyInstanceUid === undefined) choose(exam);
    else void navigate({ to: '/doctor/view/$studyInstanceUid', params: { studyInstanceUid } });
  };

  if (isNarrow && search.exam !== undefined) {
    return (
      <ExamPane
        examId={search.exam}
        onBack={() => change({ exam: undefined })}
        onChoose={(exam) => change({ exam })}
      />
    );
  }
  return (
    <div className="worklist" data-phone={isNarrow}>
      <Rail
        list={search.list ?? 'all'}
        onPick={(next) => change({ list: next, exam: undefined, from: undefined, to: undefined })}
      />
      <main className="worklist-main">
        <h1 className="yy-hidden">{t('worklist.title')}</h1>
        <Filters
          search={search}
          total={list.data === undefined ? null : total}
          totalIsFloor={list.data?.pages[0]?.totalIsFloor ?? false}
          onChange={change}
        />
        {list.error !== null && list.data === undefined ? (
          <Problem error={list.error} onRetry={() => void list.refetch()} />
        ) : list.data === undefined ? (
          <WorklistSkeleton />
        ) : items.length === 0 ? (
          <EmptyState title={t(isFiltered(search) ? 'worklist.noneFound' : 'worklist.none')}>
            {isFiltered(search) && (
              <Button onClick={() => void navigate({ to: '/doctor', search: {} })}>
                {t('worklist.clear')}
              </Button>
            )}
          </EmptyState>
        ) : (
          <WorklistRows
            items={items}
            total={total}
            chosen={search.exam ?? null}
            isPhone={isNarrow}
            onChoose={choose}
            onRead={read}
            onMore={list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : null}
            isMore={list.isFetchingNextPage}
          />
        )}
      </main>
      {!isNarrow && (
        <aside className="worklist-side" aria-label={t('exam.pane')}>
          {search.exam === undefined ? (
            <EmptyState title={t('exam.chooseOne')} />
          ) : (
            <ExamPane key={search.exam} examId={search.exam} onChoose={(exam) => change({ exam })} />
          )}
        </aside>
      )}
    </div>
  );
}

/** Without keys that say nothing, so that the address stays short. */
function clean(search: Partial<Record<keyof WorklistSearch, unknown>>): WorklistSearch {
  const kept = Object.entries(search).filter(
    ([, value]) => value !== undefined && value !== '' && value !== null,
  );
  return Object.fromEntries(kept);
}
