import type { ReactNode } from 'react';
import { Link } from 'react-router';

import { useDocumentTitle } from './document-title';
import { Notice } from './notice';

/** A page that may turn out to be missing sets this title itself: its effect runs last. */
export const NOT_FOUND_TITLE = 'Not found';

/** `children`: the reason, if the page knows it. */
export function NotFoundPage({ children }: { children?: ReactNode }) {
  useDocumentTitle(NOT_FOUND_TITLE);
  return (
    <Notice title="There’s nothing here" page>
      <p>{children ?? 'It may have expired, or it never existed.'}</p>
      <Link className="button" to="/">
        Go home
      </Link>
    </Notice>
  );
}
