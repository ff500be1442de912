// What the screens ask the server, with the keys under which answers are kept.
import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query';
import { api, type ExamQuery, type OpenGlasses } from '@yunying/api';
import { currentLanguage, problemOf } from '@yunying/ui';
import { takeEarly } from '@yunying/ui/first-light';

const pageSize = 60;
const withSignal = (signal: AbortSignal) => ({ signal, language: currentLanguage() });

export function problemStatus(error: unknown): number | null {
  return problemOf(error)?.status ?? null;
}

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => takeEarly('me', () => api.me(withSignal(signal))),
  staleTime: 5 * 60_000,
});

export function examsQuery(query: ExamQuery) {
  return infiniteQueryOptions({
    queryKey: ['exams', query],
    queryFn: ({ signal, pageParam }) =>
      api.findExams(
        { ...query, limit: pageSize, ...(pageParam === null ? {} : { cursor: pageParam }) },
        withSignal(signal),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: 60_000,
  });
}

export function examQuery(examId: string) {
  return queryOptions({
    queryKey: ['exam', examId],
    queryFn: ({ signal }) => api.getExam(examId, withSignal(signal)),
  });
}

export function manifestQuery(studyInstanceUid: string) {
  return queryOptions({
    queryKey: ['manifest', studyInstanceUid],
    queryFn: ({ signal }) =>
      takeEarly(`manifest ${studyInstanceUid}`, () => api.getManifest(studyInstanceUid, withSignal(signal))),
    staleTime: 60_000,
  });
}

/** What this doctor holds open by break-glass; nothing where the account may not. */
export const glassesQuery = queryOptions({
  queryKey: ['glasses'],
  queryFn: async ({ signal }): Promise<OpenGlasses> => {
    try {
      return await api.openGlasses(withSignal(signal));
    } catch (error) {
      if (problemStatus(error) === 403) return { items: [], now: new Date().toISOString() };
      throw error;
    }
  },
  refetchInterval: 10_000,
});

/** Whether this account may break glass at all. */
export const mayBreakGlassQuery = queryOptions({
  queryKey: ['me', 'may-break-glass'],
  queryFn: async ({ signal }): Promise<boolean> => {
    try {
      await api.openGlasses(withSignal(signal));
      return true;
    } catch (error) {
      if (problemStatus(error) === 403) return false;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

/** Asked while a study lies open, also behind another window: the answer to a right that ended comes within 5 s. */
export function stillOpenQuery(studyInstanceUid: string) {
  return queryOptions({
    queryKey: ['still-open', studyInstanceUid],
    queryFn: async ({ signal }): Promise<'open' | 'ended' | 'signed-out'> => {
      try {
        await api.stillOpen(studyInstanceUid, withSignal(signal));
        return 'open';
      } catch (error) {
        const status = problemStatus(error);
        if (status === 404 || status === 403) return 'ended';
        if (status === 401) return 'signed-out';
        throw error;
      }
    },
    refetchInterval: (query) => (query.state.data === 'ended' ? false : 2500),
    refetchIntervalInBackground: true,
    retry: false,
    staleTime: 0,
  });
}

/** After a right ended: nothing of what could be read stays in memory. */
export function forgetStudies(queries: QueryClient): void {
  queries.removeQueries({ predicate: ({ queryKey }) => ['exam', 'manifest'].includes(String(queryKey[0])) });
  void queries.invalidateQueries({ queryKey: ['exams'] });
}

/** Between two people at one desk nothing of the first's patients stays in memory. */
export function forgetPatients(queries: QueryClient): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meQuery.queryKey[0] });
}

export async function endSession(queries: QueryClient): Promise<void> {
  forgetPatients(queries);
  await queries.resetQueries(meQuery);
}
