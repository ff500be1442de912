// My examinations: by year, filtered by kind and search, more by scrolling. Filter and search live in the address,
// so that back and reload keep them. A session of one exam shows that one and how to see all.
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { api, type ExamListItem, type Me } from '@yunying/api';
import { EmptyState, Skeleton, SkeletonGroup, useT } from '@yunying/ui';
import { CircleUserRound, Search, X } from 'lucide-react';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { lastEntryCode } from '../entry/last-entry.ts';
import { navigate, useSearch } from '../navigation/history.ts';
import { Link } from '../navigation/link.tsx';
import { pathTo } from '../navigation/routes.ts';
import { Page } from '../parts/page.tsx';
import { Refused } from '../parts/signed-out.tsx';
import { useApi } from '../query.ts';
import { ExamCard } from './exam-card.tsx';
import { groupByYear } from './group-exams.ts';
import { isKind, type Kind, kindsIn, queryOfKind, wordOfKind } from './kinds.ts';
import { MenuSheet } from './menu-sheet.tsx';
import { OpeningNotices } from './opening-notices.tsx';

const pageSize = 30;

export function ExamListPage(): ReactElement {
  const t = useT();
  const search = useSearch();
  const asked = search.get('kind');
  const kind: Kind = isKind(asked) ? asked : 'all';
  const q = (search.get('q') ?? '').slice(0, 64);
  const [showsMenu, setShowsMenu] = useState(false);
  const me = useApi(['me'], (signal) => api.me({ signal }));
  const list = useExams(kind, q);
  const all = useExams('all', '');
  const exams = list.data?.pages.flatMap((page) => page.items) ?? [];
  const total = list.data?.pages[0]?.total ?? 0;
  const kinds = kindsIn(all.data?.pages.flatMap((page) => page.items) ?? []);
  const isOneExam = me.data?.scope === 'exam';
  const isFiltered = kind !== 'all' || q !== '';
  const error = list.data === undefined ? list.error : null;
  return (
    <Page
      title={titleOf(me.data, t('exams.title'), (name) => t('exams.titleOf', { name }))}
      back={false}
      corner={
        <button type="button" className="menu-button" onClick={() => setShowsMenu(true)}>
          <CircleUserRound aria-hidden="true" />
          {t('menu.open')}
        </button>
      }
    >
      {!isOneExam && error === null && <Filters kind={kind} kinds={kinds} q={q} />}
      {me.data?.scope === 'person' && <OpeningNotices />}
      {error !== null && <Refused error={error} onRetry={() => void list.refetch()} to={null} />}
      {error === null && list.data === undefined && <ListSkeleton />}
      {list.data !== undefined && exams.length === 0 && <NoExams isFiltered={isFiltered} />}
      {groupByYear(exams).map(({ year, exams: ofYear }) => (
        <section key={`${year}${ofYear[0]?.id}`} className="year" aria-label={year}>
          {!isOneExam && <h2 className="year-head">{year}</h2>}
          <ul className="exam-list">
            {ofYear.map((exam) => (
              <li key={exam.id}>
                <ExamCard exam={exam} fullDate={isOneExam} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {list.hasNextPage && <More onMore={() => void list.fetchNextPage()} isBusy={list.isFetchingNextPage} />}
      {!isOneExam && exams.length > 0 && !list.hasNextPage && (
        <p className="list-end">{t('exams.count', { count: total })}</p>
      )}
      {isOneExam && <OnlyThis />}
      {showsMenu && <MenuSheet name={me.data?.displayName ?? ''} onClose={() => setShowsMenu(false)} />}
    </Page>
  );
}

function useExams(kind: Kind, q: string) {
  return useInfiniteQuery({
    queryKey: ['exams', kind, q],
    queryFn: ({ signal, pageParam }) =>
      api.findExams(
        {
          limit: pageSize,
          ...queryOfKind(kind),
          ...(q === '' ? {} : { q }),
          ...(pageParam === null ? {} : { cursor: pageParam }),
        },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });
}

function titleOf(me: Me | undefined, plain: string, named: (name: string) => string): string {
  return me === undefined || me.displayName === '' ? plain : named(me.displayName);
}

function setFilter(kind: Kind, q: string): void {
  const search = new URLSearchParams();
  if (kind !== 'all') search.set('kind', kind);
  if (q !== '') search.set('q', q);
  const text = search.toString();
  navigate(text === '' ? pathTo.exams : `${pathTo.exams}?${text}`, { replace: true, keepScroll: true });
}

function Filters({ kind, kinds, q }: { kind: Kind; kinds: Kind[]; q: string }): ReactElement {
  const t = useT();
  const [text, setText] = useState(q);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (text.trim() !== q) setFilter(kind, text.trim());
    }, 300);
    return () => clearTimeout(timer);
  }, [text, q, kind]);
  return (
    <div className="filters">
      <search className="search">
        <Search aria-hidden="true" />
        <input
          type="search"
          enterKeyHint="search"
          maxLength={64}
          placeholder={t('exams.search')}
          aria-label={t('exams.search')}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {text !== '' && (
          <button
            type="button"
            className="icon-button"
            aria-label={t('exams.clear')}
            onClick={() => setText('')}
          >
            <X aria-hidden="true" />
          </button>
        )}
      </search>
      {kinds.length > 0 && (
        <fieldset className="chips" aria-label={t('exams.filter')}>
          {kinds.map((one) => (
            <button
              key={one}
              type="button"
              className="chip"
              aria-pressed={one === kind}
              onClick={() => setFilter(one, text.trim())}
            >
              {t(wordOfKind(one))}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}

function NoExams({ isFiltered }: { isFiltered: boolean }): ReactElement {
  const t = useT();
  if (!isFiltered) return <EmptyState title={t('exams.emptyTitle')} text={t('exams.emptyText')} />;
  return (
    <EmptyState title={t('exams.noneTitle')}>
      <button type="button" className="yy-button" onClick={() => setFilter('all', '')}>
        {t('exams.showAll')}
      </button>
    </EmptyState>
  );
}

/** Loads when it comes near the screen, and by a tap where that is not noticed. */
function More({ onMore, isBusy }: { onMore: () => void; isBusy: boolean }): ReactElement {
  const t = useT();
  const button = useRef<HTMLButtonElement>(null);
  const latest = useRef(onMore);
  latest.current = onMore;
  useEffect(() => {
    const element = button.current;
    if (element === null || isBusy) return;
    const watch = new IntersectionObserver(
      (seen) => {
        if (seen.some((one) => one.isIntersecting)) latest.current();
      },
      { rootMargin: '400px' },
    );
    watch.observe(element);
    return () => watch.disconnect();
  }, [isBusy]);
  return (
    <button ref={button} type="button" className="yy-button more" disabled={isBusy} onClick={onMore}>
      {t(isBusy ? 'ui.loading' : 'exams.more')}
    </button>
  );
}

function OnlyThis(): ReactElement {
  const t = useT();
  const code = lastEntryCode();
  return (
    <section className="card only-this">
      <h2>{t('exams.onlyThis')}</h2>
      <p className="soft">{t('exams.onlyThisText')}</p>
      {code !== null && (
        <Link to={`${pathTo.entry(code)}?all`} className="yy-button">
          {t('exams.proveSms')}
        </Link>
      )}
    </section>
  );
}

function ListSkeleton(): ReactElement {
  return (
    <SkeletonGroup className="exam-list waiting">
      {[1, 2, 3, 4].map((key) => (
        <div key={key} className="card exam-card">
          <span className="thumb" />
          <span className="exam-card-text">
            <Skeleton width="70%" height={20} />
            <Skeleton width="50%" height={16} />
            <Skeleton width="40%" height={16} />
          </span>
        </div>
      ))}
    </SkeletonGroup>
  );
}

/** For other pages that show exams as cards. */
export function ExamCards({ exams }: { exams: ExamListItem[] }): ReactElement {
  return (
    <ul className="exam-list">
      {exams.map((exam) => (
        <li key={exam.id}>
          <ExamCard exam={exam} fullDate />
        </li>
      ))}
    </ul>
  );
}
