// What the screens ask the server, with the keys under which answers are kept.
import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query';
import { api, type ExamQuery } from '@yunying/api';
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

/** Between two people at one desk nothing of the first's patients stays in memory. */
export function forgetPatients(queries: QueryClient): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meQuery.queryKey[0] });
}

export async function endSession(queries: QueryClient): Promise<void> {
  forgetPatients(queries);
  await queries.resetQueries(meQuery);
}
