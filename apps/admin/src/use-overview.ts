// Today's numbers, shared by the overview and the navigation, refreshed while somebody is there. They are the system
// administrator's: for the others nothing is asked.
import { useQuery } from '@tanstack/react-query';
import { useRefresh } from './attended.ts';
import { consoleApi } from './console-api.ts';
import { useMe } from './use-me.ts';

export const overviewKey = ['overview'] as const;

export function useOverview() {
  const enabled = useMe()?.role === 'system_admin';
  const refetchInterval = useRefresh(20_000);
  return useQuery({
    queryKey: overviewKey,
    queryFn: ({ signal }) => consoleApi.overview(signal),
    refetchInterval,
    enabled,
  });
}
