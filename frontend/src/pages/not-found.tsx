import { Link } from 'react-router';

import { Notice, useTitle } from '../components/basics';

export function NotFoundPage() {
  useTitle('Not found');
  return (
    <Notice title="There is nothing here" page>
      <p>It may have expired, or it never was.</p>
      <Link className="button" to="/">
        Go home
      </Link>
    </Notice>
  );
}
