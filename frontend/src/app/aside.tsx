/* The column beside the pages: search, and what one may want to see next. */
import '../styles/aside.css';

import { plural, t } from '@lingui/core/macro';
import { type ReactNode, type SubmitEvent, Suspense, useEffect, useState } from 'react';

import { useEnding, useSuggested, useTrends } from '../api/beside';
import { pathOf } from '../api/cruds';
import type { Crud } from '../api/types';
import { cleanLine, hasVisible } from '../base/characters';
import { useClock, usePast } from '../base/now';
import { Link, useLocation, useNavigate } from '../base/router';
import { timeLeftInWords } from '../base/time';
import { Avatar } from '../components/avatar';
import { Icon } from '../components/icons';
import { later } from '../components/later';
import { Name } from '../components/person';
import { config } from '../session/config';
import { useSession } from '../session/session';

const SuggestedPeople = later(() => import('./aside-people'));

const CRUDS = 4;
const TAGS = 5;
const PEOPLE = 3;

function Search() {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const search = (event: SubmitEvent) => {
    event.preventDefault();
    if (!hasVisible(text)) return;
    void navigate(`/search?term=${encodeURIComponent(cleanLine(text))}`);
    setText('');
  };
  return (
    <form className="aside-search" role="search" aria-label="Cruddur" onSubmit={search}>
      <Icon name="search" />
      <input
        type="search"
        dir="auto"
        aria-label={t`Search Cruddur`}
        placeholder={t`Search Cruddur`}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </form>
  );
}

interface CardProps {
  id: string;
  title: string;
  failed?: boolean;
  children: ReactNode;
}

function Card({ id, title, failed = false, children }: CardProps) {
  return (
    <section className="aside-card" aria-labelledby={`aside-${id}`}>
      <h2 id={`aside-${id}`}>{title}</h2>
      {failed ? <p className="hint">{t`Not available right now.`}</p> : children}
    </section>
  );
}

function EndingCrud({ crud }: { crud: Crud }) {
  const expired = usePast(crud.expires_at);
  const left = useClock((now) => timeLeftInWords(crud.expires_at, now));
  if (expired) return null;
  const { replies_count: replies } = crud;
  return (
    <li>
      <Link className="aside-row" to={pathOf(crud)}>
        <Avatar handle={crud.handle} name={crud.display_name} />
        <span className="aside-words">
          <span className="aside-text" dir="auto">
            {crud.message}
          </span>
          <span className="aside-note">
            <Name>{crud.display_name}</Name>
            <span className="aside-left">
              {t`${left} left`}
              {replies > 0 && ` · ${plural(replies, { one: '# reply', other: '# replies' })}`}
            </span>
          </span>
        </span>
      </Link>
    </li>
  );
}

function Links() {
  const [docs, setDocs] = useState<string>();
  useEffect(() => {
    config().then(
      ({ apiUrl }) => setDocs(new URL('/api/docs/', new URL(apiUrl, window.location.origin)).href),
      () => {
        // Without a configuration nothing else works either.
      },
    );
  }, []);
  const shortcuts = () => document.dispatchEvent(new KeyboardEvent('keydown', { key: '?' }));
  return (
    <p className="aside-links">
      {docs && <a href={docs}>API</a>}
      <button type="button" className="link keyboard-only" onClick={shortcuts}>
        {t`Shortcuts`}
      </button>
    </p>
  );
}

/** A picture of what is loading. */
const Loading = () => (
  <div className="aside-loading" aria-hidden="true">
    <span />
    <span />
  </div>
);

/** The cards appear together, so that none of them moves another one. */
function Cards({ pathname }: { pathname: string }) {
  const { account } = useSession();
  const ending = useEnding(CRUDS);
  const trends = useTrends();
  const suggested = useSuggested(PEOPLE, account !== null);
  if (ending.pending || trends.pending || suggested.pending) return <Loading />;
  // The page of the search has the tags, and that of the people the people.
  const tags = pathname === '/search' ? [] : (trends.list ?? []);
  const people = pathname === '/people/suggested' ? [] : (suggested.list ?? []);
  return (
    <>
      <Card id="ending" title={t`Burning out soon`} failed={ending.failed}>
        {ending.list?.length ? (
          <ul>
            {ending.list.map((crud) => (
              <EndingCrud key={crud.uuid} crud={crud} />
            ))}
          </ul>
        ) : (
          <p className="hint">{t`Nothing ends in the next three hours.`}</p>
        )}
      </Card>
      {(trends.failed || tags.length > 0) && (
        <Card id="tags" title={t`Tags of today`} failed={trends.failed}>
          <ul>
            {tags.slice(0, TAGS).map(({ tag, cruds_count, people_count }) => (
              <li key={tag}>
                <Link className="aside-row" to={`/search?term=${encodeURIComponent(`#${tag}`)}`}>
                  <span className="aside-words">
                    <bdi className="aside-text">#{tag}</bdi>
                    <span className="aside-note">
                      {t`${plural(cruds_count, { one: '# crud', other: '# cruds' })}, ${plural(people_count, { one: '# person', other: '# people' })}`}
                    </span>
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {(suggested.failed || people.length > 0) && (
        <Card id="people" title={t`People to follow`} failed={suggested.failed}>
          <SuggestedPeople people={people} />
        </Card>
      )}
      <Links />
    </>
  );
}

export default function Aside() {
  const { pathname } = useLocation();
  return (
    <>
      {pathname !== '/search' && <Search />}
      <Suspense fallback={<Loading />}>
        <Cards pathname={pathname} />
      </Suspense>
    </>
  );
}
