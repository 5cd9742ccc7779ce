import '../styles/base.css';
import '../styles/layout.css';
import '../styles/cruds.css';

import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';

import { queryClient } from '../api/queries';
import { App } from './app';
import { applyTheme } from './theme';
import { currentAccount, onSession } from '../session/session';

applyTheme();

// Forget everything that was read for one account before another one, or nobody, sees the page.
let account = currentAccount();
onSession(() => {
  if (currentAccount() === account) return;
  account = currentAccount();
  queryClient.clear();
});

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <BrowserRouter>
        <App />
      </BrowserRouter>
    </QueryClientProvider>
  </StrictMode>,
);
