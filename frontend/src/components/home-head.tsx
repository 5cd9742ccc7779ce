import { t } from '@lingui/core/macro';
import type { ReactNode } from 'react';

import { useSession } from '../session/session';
import { HomeTabs } from './for-members';
import { PageHead } from './page-head';

/** The heading of the feeds: their tabs, or the name of the only one that visitors have. */
export function HomeHead({ children }: { children?: ReactNode }) {
  if (useSession().account === null) return <PageHead title={t`Home`} />;
  return (
    <header className="page-head home-head">
      <h1 className="unseen">{t`Home`}</h1>
      <HomeTabs />
      {children}
    </header>
  );
}
