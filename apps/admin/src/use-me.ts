// Who is signed in, from the session that the frame has looked up.
import { useQuery } from '@tanstack/react-query';
import type { Me } from '@yunying/api';
import { consoleApi } from './console-api.ts';
import { meKey } from './console-cache.ts';

export function useMe(): Me | null {
  const me = useQuery({ queryKey: meKey, queryFn: ({ signal }) => consoleApi.me(signal), staleTime: 60_000 });
  return me.data ?? null;
}
