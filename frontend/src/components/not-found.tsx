import { Link } from 'react-router';

import { useDocumentTitle } from './document-title';
import { Notice } from './notice';

export function NotFoundPage() {
  useDocumentTitle('Not found');
  return (
    <Notice title="There’s nothing here" page>
      <p>It may have expired, or it never existed.</p>
      <Link className="button" to="/">
        Go home
      </Link>
    </Notice>
  );
}
