import { type SubmitEvent, useEffect, useState } from 'react';
import { useLocation, useNavigationType, useSearchParams } from 'react-router';

import { useSearch } from '../api/cruds';
import { cleanLine, hasVisible } from '../base/characters';
import { limits, textLength } from '../base/limits';
import { CrudList } from '../components/crud-list';
import { useDocumentTitle } from '../components/document-title';
import { Icon } from '../components/icons';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PagedList } from '../components/paged-list';

/** The search starts after this pause in typing. */
const PAUSE_MS = 250;

/** The term as it is sent; empty if nothing of it can be seen. */
const searchable = (text: string) => (hasVisible(text) ? cleanLine(text) : '');

function Results({ term }: { term: string }) {
  const query = useSearch(term);
  const found = query.data?.pages.flatMap(({ value }) => value).length;
  return (
    <>
      <p className="unseen" role="status">
        {found === undefined ? '' : found === 0 ? 'Nothing found' : `${found} found`}
      </p>
      <PagedList query={query}>
        {(pages) => (
          <CrudList
            pages={pages}
            empty={
              <Notice icon="search" title="Nothing found">
                <p>Try fewer words, a #tag or an @handle.</p>
              </Notice>
            }
          />
        )}
      </PagedList>
    </>
  );
}

export default function SearchPage() {
  useDocumentTitle('Search');
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

  const search = (wanted: string) =>
    setParameters(wanted ? { term: wanted } : {}, { replace: true });
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
      <PageHead title="Search" />
      <form className="search" role="search" onSubmit={submit}>
        <Icon name="search" />
        <input
          type="search"
          dir="auto"
          aria-label="Search cruds"
          placeholder="Words, #tags, @handles"
          value={text}
          autoFocus
          onChange={(event) => setText(event.target.value)}
        />
      </form>
      {term === '' ? (
        <Notice icon="search" title="What are you looking for?">
          <p>Use “quotes” for an exact phrase and a minus to exclude a word.</p>
        </Notice>
      ) : tooLong ? (
        <Notice title="That’s too long">
          <p>Use at most {limits.search_term} characters.</p>
        </Notice>
      ) : (
        <Results term={term} />
      )}
    </div>
  );
}
