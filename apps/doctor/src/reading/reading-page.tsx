// The reading room of one study: images, the report beside them (a sheet on a phone has no room for it), priors one
// press away. The room itself is drawn by the viewer package, which is fetched only here.
import { useQueries, useQuery } from '@tanstack/react-query';
import { useCanGoBack, useNavigate, useParams, useRouter, useSearch } from '@tanstack/react-router';
import { EmptyState, Problem, useT } from '@yunying/ui';
import { dropFirstPicture } from '@yunying/ui/first-light';
import type { ReadingRoom } from '@yunying/viewer';
import { FileText } from 'lucide-react';
import { type ReactElement, useEffect, useRef } from 'react';
import { examQuery, manifestQuery } from '../queries.ts';
import { useIsNarrow, useIsPhone } from '../use-is-phone.ts';
import { ExportButton } from './export-dialog.tsx';
import type { ReadingSearch } from './reading-search.ts';
import { ReportPanel } from './report-panel.tsx';
import { RightEnded, useEnded } from './right-ended.tsx';
import { RoomMount } from './room-mount.tsx';

export function ReadingPage(): ReactElement {
  const t = useT();
  const isPhone = useIsPhone();
  const { studyInstanceUid } = useParams({ strict: false });
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const router = useRouter();
  const canGoBack = useCanGoBack();
  const isSecond = search.screen === '2';
  const study = studyInstanceUid ?? '';
  const manifest = useQuery(manifestQuery(study));
  const room = useRef<ReadingRoom | null>(null);
  const examId = manifest.data?.examId ?? null;
  const detail = useQuery({ ...examQuery(examId ?? '0'), enabled: examId !== null });
  const compareUids = search.compare === undefined || search.compare === study ? [] : [search.compare];
  const compare = useQueries({ queries: compareUids.map(manifestQuery) });

  const hasEnded = useEnded([study, ...compareUids]);
  useDarkRoom();
  useNoPicture(hasEnded || manifest.error !== null || manifest.data?.series.length === 0);
  const { isOpen: isReportOpen, toggle: toggleReport } = useReportSide(!isPhone && examId !== null);

  const exit = () => {
    if (isSecond) window.close();
    else if (canGoBack) router.history.back();
    else void navigate({ to: '/doctor', search: examId === null ? {} : { exam: examId } });
  };
  const open = (studyUid: string, next: { compare?: string }) =>
    void navigate({
      to: '/doctor/view/$studyInstanceUid',
      params: { studyInstanceUid: studyUid },
      search: next,
      replace: true,
    });

  if (hasEnded) return <RightEnded onExit={exit} />;
  if (manifest.error !== null && manifest.data === undefined) {
    return (
      <div className="reading-blank">
        <Problem error={manifest.error} onRetry={() => void manifest.refetch()}>
          <button type="button" className="yy-button" onClick={exit}>
            {t('notFound.toList')}
          </button>
        </Problem>
      </div>
    );
  }
  const isComplete = manifest.data !== undefined && compare.every((one) => !one.isPending);
  return (
    <main className="reading" data-report={isReportOpen ? 'open' : 'closed'}>
      <h1 className="yy-hidden">{manifest.data?.title ?? t('reading.title')}</h1>
      <div className="reading-room">
        {!isComplete ? (
          <p className="reading-wait" role="status">
            {t('reading.opening')}
          </p>
        ) : manifest.data.series.length === 0 ? (
          <div className="reading-blank">
            <EmptyState
              title={t(manifest.data.mediaState === 'preparing' ? 'exam.preparing' : 'exam.noImages')}
            >
              <button type="button" className="yy-button" onClick={exit}>
                {t('notFound.toList')}
              </button>
            </EmptyState>
          </div>
        ) : (
          <RoomMount
            key={`${study} ${compareUids.join()} ${isPhone}`}
            manifest={manifest.data}
            compare={compare.map((one) => one.data).filter((one) => one !== undefined)}
            seriesInstanceUid={search.series ?? null}
            frameNumber={search.frame ?? null}
            viewCode={search.view ?? null}
            place={search.place ?? null}
            deskCode={search.desk ?? null}
            isSecond={isSecond}
            screen={isPhone ? 'phone' : 'desktop'}
            onExit={exit}
            onRoom={(opened) => {
              room.current = opened;
            }}
          />
        )}
      </div>
      {!isPhone && manifest.data !== undefined && manifest.data.series.length > 0 && (
        <div className="side-handles">
          {examId !== null && (
            <button
              type="button"
              className="report-handle"
              aria-expanded={isReportOpen}
              title={t('reading.report')}
              onClick={toggleReport}
            >
              <FileText size={16} aria-hidden />
              <span>{t('reading.report')}</span>
            </button>
          )}
          <ExportButton manifest={manifest.data} room={() => room.current} />
        </div>
      )}
      {isReportOpen && (
        <ReportPanel
          detail={detail}
          compared={compareUids[0] ?? null}
          onSwitch={(uid) => open(uid, {})}
          onCompare={(uid) => open(study, uid === null ? {} : { compare: uid })}
        />
      )}
    </main>
  );
}

/** Dark from edge to edge, under its own name. */
function useDarkRoom(): void {
  const t = useT();
  useEffect(() => {
    const before = document.title;
    document.documentElement.dataset.room = 'reading';
    document.title = t('reading.title');
    return () => {
      delete document.documentElement.dataset.room;
      document.title = before;
    };
  }, [t]);
}

/** The page began with a picture: what has none takes it away. */
function useNoPicture(isBlank: boolean): void {
  useEffect(() => {
    if (isBlank) dropFirstPicture();
  }, [isBlank]);
}

/** Upright tablets begin with the picture alone; the report is one tap away. Kept in the address. */
function useReportSide(hasRoom: boolean): { isOpen: boolean; toggle: () => void } {
  const { report } = useSearch({ strict: false });
  const navigate = useNavigate();
  const isNarrow = useIsNarrow();
  const isOpen = hasRoom && (report === undefined ? !isNarrow : report === 'on');
  const toggle = () =>
    void navigate({
      to: '.',
      search: (before: ReadingSearch) => ({ ...before, report: isOpen ? ('off' as const) : ('on' as const) }),
      replace: true,
    });
  return { isOpen, toggle };
}
