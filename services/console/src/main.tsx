import './ui/base.css';
import './ui/pieces.css';
import './ui/print.css';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { isRetryable, isSignedOut } from './api/client.ts';
import { App } from './app/App.tsx';
import { SESSION_KEY } from './app/session.ts';
import { startTranslation } from './i18n/index.ts';

const MAX_RETRIES = 2;
const FRESH_FOR_MS = 15_000;

const queries: QueryClient = new QueryClient({
  // A sign-in that has ended shows at the first reading: the session is asked about, and the way to sign in is shown.
  queryCache: new QueryCache({
    onError: (error, { queryKey }) => {
      if (isSignedOut(error) && queryKey !== SESSION_KEY)
        void queries.invalidateQueries({ queryKey: SESSION_KEY });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: FRESH_FOR_MS,
      retry: (failures, error) => failures < MAX_RETRIES && isRetryable(error),
    },
  },
});

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root element');
await startTranslation();
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
