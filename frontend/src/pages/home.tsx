import { useState } from 'react';
import { Link } from 'react-router';

import { useHome, usePost } from '../api/cruds';
import { useMe } from '../api/people';
import type { Me, TimeToLive } from '../api/types';
import { Composer } from '../components/composer';
import { CrudList } from '../components/crud-list';
import { useDocumentTitle } from '../components/document-title';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PagedList } from '../components/paged-list';
import { useSession } from '../session/session';

const TTL_CHOICES: [TimeToLive, string][] = [
  ['30-days', '30 days'],
  ['7-days', '7 days'],
  ['3-days', '3 days'],
  ['1-day', '1 day'],
  ['12-hours', '12 hours'],
  ['3-hours', '3 hours'],
  ['1-hour', '1 hour'],
];

function NewCrud({ me }: { me: Me }) {
  const [ttl, setTtl] = useState<TimeToLive>('7-days');
  const { mutate, isPending, error } = usePost(me);
  return (
    <Composer
      name="crud"
      label="New crud"
      placeholder="What would you like to say?"
      action="Crud"
      busy={isPending}
      problem={error}
      ttl={ttl}
      onSend={(submission, done) => mutate({ ...submission, ttl }, { onSuccess: done })}
    >
      <label className="ttl">
        <span>Expires in</span>
        <select value={ttl} onChange={(event) => setTtl(event.target.value as TimeToLive)}>
          {TTL_CHOICES.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </Composer>
  );
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
  const { data: me } = useMe();
  const query = useHome();
  return (
    <div className="column">
      <PageHead title="Home" />
      {account === null && <Welcome />}
      {me && <NewCrud me={me} />}
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
