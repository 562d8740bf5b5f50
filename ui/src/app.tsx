import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { Problem } from './client';
import { transient } from './client/problem';
import { makeRouter } from './router';

// A session that ended anywhere ends everywhere: back to the log-in, and afterwards to where one was.
function leave(error: unknown) {
  if (!(error instanceof Problem) || error.code !== 'unauthenticated') return;
  const { pathname, href } = router.state.location;
  if (pathname === '/login') return;
  queries.clear();
  void router.navigate({ to: '/login', search: pathname === '/' ? {} : { next: href } });
}

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: leave }),
  mutationCache: new MutationCache({ onError: leave }),
  defaultOptions: {
    queries: { retry: (failures, error) => failures < 2 && transient(error), staleTime: 5_000 },
  },
});

const router = makeRouter(queries);

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
