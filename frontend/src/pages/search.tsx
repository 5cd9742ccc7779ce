import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';

import { useSearch } from '../api/cruds';
import { Notice, useTitle } from '../components/basics';
import { Cruds, PagedList } from '../components/feed';
import { Icon } from '../components/icons';
import { PageHead } from '../components/layout';
import { limits, textLength } from '../limits';

const PAUSE_MS = 250;

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
          <Cruds
            cruds={pages.flat()}
            empty={
              <Notice icon="search" title="Nothing found">
                <p>Try fewer words, a #tag, or somebody’s @handle.</p>
              </Notice>
            }
          />
        )}
      </PagedList>
    </>
  );
}

export default function SearchPage() {
  useTitle('Search');
  const [parameters, setParameters] = useSearchParams();
  const term = parameters.get('term') ?? '';
  const [text, setText] = useState(term);
  const written = useRef(term);

  // A tag that was followed, or the way back, changes the address and with it the text.
  if (term !== written.current) {
    written.current = term;
    setText(term);
  }

  const search = (wanted: string) => {
    written.current = wanted;
    setParameters(wanted ? { term: wanted } : {}, { replace: true });
  };
  useEffect(() => {
    const wanted = text.trim();
    if (wanted === written.current) return;
    const timer = setTimeout(() => search(wanted), PAUSE_MS);
    return () => clearTimeout(timer);
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    search(text.trim());
  };
  const tooLong = textLength(term) > limits.search_term;
  return (
    <div className="column">
      <PageHead title="Search" />
      <form className="search" role="search" onSubmit={submit}>
        <Icon name="search" />
        <input
          type="search"
          aria-label="Search cruds"
          placeholder="Words, #tags, @handles"
          value={text}
          autoFocus
          onChange={(event) => setText(event.target.value)}
        />
      </form>
      {term === '' ? (
        <Notice icon="search" title="What are you looking for?">
          <p>“Quotes” keep words together, a minus leaves one out.</p>
        </Notice>
      ) : tooLong ? (
        <Notice title="That is too long">
          <p>Up to {limits.search_term} characters can be searched for.</p>
        </Notice>
      ) : (
        <Results term={term} />
      )}
    </div>
  );
}
