/* The parent of the pages that need a signed-in person. */
import { useMe } from '../api/people';
import { reasonOf } from '../api/queries';
import { Navigate, Outlet, useLocation } from '../base/router';
import { Failure } from '../components/failure';
import { Skeleton } from '../components/skeleton';
import { useSession } from '../session/session';
import { signInPathFrom } from '../session/sign-in-path';

export function SignedIn() {
  const { account } = useSession();
  const location = useLocation();
  const query = useMe();
  const { data: me, refetch } = query;
  const error = reasonOf(query);
  if (account === null) return <Navigate to={signInPathFrom(location)} replace />;
  if (me) return <Outlet context={me} />;
  if (error) return <Failure problem={error} retry={() => void refetch()} />;
  return <Skeleton />;
}
