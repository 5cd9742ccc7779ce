/* Pages that need somebody signed in. */
import { Navigate, Outlet, useLocation } from 'react-router';

import { useMe } from '../api/people';
import { Failure, Skeleton } from '../components/basics';
import { useSession } from './session';

export const signInPath = (location: { pathname: string; search: string; hash: string }) =>
  `/signin?next=${encodeURIComponent(location.pathname + location.search + location.hash)}`;

export function SignedIn() {
  const { account } = useSession();
  const location = useLocation();
  const { data: me, error, refetch } = useMe();
  if (account === null) return <Navigate to={signInPath(location)} replace />;
  if (me) return <Outlet context={me} />;
  if (error) return <Failure problem={error} retry={() => void refetch()} />;
  return <Skeleton />;
}
