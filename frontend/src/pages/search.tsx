/* Search of cruds and people; without a term, the tags that most people use. */
import '../styles/search.css';

import { i18n } from '@lingui/core';
import { msg, plural, t } from '@lingui/core/macro';
import { useQuery } from '@tanstack/react-query';
import { type SubmitEvent, useEffect, useState } from 'react';

import { useSearch } from '../api/cruds';
import { fetchJson } from '../api/http';
import { useFoundPeople } from '../api/people-lists';
import type { Problem } from '../api/problem';
import type { Trend } from '../api/types';
import { cleanLine, hasVisible } from '../base/characters';
import { atMost, limits, textLength } from '../base/limits';
import { Link, useLocation, useNavigationType, useSearchParams } from '../base/router';
import { CrudList } from '../components/crud-list';
import { useDocumentTitle } from '../components/document-title';
import { Icon } from '../components/icons';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PagedList, type Pages } from '../components/paged-list';
import { PeopleList } from '../components/people-list';
import { FollowButton } from '../components/relation';

/** The search starts after this pause in typing. */
const PAUSE_MS = 250;

/** The query of the page's address. */
const addressOf = (term: string, people: boolean): Record<string, string> => ({
  ...(term && { term }),
  ...(people && { in: 'people' }),
});

const pathOf = (term: string, people: boolean) =>
  `/search?${new URLSearchParams(addressOf(term, people)).toString()}`;

/** The term as it is sent; empty if nothing of it can be seen. */
const searchable = (text: string) => (hasVisible(text) ? cleanLine(text) : '');

function Count({ found }: { found: number | undefined }) {
  return (
    <p className="unseen" role="status">
      {found === undefined
        ? ''
        : found === 0
          ? t`Nothing found`
          : plural(found, { one: '# found', other: '# found' })}
    </p>
  );
}

const countOf = (query: Pages<unknown[]>) => query.data?.pages.flatMap(({ value }) => value).length;

function FoundCruds({ term }: { term: string }) {
  const query = useSearch(term);
  return (
    <>
      <Count found={countOf(query)} />
      <PagedList query={query}>
        {(pages) => (
          <CrudList
            pages={pages}
            empty={
              <Notice icon="search" title={t`Nothing found`}>
                <p>{t`Try fewer words, a #tag or an @handle.`}</p>
                <Link className="button" to={pathOf(term, true)} replace>
                  {t`Look for people instead`}
                </Link>
              </Notice>
            }
          />
        )}
      </PagedList>
    </>
  );
}

function FoundPeople({ term }: { term: string }) {
  const query = useFoundPeople(term);
  return (
    <>
      <Count found={countOf(query)} />
      <PeopleList query={query} empty={t`Nobody found`} Button={FollowButton}>
        <p>{t`A handle, or a word of a name, begins with what you write.`}</p>
        <Link className="button" to={pathOf(term, false)} replace>
          {t`Look in cruds instead`}
        </Link>
      </PeopleList>
    </>
  );
}

const LISTS = { cruds: msg`Cruds`, people: msg`People` };

function Results({ term, people }: { term: string; people: boolean }) {
  const shown = people ? 'people' : 'cruds';
  return (
    <>
      <nav className="tabs" aria-label={t`What to find`}>
        {Object.entries(LISTS).map(([list, title]) => (
          <Link
            key={list}
            to={pathOf(term, list === 'people')}
            replace
            aria-current={list === shown ? 'page' : undefined}
          >
            {i18n._(title)}
          </Link>
        ))}
      </nav>
      {people ? <FoundPeople term={term} /> : <FoundCruds term={term} />}
    </>
  );
}

/** The tags that most people use now. */
function Trends() {
  const { data } = useQuery<Trend[], Problem>({
    queryKey: ['trends'],
    queryFn: ({ signal }) => fetchJson<Trend[]>('/api/trends', { signal }),
    staleTime: 60_000,
  });
  if (!data || data.length === 0) return null;
  return (
    <section className="trends" aria-labelledby="trends">
      <h2 id="trends">{t`Tags of today`}</h2>
      <ul>
        {data.map(({ tag, people_count, cruds_count }) => (
          <li key={tag}>
            <Link to={`/search?term=${encodeURIComponent(`#${tag}`)}`}>
              <bdi>#{tag}</bdi>
              <span className="quiet">
                {plural(people_count, { one: '# person', other: '# people' })} ·{' '}
                {plural(cruds_count, { one: '# crud', other: '# cruds' })}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

export default function SearchPage() {
  useDocumentTitle(t`Search`);
  const [parameters, setParameters] = useSearchParams();
  const term = searchable(parameters.get('term') ?? '');
  const [text, setText] = useState(term);
  const [lastTerm, setLastTerm] = useState(term);
  const navigation = useNavigationType();
  const { pathname } = useLocation();

  // A click on a tag (PUSH), or going back (POP), changes the address, and the text in the box
  // follows. The box's own searches (REPLACE) must not: more may have been typed since they started.
  if (term !== lastTerm) {
    setLastTerm(term);
    if (navigation !== 'REPLACE') setText(term);
  }

  const people = parameters.get('in') === 'people';
  const search = (wanted: string) => setParameters(addressOf(wanted, people), { replace: true });
  useEffect(() => {
    const wanted = searchable(text);
    if (wanted === term) return;
    const timer = setTimeout(() => {
      // The next page may have been chosen, and still load its code.
      if (window.location.pathname === pathname) search(wanted);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  });

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    search(searchable(text));
  };
  const tooLong = textLength(term) > limits.search_term;
  return (
    <div className="column">
      <PageHead title={t`Search`} />
      <form className="search" role="search" onSubmit={submit}>
        <Icon name="search" />
        <input
          type="search"
          dir="auto"
          aria-label={t`Search cruds and people`}
          placeholder={t`Words, #tags, @handles, names`}
          value={text}
          autoFocus
          onChange={(event) => setText(event.target.value)}
        />
      </form>
      {term === '' ? (
        <>
          <Notice icon="search" title={t`What are you looking for?`}>
            <p>{t`Use “quotes” for an exact phrase and a minus to exclude a word.`}</p>
          </Notice>
          <Trends />
        </>
      ) : tooLong ? (
        <Notice title={t`That’s too long`}>
          <p>{i18n._(atMost(limits.search_term))}</p>
        </Notice>
      ) : (
        <Results term={term} people={people} />
      )}
    </div>
  );
}
