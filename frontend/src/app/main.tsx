import '../styles/base.css';
import '../styles/layout.css';
import '../styles/cruds.css';

import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';

import { queryClient } from '../api/queries';
import { App } from './app';
import { loadMemberParts } from '../components/for-members';
import { currentAccount, loadDevice, loadTokens, onSession } from '../session/session';

// Forget everything that was read for one account before another one, or nobody, sees the page.
let account = currentAccount();
onSession(() => {
  if (currentAccount() === account) return;
  account = currentAccount();
  queryClient.clear();
});

/** The code and the texts of a signed-in person, so that the first picture has them. */
async function prepare() {
  try {
    const [{ openDevice }, { showCopies }] = await Promise.all([
      loadDevice(),
      loadMemberParts(),
      loadTokens(),
    ]);
    await openDevice();
    if (account !== null) showCopies(account);
  } catch {
    // The code could not be loaded. It is asked for again where it is used.
  }
}

function render() {
  createRoot(document.getElementById('root') as HTMLElement).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <BrowserRouter>
          <App />
        </BrowserRouter>
      </QueryClientProvider>
    </StrictMode>,
  );
}

// Not with a top-level await: the code that is loaded imports this chunk.
if (account === null) render();
else void prepare().then(render);
