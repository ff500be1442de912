// Reading from the server: one query client, and useApi, which screens use instead of fetching in effects. Without
// a network queries wait and go on by themselves; refusals are not repeated, network failures twice.
import { QueryClient, useQuery } from '@tanstack/react-query';
import { isNetworkFailure, problemOf } from '@yunying/ui';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && isNetworkFailure(error),
      retryDelay: (failures) => (failures === 0 ? 500 : 2000),
      staleTime: 20_000,
      gcTime: 10 * 60_000,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

export type Answer<T> = { data: T | undefined; error: Error | null; retry: () => void };

export function useApi<T>(
  key: readonly unknown[],
  read: (signal: AbortSignal) => Promise<T>,
  options: { everyMs?: (data: T | undefined) => number | false; enabled?: boolean } = {},
): Answer<T> {
  const { everyMs, enabled = true } = options;
  const query = useQuery<T>({
    queryKey: key,
    queryFn: ({ signal }) => read(signal),
    enabled,
    ...(everyMs === undefined ? {} : { refetchInterval: (one) => everyMs(one.state.data) }),
  });
  // What is on the screen stays there when only a refresh failed.
  const error = query.data === undefined ? query.error : null;
  return { data: query.data, error, retry: () => void query.refetch() };
}

export function isSignedOut(error: unknown): boolean {
  return problemOf(error)?.status === 401;
}
