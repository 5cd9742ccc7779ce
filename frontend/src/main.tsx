import './styles/base.css';
import './styles/layout.css';
import './styles/cruds.css';

import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';

import { client } from './api/queries';
import { App } from './app';
import { currentAccount, onSession } from './auth/session';
import { applyTheme } from './components/theme';

applyTheme();

// What one account has seen is not for the next one, nor for nobody.
let account = currentAccount();
onSession(() => {
  if (currentAccount() === account) return;
  account = currentAccount();
  client.clear();
});

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <BrowserRouter>
        <App />
      </BrowserRouter>
    </QueryClientProvider>
  </StrictMode>,
);
