import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/texts.css';
import '../styles/icons.css';
import '../styles/buttons.css';
import '../styles/fields.css';
import '../styles/avatar.css';
import '../styles/notice.css';
import '../styles/skeleton.css';
import '../styles/dialog.css';
import '../styles/toasts.css';
import '../styles/layout.css';
import '../styles/nav.css';
import '../styles/menu.css';
import '../styles/tabs.css';
import '../styles/crud.css';
import '../styles/composer.css';
import '../styles/new-cruds.css';
import '../styles/welcome.css';
import '../styles/print.css';

import { i18n } from '@lingui/core';
import { I18nProvider, useLingui } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { queryClient } from '../api/queries';
import { language, showLanguage } from '../base/language';
import { BrowserRouter } from '../base/router';
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

/** In another language everything is drawn again. */
function Page() {
  const { i18n: texts } = useLingui();
  return <App key={texts.locale} />;
}

function render() {
  createRoot(document.getElementById('root') as HTMLElement).render(
    <StrictMode>
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={queryClient}>
          <BrowserRouter>
            <Page />
          </BrowserRouter>
        </QueryClientProvider>
      </I18nProvider>
    </StrictMode>,
  );
}

// Not with a top-level await: the code that is loaded imports this chunk.
const shown = showLanguage(language());
void Promise.all([shown, account !== null && prepare()]).then(render);
