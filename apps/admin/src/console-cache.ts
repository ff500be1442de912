// The query cache of the console. A request that answers "please sign in" or "change your password first" asks anew
// who is signed in, so that the right screen appears at the same address; nothing is lost but the session.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { isNetworkFailure, problemOf } from '@yunying/ui';

export const meKey = ['me'] as const;

export function createConsoleCache(): QueryClient {
  const onError = (error: unknown): void => {
    const code = problemOf(error)?.code;
    if (code === 'access.unauthenticated' || code === 'access.must_change_password') {
      void cache.invalidateQueries({ queryKey: meKey });
    }
  };
  const cache: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: (error, query) => query.queryKey[0] !== 'me' && onError(error) }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => failures < 2 && isNetworkFailure(error),
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
  return cache;
}
