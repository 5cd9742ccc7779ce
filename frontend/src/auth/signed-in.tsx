/* The parent of the pages that need a signed-in person. */
import { Navigate, Outlet, useLocation } from 'react-router';

import { useMe } from '../api/people';
import { Failure } from '../components/failure';
import { Skeleton } from '../components/skeleton';
import { useSession } from '../session/session';
import { signInPathFrom } from '../session/sign-in-path';

export function SignedIn() {
  const { account } = useSession();
  const location = useLocation();
  const { data: me, error, refetch } = useMe();
  if (account === null) return <Navigate to={signInPathFrom(location)} replace />;
  if (me) return <Outlet context={me} />;
  if (error) return <Failure problem={error} retry={() => void refetch()} />;
  return <Skeleton />;
}
