// Which screen stands at which address. An error that a screen did not expect ends here, with a way on.
import { QueryClientProvider } from '@tanstack/react-query';
import { EmptyState, OfflineLine, Problem, useT } from '@yunying/ui';
import { Component, type ReactElement, type ReactNode, useEffect } from 'react';
import { EntryPage } from './entry/entry-page.tsx';
import { HomePage } from './entry/home-page.tsx';
import { ExamPage } from './exam/exam-page.tsx';
import { ExamListPage } from './exams/exam-list-page.tsx';
import { FilmPage } from './film/film-page.tsx';
import { ViewPage } from './film/view-page.tsx';
import { usePath } from './navigation/history.ts';
import { Link } from './navigation/link.tsx';
import { pathTo, type Route, routeOf } from './navigation/routes.ts';
import { Page } from './parts/page.tsx';
import { queryClient } from './query.ts';
import { ReportPage } from './report/report-page.tsx';

export function App(): ReactElement {
  const path = usePath();
  const route = routeOf(path);
  return (
    <QueryClientProvider client={queryClient}>
      <OfflineLine />
      <LastResort key={placeOf(route, path)}>
        <Screen route={route} />
      </LastResort>
    </QueryClientProvider>
  );
}

/** A change of series stays on the same screen; any other address is a new one. */
function placeOf(route: Route, path: string): string {
  return route.name === 'images' ? `images ${route.studyInstanceUid}` : path;
}

function Screen({ route }: { route: Route }): ReactElement {
  const t = useT();
  useEffect(() => {
    document.title = t('app.title');
  }, [t]);
  switch (route.name) {
    case 'home':
      return <HomePage />;
    case 'entry':
      return <EntryPage code={route.code} />;
    case 'share':
      return <Sorry title={t('share.title')} text={t('share.text')} />;
    case 'exams':
      return <ExamListPage />;
    case 'exam':
      return <ExamPage examId={route.examId} />;
    case 'report':
      return <ReportPage examId={route.examId} reportId={route.reportId} />;
    case 'images':
      return <FilmPage {...route} />;
    case 'view':
      return <ViewPage studyInstanceUid={route.studyInstanceUid} />;
    case 'unknown':
      return <Sorry title={t('app.unknownTitle')} text={t('app.unknownText')} />;
  }
}

function Sorry({ title, text }: { title: string; text: string }): ReactElement {
  const t = useT();
  return (
    <Page title={t('app.title')} back={false} preferences>
      <EmptyState title={title} text={text}>
        <Link to={pathTo.exams} className="yy-button">
          {t('app.toExams')}
        </Link>
      </EmptyState>
    </Page>
  );
}

/** React knows error boundaries only as classes. */
class LastResort extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };
  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }
  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return <Problem error={this.state.error} onRetry={() => this.setState({ error: null })} />;
  }
}
