import { Link } from 'react-router';

import { useHome } from '../api/cruds';
import { CrudList } from '../components/crud-list';
import { useDocumentTitle } from '../components/document-title';
import { NewCrud } from '../components/for-members';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PagedList } from '../components/paged-list';
import { useSession } from '../session/session';

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
  return (
    <div className="column">
      <PageHead title="Home" />
      {account === null ? <Welcome /> : <NewCrud shown={query.data?.pages[0]?.value ?? []} />}
      <PagedList query={query}>
        {(pages) => (
          <CrudList
            cruds={pages.flat()}
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
