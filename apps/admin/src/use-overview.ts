// Today's numbers, shared by the overview and the navigation, refreshed while somebody is there.
import { useQuery } from '@tanstack/react-query';
import { useRefresh } from './attended.ts';
import { consoleApi } from './console-api.ts';

export const overviewKey = ['overview'] as const;

export function useOverview() {
  const refetchInterval = useRefresh(20_000);
  return useQuery({
    queryKey: overviewKey,
    queryFn: ({ signal }) => consoleApi.overview(signal),
    refetchInterval,
  });
}
