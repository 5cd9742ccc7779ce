import { t } from '@lingui/core/macro';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { useHome } from '../api/cruds';
import { keys } from '../api/queries';
import { Link } from '../base/router';
import { CrudList } from '../components/crud-list';
import { useDocumentTitle } from '../components/document-title';
import { AsOf, NewCrud, NewCruds } from '../components/for-members';
import { HomeHead } from '../components/home-head';
import { Notice } from '../components/notice';
import { part } from '../components/later';
import { PagedList } from '../components/paged-list';
import { useSession } from '../session/session';

/** The open page looks for new cruds after this time, and when its reader comes back to it. */
const LOOK_AFTER_MS = 30_000;

const VisitorsNewCruds = part(() => import('../components/new-cruds'));

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
      <h2>{t`Say it. Let it go.`}</h2>
      <p>{t`Cruds are short public posts that expire. Read along or join in.`}</p>
      {/* Not beside those of the navigation. */}
      <Link className="button primary" to="/signup">
        {t`Sign up`}
      </Link>
    </section>
  );
}

export function HomePage() {
  useDocumentTitle(t`Home`);
  const { account } = useSession();
  const query = useHome();
  // An event may have brought some.
  const brought = useQuery({ queryKey: keys.front, enabled: false }).data !== undefined;
  const looks = useLooks(query.data !== undefined) || brought;
  const [readAt] = useState(query.dataUpdatedAt);
  return (
    <div className="column">
      <HomeHead>{account !== null && !brought && <AsOf readAt={readAt} />}</HomeHead>
      {looks &&
        query.data &&
        (account === null ? (
          <VisitorsNewCruds feed={query.data} />
        ) : (
          <NewCruds feed={query.data} />
        ))}
      {account === null ? <Welcome /> : <NewCrud shown={query.data?.pages[0]?.value ?? []} />}
      <PagedList query={query}>
        {(pages) => (
          <CrudList
            pages={pages}
            empty={
              <Notice icon="clock" title={t`No cruds right now`}>
                <p>{t`New ones will appear here until they expire.`}</p>
              </Notice>
            }
          />
        )}
      </PagedList>
    </div>
  );
}
