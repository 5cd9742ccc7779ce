import { i18n } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import type { ReactNode } from 'react';

import { Link } from '../base/router';
import { useDocumentTitle } from './document-title';
import { Notice } from './notice';

/** A page that may turn out to be missing sets this title itself: its effect runs last. */
export const NOT_FOUND_TITLE = msg`Not found`;

/** `children`: the reason, if the page knows it. */
export function NotFoundPage({ children }: { children?: ReactNode }) {
  useDocumentTitle(i18n._(NOT_FOUND_TITLE));
  return (
    <Notice title={t`There’s nothing here`} page>
      <p>{children ?? t`It may have expired, or it never existed.`}</p>
      <Link className="button" to="/">
        {t`Go home`}
      </Link>
    </Notice>
  );
}
