import { useQuery } from '@tanstack/react-query';
import { Suspense, useEffect, useState } from 'react';
import { Link } from 'react-router';

import { useHome } from '../api/cruds';
import { keys } from '../api/queries';
import { CrudList } from '../components/crud-list';
import { useDocumentTitle } from '../components/document-title';
import { AsOf, HomeTabs, NewCrud, NewCruds } from '../components/for-members';
import { Notice } from '../components/notice';
import { optional } from '../components/optional';
import { PageHead } from '../components/page-head';
import { PagedList } from '../components/paged-list';
import { useSession } from '../session/session';

/** The open page looks for new cruds after this time, and when its reader comes back to it. */
const LOOK_AFTER_MS = 30_000;

const VisitorsNewCruds = optional(() => import('../components/new-cruds'));

/** Whether to look for new cruds: at once in a feed that had been read `before`. */
function useLooks(before: boolean): boolean {
  const [looks, setLooks] = useState(before);
  useEffect(() => {
    const look = () => {
      if (!document.hidden) setLooks(true);
    };
    const timer = setTimeout(look, LOOK_AFTER_MS);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return looks;
}

function Welcome() {
  return (
    <section className="welcome">
      <h2>Say it. Let it go.</h2>
      <p>Cruds are short public posts that expire. Read along or join in.</p>
      <p>
        <Link className="button primary" to="/signup">
          Sign up
        </Link>{' '}
        <Link className="button" to="/signin">
          Sign in
        </Link>
      </p>
    </section>
  );
}

export function HomePage() {
  useDocumentTitle('Home');
  const { account } = useSession();
  const query = useHome();
  // An event may have brought some.
  const brought = useQuery({ queryKey: keys.front, enabled: false }).data !== undefined;
  const looks = useLooks(query.data !== undefined) || brought;
  const [readAt] = useState(query.dataUpdatedAt);
  return (
    <div className="column">
      <PageHead title="Home">{account !== null && !brought && <AsOf readAt={readAt} />}</PageHead>
      {account !== null && <HomeTabs />}
      {looks &&
        query.data &&
        (account === null ? (
          <Suspense fallback={null}>
            <VisitorsNewCruds feed={query.data} />
          </Suspense>
        ) : (
          <NewCruds feed={query.data} />
        ))}
      {account === null ? <Welcome /> : <NewCrud shown={query.data?.pages[0]?.value ?? []} />}
      <PagedList query={query}>
        {(pages) => (
          <CrudList
            pages={pages}
            empty={
              <Notice icon="clock" title="No cruds right now">
                <p>New ones will appear here until they expire.</p>
              </Notice>
            }
          />
        )}
      </PagedList>
    </div>
  );
}
