// The frame of the doctor app: query cache and routes. antd comes with the screens that are built of it (antd-frame.tsx);
// the reading room does not wait for it.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { problemStatus } from './queries.ts';
import { router } from './router.tsx';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // A refusal stays a refusal; only the network is worth a second try.
      retry: (failures, error) => failures < 2 && (problemStatus(error) ?? 500) >= 500,
      refetchOnWindowFocus: true,
    },
  },
});

export function App(): ReactElement {
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
