import { useState } from 'react';
import { Link } from 'react-router';

import { useHome, usePost } from '../api/cruds';
import { useMe } from '../api/people';
import type { Me, TimeToLive } from '../api/types';
import { useSession } from '../auth/session';
import { Notice, useTitle } from '../components/basics';
import { Composer } from '../components/composer';
import { Cruds, PagedList } from '../components/feed';
import { PageHead } from '../components/layout';

const LIVES: [TimeToLive, string][] = [
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
      onSend={(draft, done) => mutate({ ...draft, ttl }, { onSuccess: done })}
    >
      <label className="ttl">
        <span>Gone in</span>
        <select value={ttl} onChange={(event) => setTtl(event.target.value as TimeToLive)}>
          {LIVES.map(([value, name]) => (
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
      <p>Cruds are short public posts that expire. Read along, or join in.</p>
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
  useTitle('Home');
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
          <Cruds
            cruds={pages.flat()}
            empty={
              <Notice icon="clock" title="Nothing here yet">
                <p>Nobody has said anything that has not expired.</p>
              </Notice>
            }
          />
        )}
      </PagedList>
    </div>
  );
}
